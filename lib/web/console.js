'use strict';

/**
 * The console as Bun prints: its format of values, its specifiers, its tables and labels.
 *
 * The command line and `register` install it in the main thread (a worker thread of Bun has Node's); `require('dx-compat')` alone leaves Node's console as
 * it is. What is more than text loads on first use. Text goes through the streams of `process`, so
 * that it keeps its place between the program's own writes, but past a `write` that the program put
 * there, as in Bun.
 *
 * @see https://bun.com/docs/runtime/console
 */

const { Writable } = require('node:stream');

const DEFAULT_DEPTH = 2;
const OUT = 1;
const ERROR = 2;

let depth = DEFAULT_DEPTH;
let groups = 0;
let indentation = '';
/** @type {import('node:stream').Writable[]} by file descriptor */
const streams = [];
/** @type {boolean[]} by file descriptor */
const colored = [];
/** @type {Console | undefined} of an attached debugger */
let debuggers;

/** @type {Record<string, (...args: any[]) => void>} */
const methods = {
  log: (...args) => print(OUT, 'log', args),
  info: (...args) => print(OUT, 'info', args),
  debug: (...args) => print(OUT, 'debug', args),
  warn: (...args) => print(ERROR, 'warn', args),
  error: (...args) => print(ERROR, 'error', args),
  dirxml(...args) {
    if (args.length > 0) print(OUT, 'dirxml', args);
  },
  dir(...args) {
    if (args.length > 0) message(OUT, (to) => to.value(args[0]), require('./console-message').dirSettings(args[1]));
  },
  table(...args) {
    if (args.length === 0) return;
    const [data, columns] = args;
    if (args.length > 1 && columns !== undefined && !Array.isArray(columns))
      throw require('./console-errors').ERR_INVALID_ARG_TYPE();
    if (data === null || (typeof data !== 'object' && typeof data !== 'function')) return print(OUT, 'table', [data]);
    const rows = typeof data === 'function' ? { ...data } : data;
    write(OUT, require('../bun/inspect').table(rows, columns, { colors: hasColors(OUT) }));
  },
  group(...args) {
    if (args.length > 0) print(OUT, 'group', args);
    indentTo(groups + 1);
  },
  groupCollapsed(...args) {
    if (args.length > 0) print(OUT, 'groupCollapsed', args);
  },
  groupEnd() {
    if (groups > 0) indentTo(groups - 1);
  },
  trace(...args) {
    if (args.length > 0) print(OUT, 'trace', args);
    const holder = { stack: '' };
    Error.captureStackTrace(holder, methods.trace);
    write(OUT, require('../bun/inspect/error').trace(holder, hasColors(OUT)));
  },
  assert(...args) {
    if (args[0]) return;
    const { start, RESET } = require('../bun/inspect/colors');
    const [open, close] = hasColors(ERROR) ? [`${RESET}${start('red')}`, RESET] : ['', ''];
    if (args.length < 2) return write(ERROR, `${open}Assertion failed${close}\n`);
    message(ERROR, (to) => to.line(args.slice(1)), { open, close });
  },
  count(...args) {
    write(OUT, require('./console-labels').count(labelOf(args), hasColors(OUT)));
  },
  countReset(...args) {
    require('./console-labels').countReset(labelOf(args));
  },
  time(...args) {
    require('./console-labels').time(labelOf(args));
  },
  timeLog(...args) {
    const head = require('./console-labels').elapsed(labelOf(args), hasColors(ERROR));
    if (head !== undefined) message(ERROR, (to) => to.each(args.slice(1)), { open: head, groups: 0 });
  },
  timeEnd(...args) {
    const label = labelOf(args);
    const head = require('./console-labels').elapsed(label, hasColors(ERROR));
    require('./console-labels').timeEnd(label);
    if (head !== undefined) write(ERROR, `${head}\n`);
  },
  clear() {
    if (hasColors(OUT)) write(ERROR, '\u001B[2J\u001B[3J\u001B[H');
  },
};

