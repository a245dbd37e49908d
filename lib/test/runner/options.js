'use strict';

const os = require('node:os');
const path = require('node:path');

/**
 * The command line of `dx-compat test`, merged with `[test]` of bunfig.toml.
 *
 * @see https://bun.com/docs/test/configuration
 */

const { parseFlags, runtimeFlags, UsageError } = require('../../cli/flags');

/** @type {import('../../cli/flags').Table} */
const testFlags = {
  timeout: ['value', 'honoured'],
  'update-snapshots': ['switch', 'honoured', 'u'],
  'rerun-each': ['value', 'honoured'],
  retry: ['value', 'honoured'],
  todo: ['switch', 'honoured'],
  only: ['switch', 'honoured'],
  'pass-with-no-tests': ['switch', 'honoured'],
  concurrent: ['switch', 'honoured'],
  randomize: ['switch', 'honoured'],
  seed: ['value', 'honoured'],
  coverage: ['switch', 'honoured'],
  'coverage-reporter': ['list', 'honoured'],
  'coverage-dir': ['value', 'honoured'],
  bail: ['optional', 'honoured'],
  'test-name-pattern': ['value', 'honoured', 't'],
  reporter: ['value', 'honoured'],
  'reporter-outfile': ['value', 'honoured'],
  dots: ['switch', 'honoured'],
  'only-failures': ['switch', 'honoured'],
  'max-concurrency': ['value', 'honoured'],
  'path-ignore-patterns': ['list', 'honoured'],
  parallel: ['optional', 'honoured'],
  shard: ['value', 'honoured'],
  // every file has its own process here
  isolate: ['switch', 'ignored'],
  'parallel-delay': ['value', 'ignored'],
  // not there yet
  'no-isolate': ['switch', 'unsupported'],
  changed: ['optional', 'unsupported'],
  timings: ['list', 'unsupported'],
  'update-timings': ['switch', 'unsupported'],
  'test-worker': ['switch', 'unsupported'],
  watch: ['switch', 'unsupported'],
};

const table = { ...runtimeFlags, ...testFlags };

/**
 * Reads flags and filters, in any order.
 *
 * @param {string[]} args what follows `test`
 * @param {Record<string, any>} flags what stood before it
 * @returns {{ filters: string[], flags: Record<string, any> }}
 * @throws {UsageError}
 */
function parseArguments(args, flags) {
  /** @type {string[]} */
  const filters = [];
  for (let left = args; left.length > 0;) {
    const { rest, separated } = parseFlags(left, table, flags);
    if (separated) {
      filters.push(...rest);
      break;
    }
    if (rest.length > 0) filters.push(rest[0]);
    left = rest.slice(1);
  }
  return { filters, flags };
}

/**
 * @param {string} name
 * @param {unknown} text what the command line or bunfig.toml says
 * @param {number} [least]
 * @returns {number | undefined}
 */
function count(name, text, least = 0) {
  if (text === undefined) return undefined;
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isInteger(number) || number < least) {
    throw new UsageError(
      least > 0 ? `--${name} expects a number greater than ${least - 1}` : `Invalid ${name}: "${text}"`,
    );
  }
  return number;
}

/** None is no limit. @param {string | undefined} text */
const mostAtOnce = (text) => (count('max-concurrency', text || undefined) ?? 20) || Number.MAX_SAFE_INTEGER;

/**
 * Fills in what bunfig.toml and Bun's defaults say.
 *
 * @param {{ filters: string[], flags: Record<string, any> }} parsed
 * @param {Record<string, any>} bunfig the `[test]` table, with the `preload` of the top level in it
 * @param {string} cwd
 */
