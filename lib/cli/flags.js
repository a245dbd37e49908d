'use strict';

/**
 * The flags of the command line and the one parser for them. Flags stand before the file, the
 * script or the command; what follows it belongs to the program.
 *
 * A flag is `[kind, standing, short]`. Kinds: `switch` takes no value, `value` one, `list` one and
 * may be repeated, `optional` one after `=` only. Standings: `honoured`; `ignored` is accepted and
 * changes nothing here (Bun's tuning knobs); `unsupported` is refused by name, never misread.
 *
 * @typedef {'switch' | 'value' | 'list' | 'optional'} Kind
 * @typedef {'honoured' | 'ignored' | 'unsupported'} Standing
 * @typedef {Record<string, [Kind, Standing, string?]>} Table
 */

/** @type {Table} */
const runtimeFlags = {
  // running
  help: ['switch', 'honoured', 'h'],
  version: ['switch', 'honoured', 'v'],
  revision: ['switch', 'honoured'],
  eval: ['value', 'honoured', 'e'],
  print: ['value', 'honoured', 'p'],
  preload: ['list', 'honoured', 'r'],
  require: ['list', 'honoured'],
  import: ['list', 'honoured'],
  watch: ['switch', 'honoured'],
  hot: ['switch', 'honoured'],
  'watch-kill-signal': ['value', 'honoured'],
  'no-clear-screen': ['switch', 'honoured'],
  'if-present': ['switch', 'honoured'],
  silent: ['switch', 'honoured'],
  bun: ['switch', 'honoured', 'b'],
  shell: ['value', 'honoured'],
  port: ['value', 'honoured'],
  cwd: ['value', 'honoured'],
  config: ['optional', 'honoured', 'c'],
  'env-file': ['list', 'honoured'],
  'no-env-file': ['switch', 'honoured'],
  'console-depth': ['value', 'honoured'],
  title: ['value', 'honoured'],
  // transpiling and resolving
  define: ['list', 'honoured', 'd'],
  drop: ['list', 'unsupported'],
  loader: ['list', 'honoured', 'l'],
  conditions: ['list', 'honoured'],
  'tsconfig-override': ['value', 'honoured'],
  'jsx-factory': ['value', 'honoured'],
  'jsx-fragment': ['value', 'honoured'],
  'jsx-import-source': ['value', 'honoured'],
  'jsx-runtime': ['value', 'honoured'],
  'main-fields': ['value', 'unsupported'],
  'extension-order': ['value', 'unsupported'],
  'preserve-symlinks': ['switch', 'unsupported'],
  'preserve-symlinks-main': ['switch', 'honoured'],
  feature: ['list', 'unsupported'],
  // Node's own
  inspect: ['optional', 'honoured'],
  'inspect-wait': ['optional', 'honoured'],
  'inspect-brk': ['optional', 'honoured'],
  'expose-gc': ['switch', 'honoured'],
  'no-deprecation': ['switch', 'honoured'],
  'throw-deprecation': ['switch', 'honoured'],
  'trace-deprecation': ['switch', 'honoured'],
  'no-warnings': ['switch', 'honoured'],
  'dns-result-order': ['value', 'honoured'],
  'unhandled-rejections': ['value', 'honoured'],
  // tuning knobs of Bun's runtime and of its package manager
  smol: ['switch', 'ignored'],
  i: ['switch', 'ignored', 'i'],
  install: ['value', 'ignored'],
  'no-install': ['switch', 'ignored'],
  'prefer-offline': ['switch', 'ignored'],
  'prefer-latest': ['switch', 'ignored'],
  'no-macros': ['switch', 'ignored'],
  'jsx-side-effects': ['switch', 'ignored'],
  'ignore-dce-annotations': ['switch', 'ignored'],
  'fetch-preconnect': ['list', 'honoured'],
  'redis-preconnect': ['switch', 'ignored'],
  'sql-preconnect': ['switch', 'ignored'],
  'experimental-http2-fetch': ['switch', 'honoured'],
  'experimental-http3-fetch': ['switch', 'honoured'],
  'experimental-stream-iter': ['switch', 'ignored'],
  'zero-fill-buffers': ['switch', 'ignored'],
  'pending-deprecation': ['switch', 'ignored'],
  'trace-warnings': ['switch', 'ignored'],
  'elide-lines': ['value', 'ignored'],
  // not there yet
  check: ['switch', 'unsupported'],
  interactive: ['switch', 'unsupported'],
  filter: ['value', 'unsupported', 'F'],
  workspaces: ['switch', 'unsupported'],
  parallel: ['switch', 'unsupported'],
  sequential: ['switch', 'unsupported'],
  'no-exit-on-error': ['switch', 'unsupported'],
  'no-orphans': ['switch', 'unsupported'],
  'cpu-prof': ['switch', 'unsupported'],
  'cpu-prof-name': ['value', 'unsupported'],
  'cpu-prof-dir': ['value', 'unsupported'],
  'cpu-prof-md': ['switch', 'unsupported'],
  'cpu-prof-interval': ['value', 'unsupported'],
  'heap-prof': ['switch', 'unsupported'],
  'heap-prof-name': ['value', 'unsupported'],
  'heap-prof-dir': ['value', 'unsupported'],
  'heap-prof-md': ['switch', 'unsupported'],
  'heap-prof-interval': ['value', 'unsupported'],
  'max-http-header-size': ['value', 'unsupported'],
  'insecure-http-parser': ['switch', 'unsupported'],
  'redirect-warnings': ['value', 'unsupported'],
  'disable-warning': ['value', 'unsupported'],
  'use-system-ca': ['switch', 'unsupported'],
  'use-openssl-ca': ['switch', 'unsupported'],
  'use-bundled-ca': ['switch', 'unsupported'],
  'tls-min-v1.0': ['switch', 'unsupported'],
  'tls-min-v1.1': ['switch', 'unsupported'],
  'tls-min-v1.2': ['switch', 'unsupported'],
  'tls-min-v1.3': ['switch', 'unsupported'],
  'tls-max-v1.2': ['switch', 'unsupported'],
  'tls-max-v1.3': ['switch', 'unsupported'],
  'no-addons': ['switch', 'unsupported'],
  'no-ffi-cc': ['switch', 'unsupported'],
  'user-agent': ['value', 'unsupported'],
  'cron-title': ['value', 'unsupported'],
  'cron-period': ['value', 'unsupported'],
};

