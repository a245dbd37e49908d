'use strict';

const path = require('node:path');

/**
 * The command line of `dx-compat test`, merged with `[test]` of bunfig.toml.
 *
 * @see https://bun.com/docs/test/configuration
 */

/** @typedef {'flag' | 'value' | 'list' | 'number' | 'optional-number'} Kind */

/** @type {Record<string, { key: string, kind: Kind }>} */
const flags = {
  '--timeout': { key: 'timeout', kind: 'number' },
  '--update-snapshots': { key: 'updateSnapshots', kind: 'flag' },
  '-u': { key: 'updateSnapshots', kind: 'flag' },
  '--rerun-each': { key: 'rerunEach', kind: 'number' },
  '--retry': { key: 'retry', kind: 'number' },
  '--todo': { key: 'todo', kind: 'flag' },
  '--only': { key: 'only', kind: 'flag' },
  '--pass-with-no-tests': { key: 'passWithNoTests', kind: 'flag' },
  '--concurrent': { key: 'concurrent', kind: 'flag' },
  '--randomize': { key: 'randomize', kind: 'flag' },
  '--seed': { key: 'seed', kind: 'number' },
  '--coverage': { key: 'coverage', kind: 'flag' },
  '--coverage-reporter': { key: 'coverageReporter', kind: 'list' },
  '--coverage-dir': { key: 'coverageDir', kind: 'value' },
  '--bail': { key: 'bail', kind: 'optional-number' },
  '-t': { key: 'pattern', kind: 'value' },
  '--test-name-pattern': { key: 'pattern', kind: 'value' },
  '--reporter': { key: 'reporter', kind: 'value' },
  '--reporter-outfile': { key: 'reporterOutfile', kind: 'value' },
  '--dots': { key: 'dots', kind: 'flag' },
  '--only-failures': { key: 'onlyFailures', kind: 'flag' },
  '--max-concurrency': { key: 'maxConcurrency', kind: 'number' },
  '--path-ignore-patterns': { key: 'pathIgnorePatterns', kind: 'list' },
  '--parallel': { key: 'parallel', kind: 'optional-number' },
  '--parallel-delay': { key: 'parallelDelay', kind: 'number' },
  '--isolate': { key: 'isolate', kind: 'flag' },
  '--shard': { key: 'shard', kind: 'value' },
  '--preload': { key: 'preload', kind: 'list' },
  '-r': { key: 'preload', kind: 'list' },
  '--require': { key: 'preload', kind: 'list' },
  '--import': { key: 'preload', kind: 'list' },
  '--smol': { key: 'smol', kind: 'flag' },
  '--no-orphans': { key: 'noOrphans', kind: 'flag' },
};

/** Flags of `bun test` that this version cannot honour: refused by name, never ignored. */
const unsupported = ['--changed', '--no-isolate', '--timings', '--update-timings', '--test-worker', '--check', '--watch', '--hot', '--inspect', '--inspect-brk', '--inspect-wait'];

class UsageError extends Error {}

/**
 * @param {string[]} argv what follows `test`
 * @returns {{ filters: string[] } & Record<string, any>}
 * @throws {UsageError}
 */
