'use strict';

/**
 * `text`, `json`, `bytes` and `blob` of every ReadableStream, which Bun has and Node has not.
 *
 * @see https://bun.com/docs/runtime/streams
 */

/** @param {ReadableStream<any>} stream @returns {Promise<Uint8Array>} */
async function gather(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(bytesOf(chunk));
  if (chunks.length === 1 && chunks[0].byteOffset === 0 && chunks[0].byteLength === chunks[0].buffer.byteLength) {
    return new Uint8Array(chunks[0].buffer);
  }
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

/** @param {any} chunk @returns {Uint8Array} */
function bytesOf(chunk) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError('Expected an ArrayBuffer, ArrayBufferView, or string chunk');
}

/** @param {ReadableStream<any>} stream */
async function gatherText(stream) {
  return new TextDecoder().decode(await gather(stream));
}

const readers = {
  /** @this {ReadableStream} */
  text() {
    return gatherText(this);
  },
  /** @this {ReadableStream} */
  async json() {
    return require('./parse-json').parseJson(await gatherText(this));
  },
  /** @this {ReadableStream} */
  bytes() {
    return gather(this);
  },
  /** @this {ReadableStream} */
  async blob() {
    return new Blob([/** @type {any} */ (await gather(this))]);
  },
};

/** Gives the readers to `ReadableStream.prototype` where it has none. */
function installReaders() {
  for (const [name, value] of Object.entries(readers)) {
    if (name in ReadableStream.prototype) continue;
    Object.defineProperty(ReadableStream.prototype, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
}

module.exports = { installReaders, gather, gatherText };
