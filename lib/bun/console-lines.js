'use strict';

/**
 * `for await (const line of console)`: the lines of standard input, and `console.write`.
 *
 * @see https://bun.com/docs/runtime/console#reading-from-stdin
 */

const { bytesOf } = require('./file-sink');

/** @returns {AsyncGenerator<string>} */
async function* lines() {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of require('./stdin').stream()) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = /** @type {string} */ (parts.pop());
    yield* parts;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** @param {...(string | ArrayBufferView | ArrayBuffer)} chunks @returns {number} bytes written to standard output */
function write(...chunks) {
  const bytes = Buffer.concat(chunks.map((chunk) => bytesOf(chunk, 1)));
  for (let done = 0; done < bytes.byteLength;) done += require('node:fs').writeSync(1, bytes, done);
  return bytes.byteLength;
}

module.exports = { lines, write };