function parseArguments(argv) {
  /** @type {{ filters: string[] } & Record<string, any>} */
  const parsed = { filters: [] };
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    if (argument === '--') {
      parsed.filters.push(...argv.slice(i + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      parsed.filters.push(argument);
      continue;
    }
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const flag = flags[name];
    if (unsupported.includes(name)) throw new UsageError(`the flag "${name}" is not supported by dx-compat yet`);
    if (!flag) throw new UsageError(`unknown flag "${name}"`);
    let value = equals < 0 ? undefined : argument.slice(equals + 1);
    if (flag.kind === 'flag') {
      parsed[flag.key] = value === undefined || value === 'true';
      continue;
    }
    if (value === undefined && flag.kind !== 'optional-number') {
      value = argv[++i];
      if (value === undefined) throw new UsageError(`the flag "${name}" needs a value`);
    }
    set(parsed, name, flag, value);
  }
  return parsed;
}

/** @param {Record<string, any>} parsed @param {string} name @param {{ key: string, kind: Kind }} flag @param {string | undefined} value */
function set(parsed, name, { key, kind }, value) {
  if (kind === 'list') (parsed[key] ??= []).push(value);
  else if (kind === 'value') parsed[key] = value;
  else if (value === undefined) parsed[key] = true;
  else {
    const number = Number(value);
    if (value === '' || !Number.isInteger(number) || number < 0) throw new UsageError(`Invalid ${name.replace(/^-+/, '')}: "${value}"`);
    if (key === 'bail' && number === 0) throw new UsageError('--bail expects a number greater than 0');
    parsed[key] = number;
  }
}

/**
 * Fills in what bunfig.toml and Bun's defaults say.
 *
 * @param {ReturnType<typeof parseArguments>} parsed
 * @param {Record<string, any>} bunfig the `[test]` table, with the `preload` of the top level in it
 * @param {string} cwd
 */
function withDefaults(parsed, bunfig, cwd) {
  const pick = (/** @type {string} */ key, /** @type {unknown} */ fallback) => parsed[key] ?? bunfig[key] ?? fallback;
  const list = (/** @type {unknown} */ value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
  const { CI, GITHUB_ACTIONS, CLAUDECODE, REPL_ID, AGENT } = process.env;
  const agent = CLAUDECODE === '1' || REPL_ID === '1' || AGENT === '1';
  const reporter = parsed.reporter;
  if (reporter !== undefined && !['junit', 'dots'].includes(reporter)) {
    throw new UsageError(`unsupported reporter format '${reporter}'. Available options: 'junit' (for XML test results), 'dots'`);
  }
  if (reporter === 'junit' && !parsed.reporterOutfile) throw new UsageError('--reporter=junit requires --reporter-outfile [file] to specify where to save the XML report');
  const preloads = [...list(bunfig.preload), ...list(parsed.preload)];
  return {
    filters: parsed.filters,
    root: path.resolve(cwd, bunfig.root ?? '.'),
    preload: preloads,
    timeout: pick('timeout', 5000),
    retry: pick('retry', 0),
    rerunEach: pick('rerunEach', 1) || 1,
    bail: parsed.bail === true ? 1 : (parsed.bail ?? bunfig.bail ?? 0),
    todo: pick('todo', false),
    only: pick('only', false),
    concurrent: pick('concurrent', false),
    concurrentTestGlob: list(bunfig.concurrentTestGlob),
    maxConcurrency: pick('maxConcurrency', 20),
    passWithNoTests: pick('passWithNoTests', false),
    randomize: Boolean(pick('randomize', false)) || parsed.seed !== undefined,
    seed: pick('seed', undefined),
    pattern: pick('pattern', null),
    updateSnapshots: pick('updateSnapshots', false),
    style: /** @type {'default' | 'dots' | 'failures'} */ (
      parsed.dots || reporter === 'dots' || bunfig.reporter?.dots ? 'dots' : parsed.onlyFailures || bunfig.onlyFailures || agent ? 'failures' : 'default'
    ),
    junit: reporter === 'junit' ? parsed.reporterOutfile : (bunfig.reporter?.junit ?? null),
    parallel: parsed.parallel === true ? require('node:os').availableParallelism() : (parsed.parallel ?? 1),
    shard: parseShard(parsed.shard),
    pathIgnorePatterns: list(parsed.pathIgnorePatterns ?? bunfig.pathIgnorePatterns),
    coverage: parsed.coverage ?? (parsed.coverageReporter ? true : (bunfig.coverage ?? false)),
    coverageReporter: list(parsed.coverageReporter ?? bunfig.coverageReporter ?? ['text']),
    coverageDir: path.resolve(cwd, pick('coverageDir', 'coverage')),
    coverageThreshold: bunfig.coverageThreshold,
    coverageSkipTestFiles: bunfig.coverageSkipTestFiles ?? true,
    coveragePathIgnorePatterns: list(bunfig.coveragePathIgnorePatterns),
    ci: (CI !== undefined && CI !== '' && CI !== '0' && CI !== 'false') || (GITHUB_ACTIONS === 'true' && CI === undefined),
  };
}

/** @param {string | undefined} text @returns {{ index: number, count: number } | null} */
function parseShard(text) {
  if (text === undefined) return null;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (!match || index < 1 || index > count) throw new UsageError(`invalid --shard "${text}": it is index/count, such as 1/3`);
  return { index, count };
}

/** @typedef {ReturnType<typeof withDefaults>} TestOptions */

module.exports = { parseArguments, withDefaults, UsageError };