/**
 * Makes the console print as Bun's.
 *
 * @param {{ depth?: number }} [options] `depth`: how many levels of objects are printed, 0 means all
 */
function install(options = {}) {
  if (options.depth !== undefined) depth = options.depth > 0 ? options.depth : Infinity;
  if (console.log === methods.log) return;
  if (process.execArgv.some((flag) => flag.startsWith('--inspect'))) attach();
  Object.assign(console, methods);
}

/** A debugger sees the values too. */
function attach() {
  debuggers = /** @type {any} */ (require('node:inspector')).console;
}

/** @param {number} fd @param {string} method @param {unknown[]} args */
function print(fd, method, args) {
  if (debuggers) /** @type {any} */ (debuggers)[method]?.(...args);
  if (args.length === 0) return write(fd, '\n');
  const text = plain(fd, args);
  if (text !== undefined) write(fd, `${indentation}${text}\n`);
  else message(fd, (to) => to.line(args), { warns: method === 'warn' });
}

/** What needs no formatter: text without specifiers, numbers without colours. @param {number} fd @param {unknown[]} args */
function plain(fd, args) {
  let text = '';
  for (let index = 0; index < args.length; index++) {
    const value = args[index];
    if (index > 0) text += ' ';
    if (typeof value === 'string') {
      if (index < args.length - 1 && value.includes('%')) return undefined;
      text += value;
    } else if (typeof value === 'number' && !hasColors(fd)) {
      text += Object.is(value, -0) ? '-0' : value;
    } else {
      return undefined;
    }
  }
  return text;
}

/**
 * Formats a message. What was formatted before a conversion threw is written all the same, as in Bun.
 *
 * @param {number} fd
 * @param {(to: import('./console-message').Message) => void} format
 * @param {{ open?: string, close?: string, groups?: number, depth?: number, colors?: boolean, warns?: boolean }} [settings]
 */
function message(fd, format, settings = {}) {
  const { Message } = require('./console-message');
  const to = new Message({ depth, colors: hasColors(fd), groups, ...settings });
  try {
    format(to);
    to.end(`${settings.close ?? ''}\n`);
  } finally {
    write(fd, to.text);
  }
}

/** @param {number} to */
function indentTo(to) {
  groups = to;
  indentation = '  '.repeat(to);
}

/** @param {unknown[]} args @throws {TypeError} for a symbol */
function labelOf([label = 'default']) {
  return `${/** @type {any} */ (label)}`;
}

/** @param {number} fd @returns {boolean} */
function hasColors(fd) {
  return (colored[fd] ??= require('./console-colors')(fd));
}

/**
 * A console never fails for its stream: an error that a write of its own meets, at once or later, is
 * seen by the program's listeners and ends nothing.
 *
 * @param {number} fd
 * @param {string} text
 */
function write(fd, text) {
  if (text === '') return;
  const stream = (streams[fd] ??= fd === OUT ? process.stdout : process.stderr);
  const alone = stream.listenerCount('error') === 0; // with workers there are more than ten, and an eleventh is a warning
  if (alone) stream.on('error', ignore);
  try {
    Writable.prototype.write.call(stream, text, 'utf8', written[fd]);
  } catch {
    // a stream that is closed already
  } finally {
    if (alone) stream.removeListener('error', ignore);
  }
}

/** By file descriptor: expects the event that follows a failed write. */
const written = [OUT, OUT, ERROR].map((fd) => {
  let expected = false;
  const forgive = () => (expected = false);
  return (/** @type {Error | null | undefined} */ error) => {
    const stream = /** @type {any} */ (streams[fd]);
    if (!error || expected || stream._writableState.errorEmitted) return;
    expected = true;
    stream.once('error', forgive);
  };
});

function ignore() {}

module.exports = { install, attach };
