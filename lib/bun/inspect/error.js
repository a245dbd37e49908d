'use strict';

/** Errors with the source lines before the place where they were made, as Bun prints them. */

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { paint, start, RESET } = require('./colors');
const { read } = require('./properties');

const OURS = path.join(__dirname, '..', '..', path.sep);
const LINES_BEFORE = 5;
const LONGEST_SOURCE = 1024;
/** Name of the code of a module itself, and who runs it when that is an ES module. */
const MODULE = 'Object.<anonymous>';
const MODULE_CALLER = /\bModuleJob(?:Sync)?\.run/;
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
  if (/^(?:Build|Resolve)Message$/.test(String(read(error, 'name'))) && error.position) {
    tools.write(error.stack); // the place is in the source that did not parse
    return;
  }
  if (read(error, 'name') === 'ResolveMessage' && typeof read(error, 'specifier') === 'string') {
    tools.write(require('../../loader/messages').printed(error));
    return;
  }
  const all = read(error, 'errors');
  const errors =
    Array.isArray(all) && all.every((inner) => inner instanceof Error) && error instanceof AggregateError
      ? all
      : undefined;
  if (errors?.length) {
    for (const [index, inner] of errors.entries()) {
      tools.format(inner);
      if (/** @type {any} */ (inner).position) tools.write(index === errors.length - 1 ? '\n' : '\n\n');
    }
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
  const place = error instanceof SyntaxError && require('../../loader/stack').placeBefore(text(error, 'stack'));
  const frames = place ? [{ name: MODULE, ...place }] : framesOf(error);
  const origin = frames.find(({ file }) => file !== undefined);
  if (origin && !settings.warns) write(excerpt(origin, settings.colors));
  write(`${head(error, settings)}\n`);
  details(error, tools);
  write(shown(frames, settings.colors));
}

/** The frames of a stack, for `console.trace`. @param {{ stack: string }} holder @param {boolean} colors */
function trace(holder, colors) {
  return shown(framesOf(holder), colors);
}

/** @param {{ name: string, file?: string, line: number, column: number, text?: string }[]} frames @param {boolean} colors */
function shown(frames, colors) {
  let out = '';
  for (const { name, file, line, column, text } of frames) {
    if (file === undefined) {
      if (text) out += `${text}\n`;
      continue;
    }
    const where = colors ? coloredPlace(file, line, column) : `${file}:${line}:${column}`;
    const caller = name || '<anonymous>';
    if (!colors) out += `      at ${name === MODULE ? where : `${caller} (${where})`}\n`;
    else
      out += `${RESET}      ${start('dim')}at ${RESET}${name === MODULE ? where : `${coloredName(caller)}${start('dim')} (${RESET}${where}${start('dim')})${RESET}`}\n`;
  }
  return out;
}

/** @param {string} file @param {number} line @param {number} column */
function coloredPlace(file, line, column) {
  const folder = file.slice(0, file.lastIndexOf(path.sep) + 1);
  const name = `${folder && `${start('dim')}${folder}${RESET}${start('cyan')}`}${file.slice(folder.length)}`;
  return `${RESET}${start('cyan')}${name}${RESET}${start('dim')}:${RESET}${start('yellow')}${line}${RESET}${start('dim')}:${start('yellow')}${column}${RESET}`;
}

/** @param {string} name */
function coloredName(name) {
  return name === '<anonymous>'
    ? `${RESET}${start('dim')}${name}${RESET}`
    : `${RESET}${start('bold')}${start('italic')}${name}${RESET}`;
}

/** @param {any} error @param {{ colors: boolean, warns?: boolean }} settings */
function head(error, { colors, warns = false }) {
  const name = text(error, 'name') || 'Error';
  const message = text(error, 'message');
  const code = text(error, 'code');
  if (message.startsWith(`${code}: `) && typeof read(error, 'syscall') === 'string')
    return colors ? `${paint(warns ? 'yellow' : 'red', code)}${message.slice(code.length)}` : message;
  const title = name === 'Error' && message !== '' ? (warns ? 'warn' : 'error') : name;
  return colors
    ? `${paint(warns ? 'yellow' : 'red', title)}${start('dim')}:${RESET} ${start('bold')}${message}${RESET}`
    : `${title}: ${message}`;
}

/** @param {any} error @param {string} key @returns {string} */
function text(error, key) {
  const value = read(error, key);
  try {
    return value === undefined || value === null ? '' : String(value);
  } catch {
    return '';
  }
}

/** Own properties, their names set flush right. @param {any} error @param {import('./special').Tools} tools */
function details(error, { write, quoted, comma, settings }) {
  const names = Object.keys(error).filter((key) => !SHOWN.has(key) && isShown(error, key));
  if (typeof read(error, 'syscall') === 'string' && names.includes('errno')) names.sort((a, b) => rank(a) - rank(b));
  if (typeof read(error, 'code') === 'string' && hasCode(error)) names.push('code');
  if (names.length === 0) return;
  const width = Math.max(...names.map((name) => name.length)) + 1;
  for (const [index, name] of names.entries()) {
    write(`${name.padStart(width)}${settings.colors ? `${RESET}${start('dim')}:${RESET}` : ':'} `);
    quoted(read(error, name));
    if (index < names.length - 1) comma();
    write('\n');
  }
  write('\n');
}

/** Its own, or that of all errors with this code. @param {object} error */
function hasCode(error) {
  if (Object.hasOwn(error, 'code')) return true;
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(error) ?? {}, 'code')?.value !== undefined;
}

/** Neither a method nor a getter that throws. @param {any} error @param {string} key */
function isShown(error, key) {
  try {
    return typeof error[key] !== 'function';
  } catch {
    return false;
  }
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
  const stack = text(error, 'stack');
  const found = [];
  const lines = stack.split('\n');
  for (const [index, line] of lines.entries()) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, name = '', place, row, column] = match;
    const where = place.replace(/^async /, '');
    const file = pathOf(where);
    if (where.startsWith('node:') || file.startsWith(OURS)) continue;
    const isModule =
      (name === MODULE && !/\.c[jt]s$/.test(where)) || (name === '' && MODULE_CALLER.test(lines[index + 1] ?? ''));
    found.push({
      name: isModule ? MODULE : name === MODULE ? '' : name,
      file,
      line: Number(row),
      column: Number(column),
    });
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

/** @param {string} file or a `blob:` URL @throws when there is none */
function sourceOf(file) {
  return file.startsWith('blob:')
    ? require('../../loader/blob-module').textOf(file).text
    : fs.readFileSync(file, 'utf8');
}

/** The source up to the line, with a caret under the column. @param {{ file?: string, line: number, column: number }} origin @param {boolean} colors */
function excerpt({ file, line, column }, colors) {
  let source;
  try {
    source = sourceOf(/** @type {string} */ (file)).split('\n');
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

module.exports = { print, trace };
