'use strict';

const fs = require('node:fs');

/**
 * `alert`, `confirm` and `prompt` on the terminal, synchronous as in browsers.
 * @see https://bun.com/docs/runtime/web-apis
 */

/** Reads a line of stdin; null at its end. @returns {string | null} */
function readLine() {
  const bytes = [];
  const one = Buffer.alloc(1);
  for (;;) {
    let count;
    try {
      count = fs.readSync(0, one, 0, 1, null);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10); // a terminal that does not block
        continue;
      }
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EOF') return null;
      throw error;
    }
    if (count === 0) return bytes.length ? Buffer.from(bytes).toString('utf8') : null;
    if (one[0] === 10) break;
    bytes.push(one[0]);
  }
  if (bytes.at(-1) === 13) bytes.pop();
  return Buffer.from(bytes).toString('utf8');
}

/** @param {string} text */
function write(text) {
  fs.writeSync(1, text);
}

/** Shows a message and waits for Enter. @param {string} [message] */
function alert(message = undefined) {
  write(`${message === undefined ? 'Alert' : message} [Enter] `);
  readLine();
}

/** Asks for y or n. @param {string} [message] @returns {boolean} */
function confirm(message = undefined) {
  write(`${message === undefined ? 'Confirm' : message} [y/N] `);
  const line = readLine();
  return line === 'y' || line === 'Y';
}

/** Asks for a line. @param {string} [message] @param {string | null} [initial] @returns {string | null} */
function prompt(message = undefined, initial = null) {
  write(message === undefined ? 'Prompt ' : `${message} `);
  if (initial !== null) write(`[${initial}] `);
  const line = readLine();
  if (line === null || line === '') return line === null ? null : initial === null ? null : `${initial}`;
  return line;
}

Object.defineProperty(alert, 'length', { value: 1 });
Object.defineProperty(confirm, 'length', { value: 1 });

module.exports = { alert, confirm, prompt };