function withDefaults({ filters, flags }, bunfig, cwd) {
  const { reporter } = flags;
  if (reporter !== undefined && !['junit', 'dots'].includes(reporter)) {
    throw new UsageError(
      `unsupported reporter format '${reporter}'. Available options: 'junit' (for XML test results), 'dots'`,
    );
  }
  if (reporter === 'junit' && !flags['reporter-outfile']) {
    throw new UsageError('--reporter=junit requires --reporter-outfile [file] to specify where to save the XML report');
  }
  const pattern = flags['test-name-pattern'] ?? null;
  if (pattern !== null) compile(pattern);
  return {
    filters,
    root: path.resolve(cwd, typeof bunfig.root === 'string' ? bunfig.root : '.'),
    timeout: count('timeout', flags.timeout) ?? 5000,
    retry: count('retry', flags.retry) || positive(bunfig.retry),
    rerunEach: count('rerun-each', flags['rerun-each']) || positive(bunfig.rerunEach) || 1,
    bail: flags.bail === true ? 1 : (count('bail', flags.bail, 1) ?? 0),
    todo: flags.todo ?? false,
    only: flags.only ?? false,
    concurrent: flags.concurrent ?? false,
    concurrentTestGlob: list(bunfig.concurrentTestGlob),
    maxConcurrency: mostAtOnce(flags['max-concurrency']),
    passWithNoTests: flags['pass-with-no-tests'] ?? false,
    randomize: flags.randomize ?? (flags.seed !== undefined || bunfig.randomize === true),
    seed: count('seed', flags.seed) ?? count('seed', bunfig.seed),
    pattern,
    updateSnapshots: flags['update-snapshots'] ?? false,
    style: styleOf(flags, bunfig),
    /** @type {string | null} */
    junit: reporter === 'junit' ? flags['reporter-outfile'] : (bunfig.reporter?.junit ?? null),
    /** 0 is without the flag */
    parallel: flags.parallel === true ? os.availableParallelism() : (count('parallel', flags.parallel, 1) ?? 0),
    shard: parseShard(flags.shard),
    pathIgnorePatterns: list(flags['path-ignore-patterns'] ?? bunfig.pathIgnorePatterns),
    coverage: Boolean(flags.coverage ?? (flags['coverage-reporter'] ? true : bunfig.coverage)),
    coverageReporter: list(flags['coverage-reporter'] ?? bunfig.coverageReporter ?? 'text'),
    coverageDir: path.resolve(cwd, flags['coverage-dir'] ?? bunfig.coverageDir ?? 'coverage'),
    coverageThreshold: bunfig.coverageThreshold,
    coverageIgnoreSourcemaps: bunfig.coverageIgnoreSourcemaps === true,
    coverageSkipTestFiles: bunfig.coverageSkipTestFiles ?? true,
    coveragePathIgnorePatterns: list(bunfig.coveragePathIgnorePatterns),
    ci: runsInCi(process.env),
  };
}

/** A setting of bunfig.toml as a count: 0 for one that is none. @param {number | undefined} setting */
function positive(setting) {
  return setting !== undefined && setting > 0 ? Math.trunc(setting) : 0;
}

/** @param {unknown} value @returns {any[]} */
function list(value) {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

/** @param {string} pattern */
function compile(pattern) {
  try {
    return new RegExp(pattern);
  } catch {
    throw new UsageError(
      `--test-name-pattern expects a valid regular expression but received ${JSON.stringify(pattern)}`,
    );
  }
}

/** @param {Record<string, any>} flags @param {Record<string, any>} bunfig @returns {'default' | 'dots' | 'failures'} */
function styleOf(flags, bunfig) {
  if (flags.dots || flags.reporter === 'dots' || bunfig.reporter?.dots) return 'dots';
  const { CLAUDECODE, REPL_ID, AGENT } = process.env;
  const agent = [CLAUDECODE, REPL_ID, AGENT].includes('1');
  return flags['only-failures'] || bunfig.onlyFailures || agent ? 'failures' : 'default';
}

/** @param {NodeJS.ProcessEnv} environment */
function runsInCi({ CI, GITHUB_ACTIONS }) {
  if (CI !== undefined) return !['', '0', 'false'].includes(CI);
  return GITHUB_ACTIONS === 'true';
}

/** @param {string | undefined} text @returns {{ index: number, count: number } | null} */
function parseShard(text) {
  if (text === undefined) return null;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (!match || index < 1 || index > count)
    throw new UsageError(`invalid --shard "${text}": it is index/count, such as 1/3`);
  return { index, count };
}

/** @typedef {ReturnType<typeof withDefaults>} TestOptions */

module.exports = { parseArguments, withDefaults };
