'use strict';

/**
 * `for await (const line of console)`: the lines of standard input, and `console.write`.
 *
 * @see https://bun.com/docs/runtime/console#reading-from-stdin
 */

const { bytesOf } = require('./file-sink');

/** What was read and nobody took: the next loop over the console goes on with it. @type {string[]} */
const waiting = [];
let rest = '';
const decoder = new TextDecoder();
/** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
let reader;
let ended = false;

/** @returns {AsyncGenerator<string>} */
async function* lines() {
  for (;;) {
    while (waiting.length > 0) yield /** @type {string} */ (waiting.shift());
    if (ended) return;
    await more();
  }
}

async function more() {
  reader ??= /** @type {ReadableStreamDefaultReader<Uint8Array>} */ (require('./stdin').stream().getReader());
  const { done, value } = await reader.read();
  const parts = (rest + decoder.decode(value, { stream: !done })).split('\n');
  rest = done ? '' : /** @type {string} */ (parts.pop());
  ended = done;
  // The end of the input ends the last line, unless a line had ended there.
  if (done && parts.at(-1) === '') parts.pop();
  waiting.push(...parts);
}

/** @param {...(string | ArrayBufferView | ArrayBuffer)} chunks @returns {number} bytes written to standard output */
function write(...chunks) {
  const bytes = Buffer.concat(chunks.map((chunk) => bytesOf(chunk, 1)));
  for (let done = 0; done < bytes.byteLength;) done += require('node:fs').writeSync(1, bytes, done);
  return bytes.byteLength;
}

module.exports = { lines, write };
