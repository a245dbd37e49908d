'use strict';

/** Errors with the source lines before the place where they were made, as Bun prints them. */

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { paint, start, RESET } = require('./colors');

const OURS = path.join(__dirname, '..', '..', path.sep);
const LINES_BEFORE = 5;
const LONGEST_SOURCE = 1024;
const FRAME = /^\s+at (?:(.*?) \()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;
/** Own properties that the head and the stack show already. */
const SHOWN = new Set([
  'message',
  'stack',
  'name',
  'cause',
  'errors',
  'code',
  'line',
  'column',
  'sourceURL',
  'originalLine',
  'originalColumn',
]);

/**
 * @param {any} error
 * @param {import('./special').Tools} tools
 */
function print(error, tools) {
  if (error.name === 'BuildMessage' && error.position) {
    tools.write(`${error.stack}\n`); // the place is in the source that did not parse
    return;
  }
  const errors =
    Array.isArray(error.errors) &&
    error.errors.every((/** @type {unknown} */ inner) => inner instanceof Error) &&
    error instanceof AggregateError
      ? error.errors
      : undefined;
  if (errors?.length) {
    for (const inner of errors) tools.format(inner);
    return;
  }
  printOne(error, tools);
  const cause = Object.getOwnPropertyDescriptor(error, 'cause')?.value;
  if (cause instanceof Error) {
    tools.write('\n');
    tools.format(cause);
  }
}

/** @param {any} error @param {import('./special').Tools} tools */
function printOne(error, tools) {
  const { write, settings } = tools;
  const frames = framesOf(error);
  const origin = frames.find(({ file }) => file !== undefined);
  if (origin) write(excerpt(origin, settings.colors));
  write(`${head(error, settings.colors)}\n`);
  details(error, tools);
  for (const { name, file, line, column, text } of frames) {
    if (file === undefined) {
      if (text) write(`${text}\n`);
      continue;
    }
    const place = settings.colors
      ? `${RESET}${start('cyan')}${file}${RESET}${start('dim')}:${RESET}${start('yellow')}${line}${RESET}${start('dim')}:${start('yellow')}${column}${RESET}`
      : `${file}:${line}:${column}`;
    const at = settings.colors ? `${RESET}      ${start('dim')}at ${RESET}` : '      at ';
    write(`${at}${name || '<anonymous>'} (${place})\n`);
  }
}

/** @param {any} error @param {boolean} colors */
function head(error, colors) {
  const name = text(error, 'name') || 'Error';
  const message = text(error, 'message');
  if (message.startsWith(`${error.code}: `) && typeof error.syscall === 'string')
    return colors ? `${paint('red', String(error.code))}${message.slice(String(error.code).length)}` : message;
  const title = name === 'Error' && message !== '' ? 'error' : name;
  return colors
    ? `${paint('red', title)}${start('dim')}:${RESET} ${start('bold')}${message}${RESET}`
    : `${title}: ${message}`;
}

/** @param {any} error @param {string} key @returns {string} */
function text(error, key) {
  try {
    const value = error[key];
    return value === undefined || value === null ? '' : String(value);
  } catch {
    return '';
  }
}

/** Own properties, their names set flush right. @param {any} error @param {import('./special').Tools} tools */
function details(error, { write, format, comma, settings }) {
  const names = Object.keys(error).filter(
    (key) => !SHOWN.has(key) && !(key === 'name' || typeof error[key] === 'function'),
  );
  if (typeof error.syscall === 'string' && names.includes('errno')) names.sort((a, b) => rank(a) - rank(b));
  if (typeof error.code === 'string' && Object.hasOwn(error, 'code')) names.push('code');
  if (names.length === 0) return;
  const width = Math.max(...names.map((name) => name.length)) + 1;
  for (const [index, name] of names.entries()) {
    write(`${name.padStart(width)}${settings.colors ? `${RESET}${start('dim')}:${RESET}` : ':'} `);
    format(error[name]);
    if (index < names.length - 1) comma();
    write('\n');
  }
  write('\n');
}

/** The order of a system error's facts in Bun. @param {string} name */
function rank(name) {
  const at = ['path', 'dest', 'syscall', 'errno'].indexOf(name);
  return at === -1 ? 4 : at;
}

/**
 * @param {any} error
 * @returns {{ name: string, file?: string, line: number, column: number, text?: string }[]}
 */
function framesOf(error) {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const found = [];
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, name = '', where, row, column] = match;
    const file = pathOf(where);
    if (where.startsWith('node:') || file.startsWith(OURS)) continue;
    found.push({ name: name.replace(/^Object\.<anonymous>$/, ''), file, line: Number(row), column: Number(column) });
  }
  return found;
}

/** @param {string} where */
function pathOf(where) {
  if (!where.startsWith('file://')) return where;
  try {
    return fileURLToPath(where);
  } catch {
    return where;
  }
}

/** The source up to the line, with a caret under the column. @param {{ file?: string, line: number, column: number }} origin @param {boolean} colors */
function excerpt({ file, line, column }, colors) {
  let source;
  try {
    source = fs.readFileSync(/** @type {string} */ (file), 'utf8').split('\n');
  } catch {
    return '';
  }
  if (line > source.length) return '';
  const width = String(line).length;
  let out = '';
  for (let at = Math.max(1, line - LINES_BEFORE); at <= line; at++) {
    const number = `${String(at).padStart(width)} |`;
    out += `${colors ? `${RESET}${start('bold')}${number}${RESET}` : number} ${source[at - 1].slice(0, LONGEST_SOURCE)}\n`;
  }
  const caret = ' '.repeat(width + 2 + column);
  return `${out}${caret}${colors ? `${start('red')}${start('bold')}^${RESET}` : '^'}\n`;
}

module.exports = { print };