/** Key of `flags` for the arguments that they were read from: `process.execArgv` of the program. */
const given = Symbol('given');

/** A mistake on the command line: its message is the one line that the user reads. */
class UsageError extends Error {}

/**
 * Reads flags up to the first argument that is none.
 *
 * @param {string[]} args
 * @param {Table} table
 * @param {Record<string | symbol, any>} [flags] what earlier flags said; gets the new ones
 * @returns {{ flags: Record<string, any>, rest: string[], separated: boolean }} `rest` starts at the
 *   first positional argument; `separated`: a `--` stood before it and is gone
 * @throws {UsageError}
 */
function parseFlags(args, table, flags = {}) {
  let index = 0;
  while (index < args.length) {
    const argument = args[index];
    if (argument === '--') return { flags, rest: args.slice(index + 1), separated: true };
    if (argument === '-' || !argument.startsWith('-')) break;
    const taken = readFlag(args, index, table, flags);
    (flags[given] ??= []).push(...args.slice(index, index + taken));
    index += taken;
  }
  return { flags, rest: args.slice(index), separated: false };
}

/**
 * @param {string[]} args
 * @param {number} index
 * @param {Table} table
 * @param {Record<string, any>} flags
 * @returns {number} how many arguments the flag took
 */
function readFlag(args, index, table, flags) {
  const { name, shown, inline } = splitFlag(args[index], table);
  const known = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!known) {
    if (applyNodeFlag(args[index])) return 1;
    throw new UsageError(`Invalid Argument '${shown}'`);
  }
  const [kind, standing] = known;
  if (standing === 'unsupported') throw new UsageError(`The argument '${shown}' is not supported by dx-compat yet`);
  if (kind === 'switch') {
    if (inline !== undefined) throw new UsageError(`The argument '${shown}' does not take a value.`);
    flags[name] = true;
    return 1;
  }
  if (kind === 'optional') {
    flags[name] = inline ?? true;
    return 1;
  }
  const value = inline ?? args[index + 1];
  if (value === undefined) throw new UsageError(`The argument '${shown}' requires a value but none was supplied.`);
  if (kind === 'list') (flags[name] ??= []).push(value);
  else flags[name] = value;
  return inline === undefined ? 2 : 1;
}

/**
 * @param {string} argument
 * @param {Table} table
 * @returns {{ name: string, shown: string, inline: string | undefined }}
 */
function splitFlag(argument, table) {
  if (argument.startsWith('--')) {
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals === -1 ? undefined : equals);
    return { name, shown: `--${name}`, inline: equals === -1 ? undefined : argument.slice(equals + 1) };
  }
  const letter = argument[1];
  const name = Object.keys(table).find((long) => table[long][2] === letter) ?? '';
  const attached = argument.slice(2);
  if (attached && table[name]?.[0] === 'switch') return { name: '', shown: argument, inline: undefined };
  return { name, shown: `-${letter}`, inline: attached ? attached.replace(/^=/, '') : undefined };
}

/**
 * A program that starts itself again may hand over flags of Node or of V8. V8's still take effect
 * when set early; the others were meant for Node's start-up and change nothing any more.
 *
 * @param {string} argument
 * @returns {boolean} whether the flag is one of Node's
 */
function applyNodeFlag(argument) {
  if (!argument.startsWith('--') || !process.allowedNodeEnvironmentFlags.has(argument)) return false;
  if (/^--(max-|stack-|min-|semi-|jitless|harmony|perf-)/.test(argument))
    require('node:v8').setFlagsFromString(argument);
  return true;
}

module.exports = { runtimeFlags, parseFlags, UsageError, given };
