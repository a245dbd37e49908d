'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { versionWithSha } = require('../../bun/version');
const { selectTestFiles } = require('./discover');
const { matchesGlob } = require('./glob');
const { Summary, elapsed } = require('./summary');
const { Workers } = require('./workers');
const real = require('../real-time');

/**
 * Runs test files, each in its own process, and gives the exit code of the run.
 *
 * @typedef {object} Job
 * @property {string} file absolute
 * @property {string} title what the header shows
 * @property {Record<string, any>} flags of the command line
 * @property {Record<string, any>} section `[test]` of bunfig.toml
 * @property {number} bail failures left until the run ends; 0 is never
 * @property {number} seed
 * @property {false | { emitted: boolean }} coverage
 * @property {'default' | 'dots' | 'failures'} style
 * @property {boolean} colors
 * @property {string} heading the line above the results
 * @property {Record<string, any>} options what tests depend on
 *
 * @param {import('./options').TestOptions} options
 * @param {Record<string, any>} flags
 * @param {Record<string, any>} section `[test]` of bunfig.toml
 * @returns {Promise<number>}
 */
async function runTests(options, flags, section) {
  const started = real.now();
  const cwd = process.cwd();
  const out = outputColors(process.stdout);
  const heading = `${versionWithSha}${options.parallel > 1 ? ` ${options.parallel}x PARALLEL` : ''}`;
  process.stdout.write(
    out ? `\u001B[0m\u001B[1mbun test \u001B[0m\u001B[2m${heading}\u001B[0m\n` : `bun test ${heading}\n`,
  );
  if (!fs.existsSync(options.root)) {
    process.stderr.write(`Failed to scan non-existent root directory for tests: ${JSON.stringify(options.root)}\n`);
    return 1;
  }
  const found = selectTestFiles(options.root, cwd, options.filters, options.pathIgnorePatterns);
  const files = options.shard ? shardOf(found.files, options.shard) : found.files;
  if (files.length === 0) return reportNothing(options, found, started);
  if (options.shard) {
    const { index, count } = options.shard;
    process.stderr.write(`--shard=${index}/${count}: running ${files.length}/${found.files.length} test files\n`);
  }
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const summary = new Summary(options, { started, seed, colors: outputColors(process.stderr) });
  const jobs = orderOf(files, options, seed).map(({ file, run }) =>
    jobFor(file, options, { cwd, seed, flags, section, run }),
  );
  await new Workers(options, flags, summary).run(jobs);
  return summary.aborted ? 1 : summary.conclude();
}

/** @param {string[]} files @param {{ index: number, count: number }} shard */
const shardOf = (files, { index, count }) => [...files].sort().filter((_, i) => i % count === index - 1);

/** @param {string[]} files @param {import('./options').TestOptions} options @param {number} seed */
function orderOf(files, options, seed) {
  const order = options.randomize ? require('./random').shuffled(files, seed) : files;
  const runs = Array.from({ length: options.rerunEach }, (_, i) => i + 1);
  return order.flatMap((file) => runs.map((run) => ({ file, run })));
}

/** @param {string} file @param {import('./options').TestOptions} options @param {{ cwd: string, seed: number, flags: Record<string, any>, section: Record<string, any>, run: number }} facts @returns {Job} */
function jobFor(file, options, { cwd, seed, flags, section, run }) {
  const { timeout, retry, todo, only, maxConcurrency, randomize, pattern, updateSnapshots, ci } = options;
  const title = path.relative(cwd, file).replaceAll(path.sep, '/');
  const concurrent = options.concurrent || options.concurrentTestGlob.some((glob) => matchesGlob(title, glob));
  return {
    file,
    title,
    flags,
    section,
    bail: options.bail,
    seed,
    coverage: options.coverage && { emitted: options.coverageIgnoreSourcemaps },
    style: options.style,
    colors: outputColors(process.stderr),
    heading: options.rerunEach > 1 ? `${title}: (run #${run})` : `${title}:`,
    options: { timeout, retry, todo, only, concurrent, maxConcurrency, randomize, pattern, updateSnapshots, ci },
  };
}

/** @param {NodeJS.WriteStream} stream */
function outputColors(stream) {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false') return true;
  return !NO_COLOR && Boolean(stream.isTTY) && process.env.TERM !== 'dumb';
}

/**
 * @param {import('./options').TestOptions} options
 * @param {ReturnType<typeof selectTestFiles>} found
 * @param {number} started
 * @returns {number}
 */
function reportNothing(options, { searched, unmatched }, started) {
  const learn = '\n\nLearn more about bun test: https://bun.com/docs/cli/test\n';
  const wanted = 'ests need ".test", "_test_", ".spec" or "_spec_" in the filename (ex: "MyApp.test.ts")';
  const anyTestFile = () => selectTestFiles(options.root, process.cwd(), [], []).files.length > 0;
  let text = unmatched.map((name) => `Test filter ${JSON.stringify(name)} had no matches\n`).join('');
  if (options.filters.length === 0 || (unmatched.length > 0 && !anyTestFile()))
    text += `No tests found!\n\nT${wanted}${learn}`;
  else if (unmatched.length === 0) {
    const names = options.filters.map((name) => ` ${name}`).join('\n');
    text += `The following filters did not match any test files:\n${names}\n${searched} files were searched ${elapsed(started)}\n\nnote: T${wanted}${learn}`;
  }
  process.stderr.write(text);
  return options.passWithNoTests ? 0 : 1;
}

module.exports = { runTests };
