'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { fileURLToPath } = require('node:url');

/**
 * Shows an error the way Bun does: the source line with a caret, the message, the stack.
 */

const libFolder = path.dirname(path.dirname(__dirname)) + path.sep;

/** @typedef {{ name: string, file: string, line: number, column: number }} Frame */

/** @param {string} stack @returns {Frame[]} */
function framesOf(stack) {
  /** @type {Frame[]} */
  const frames = [];
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
    frames.push({ name: tidyName(name), file, line: Number(match[3]), column: Number(match[4]) });
  }
  return frames;
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

/** @param {Frame} frame @returns {string} */
function snippet({ file, line, column }) {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
  const lines = text.split('\n');
  if (line > lines.length) return '';
  const first = Math.max(1, line - linesAbove);
  const width = String(line).length;
  let shown = '';
  for (let n = first; n <= line; n++) shown += `${String(n).padStart(width)} | ${lines[n - 1].replace(/\r$/, '')}\n`;
  return `${shown}${' '.repeat(width + 3 + column - 1)}^\n`;
}

/**
 * @param {unknown} error
 * @param {{ colors?: boolean }} [options]
 * @returns {string} ends with a line feed
 */
function renderError(error, { colors = false } = {}) {
  if (typeof error !== 'object' || error === null || !('message' in error)) {
    return `error: ${typeof error === 'string' ? error : require('../format').format(error)}\n`;
  }
  const { name, message } = /** @type {Error} */ (error);
  const stack =
    typeof (/** @type {any} */ (error).stack) === 'string'
      ? /** @type {string} */ (/** @type {Error} */ (error).stack)
      : '';
  const frames = framesOf(stack);
  const title = name === 'Error' || !name ? 'error' : name;
  const head = colors
    ? `\u001B[31m${title}\u001B[0m\u001B[2m:\u001B[0m \u001B[1m${message}\u001B[0m`
    : `${title}: ${message}`;
  const at = frames
    .map((frame) => `      at ${frame.name || '<anonymous>'} (${frame.file}:${frame.line}:${frame.column})\n`)
    .join('');
  return `${frames.length > 0 ? snippet(frames[0]) : ''}${head}\n${at}`;
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

module.exports = { renderError, stackOf };
