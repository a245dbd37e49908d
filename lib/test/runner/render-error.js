'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');

/**
 * Shows an error the way Bun does: the source line with a caret, the message, the stack.
 */

const libFolder = path.dirname(path.dirname(__dirname)) + path.sep;

/** @typedef {{ name: string, file: string, line: number, column: number }} Frame */

/**
 * @param {string} stack
 * @param {boolean} [topLevel] whether the last frame is the top level of a module
 * @returns {Frame[]}
 */
function framesOf(stack, topLevel = false) {
  /** @type {Frame[]} */
  const frames = [];
  const place = require('../../loader/stack').placeBefore(stack);
  if (place) return [{ name: '', ...place }];
  for (const text of stack.split('\n')) {
    const match = /^\s+at (?:(.*?) \()?((?:file:\/\/|\/|[A-Za-z]:[\\/]|node:|\.{1,2}\/)[^()]*?):(\d+):(\d+)\)?$/.exec(
      text,
    );
    if (!match) continue;
    let [, name = '', file] = match;
    if (file.startsWith('file://')) {
      try {
        file = fileURLToPath(file.replace(/\?.*$/, ''));
      } catch {
        continue;
      }
    }
    if (file.startsWith('node:') || file.startsWith(libFolder)) continue;
    const frame = { name: tidyName(name), file, line: Number(match[3]), column: Number(match[4]) };
    frames.push(frame);
  }
  for (const frame of frames) {
    const top = topLevel && frame === frames.at(-1);
    if (frame.name && !declares(frame)) frame.name = '';
    frame.column = columnOf(frame, top);
    if (!top && !frame.name) frame.name = '<anonymous>';
  }
  return frames;
}

/** V8 guesses names for functions that have none, from what stands around them. @param {Frame} frame */
function declares({ file, name }) {
  const bare = name.replace(/^async |^new /g, '');
  if (!/^[\w$]+$/.test(bare)) return bare !== '<anonymous>';
  const word = bare.replaceAll('$', '\\$');
  const declaration = new RegExp(
    `(?:function|class|get|set)\\b\\s*\\*?\\s*${word}\\b|\\b${word}\\s*(?:\\([^()]*\\)[^={;]*\\{|[=:]\\s*(?:async\\b|function\\b|\\(|[\\w$]+\\s*=>))`,
  );
  const lines = linesOf(file);
  return !lines || declaration.test(lines.join('\n'));
}

/** V8 writes `Type.method [as x]`, Bun the function's own name. @param {string} name */
function tidyName(name) {
  const async = name.startsWith('async ') ? 'async ' : '';
  const bare = name.slice(async.length).replace(/ \[as .*\]$/, '');
  if (bare.startsWith('new ')) return async + bare;
  if (bare === 'Object.<anonymous>' || bare === 'Module.<anonymous>') return async + '<anonymous>';
  return async + bare.slice(bare.lastIndexOf('.') + 1);
}

const linesAbove = 5;

/** @type {Map<string, string[] | null>} */
const sources = new Map();

/** @param {string} file @returns {string[] | null} its lines */
function linesOf(file) {
  let lines = sources.get(file);
  if (lines === undefined) {
    try {
      lines = fs.readFileSync(file, 'utf8').split('\n');
    } catch {
      lines = null;
    }
    sources.set(file, lines);
  }
  return lines;
}

/**
 * V8 places an error at `new`; Bun at the class, and in a function that throws it at the closing
 * bracket.
 *
 * @param {Frame} frame
 * @param {boolean} topLevel
 * @returns {number} the column that Bun shows
 */
function columnOf({ file, line, column }, topLevel) {
  const text = linesOf(file)?.[line - 1];
  if (!text?.startsWith('new ', column - 1)) return column;
  if (topLevel || !/\bthrow\s+$/.test(text.slice(0, column - 1))) return column + 4;
  let depth = 0;
  for (let i = column; i < text.length; i++) {
    const quote = text[i];
    if (quote === '"' || quote === "'" || quote === '`') {
      for (i++; i < text.length && text[i] !== quote; i++) if (text[i] === '\\') i++;
    } else if (quote === '(') depth++;
    else if (quote === ')' && --depth === 0) return i + 1;
  }
  return column + 4;
}

/** @param {Frame} frame @returns {string} */
function snippet({ file, line, column }) {
  const lines = linesOf(file);
  if (!lines || line > lines.length) return '';
  const first = Math.max(1, line - linesAbove);
  const width = String(line).length;
  let shown = '';
  for (let n = first; n <= line; n++) shown += `${String(n).padStart(width)} | ${lines[n - 1].trimEnd()}\n`;
  return `${shown}${' '.repeat(width + 3 + column - 1)}^\n`;
}

/**
 * @param {unknown} error
 * @param {{ colors?: boolean, topLevel?: boolean }} [options]
 * @returns {string} ends with a line feed
 */
function renderError(error, { colors = false, topLevel = false } = {}) {
  if (typeof error !== 'object' || error === null || !('message' in error)) {
    return `error: ${typeof error === 'string' ? error : require('../format').format(error)}\n`;
  }
  const { name, message } = /** @type {Error} */ (error);
  const stack =
    typeof (/** @type {any} */ (error).stack) === 'string'
      ? /** @type {string} */ (/** @type {Error} */ (error).stack)
      : '';
  const frames = framesOf(stack, topLevel);
  const title = name === 'Error' || !name ? 'error' : name;
  const head = colors
    ? `\u001B[31m${title}\u001B[0m\u001B[2m:\u001B[0m \u001B[1m${message}\u001B[0m`
    : `${title}: ${message}`;
  if (name === 'BuildMessage') return buildMessage(message, frames[0]);
  const at = frames
    .map((frame) => {
      const place = `${frame.file}:${frame.line}:${frame.column}`;
      return frame.name ? `      at ${frame.name} (${place})\n` : `      at ${place}\n`;
    })
    .join('');
  return `${frames.length > 0 ? snippet(frames[0]) : ''}${head}\n${at}`;
}

/** A file that could not be parsed: its line alone. @param {string} message @param {Frame | undefined} frame */
function buildMessage(message, frame) {
  if (!frame) return `error: ${message}\n`;
  const shown = snippet(frame).split('\n').slice(-3).join('\n');
  return `${shown}error: ${message}\n    at ${frame.file}:${frame.line}:${frame.column}\n`;
}

/** The stack with paths relative to the working directory. @param {Error} error */
function stackOf(error) {
  return framesOf(typeof error.stack === 'string' ? error.stack : '')
    .map(({ name, file, line, column }) => {
      const place = `${path.relative(process.cwd(), file).replaceAll(path.sep, '/')}:${line}:${column}`;
      return name && name !== '<anonymous>' ? `      at ${name} (${place})\n` : `      at ${place}\n`;
    })
    .join('');
}

module.exports = { renderError, stackOf, framesOf };
