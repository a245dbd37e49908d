'use strict';

/**
 * `text`, `json`, `bytes` and `blob` of every ReadableStream, and `readMany` of their readers, which Bun has and Node has not.
 *
 * @see https://bun.com/docs/runtime/streams
 */

const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');
const peek = require('./peek');

const ERR_INVALID_THIS = codeError(TypeError, 'ERR_INVALID_THIS', (message) => message);
const ERR_INVALID_STATE = codeError(TypeError, 'ERR_INVALID_STATE', (message) => message);

const BYTES = 'Expected an ArrayBuffer, ArrayBufferView, or string chunk';
const TEXT = 'Expected text, ArrayBuffer or ArrayBufferView';

/** @param {ReadableStream<any>} stream @param {string} [expected] what is said of other chunks @returns {Promise<Uint8Array>} */
async function gather(stream, expected = BYTES) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(bytesOf(chunk, expected));
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

/** @param {any} chunk @param {string} expected @returns {Uint8Array} */
function bytesOf(chunk, expected) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(expected);
}

/** @param {ReadableStream<any>} stream */
async function gatherText(stream) {
  return new TextDecoder().decode(await gather(stream, TEXT));
}

/** @param {ReadableStream<any>} stream @returns {ReadableStream<any>} */
function readable(stream) {
  if (stream.locked) throw ERR_INVALID_STATE('Invalid state: ReadableStream is locked');
  if (/** @type {any} */ (require('node:stream')).isDisturbed(stream))
    throw ERR_INVALID_STATE('Invalid state: ReadableStream has already been used');
  require('../web/direct-stream').readOnce(stream);
  return stream;
}

/** @param {(stream: ReadableStream<any>) => Promise<unknown>} read */
const reader = (read) =>
  /** @this {ReadableStream} */
  function () {
    const { ReadableStream } = require('node:stream/web');
    if (!(this instanceof ReadableStream)) throw ERR_INVALID_THIS('Value of "this" must be of type ReadableStream');
    return (async () => read(readable(/** @type {any} */ (this))))();
  };

const readers = {
  text: reader(gatherText),
  json: reader(async (stream) => require('./parse-json').parseJson(await gatherText(stream))),
  bytes: reader(gather),
  blob: reader(async (stream) => new Blob([/** @type {any} */ (await gather(stream))])),
};

/** @typedef {{ value: any[], size: number, done: boolean }} Many the size of a chunk that had to be waited for does not count */

/**
 * What Node keeps of the chunks that wait for a reader; none where a Node keeps it elsewhere.
 *
 * @param {any} reader
 * @returns {{ count: number, size: number, state: string | undefined }}
 */
function waiting(reader) {
  const key = Object.getOwnPropertySymbols(reader).find(({ description }) => description === 'kState');
  const stream = key && reader[key]?.stream?.[key];
  const controller = key && stream?.controller?.[key];
  return { count: controller?.queue?.length ?? 0, size: controller?.queueTotalSize ?? 0, state: stream?.state };
}

/**
 * The chunks that are there, at once; a promise of the next when there is none.
 *
 * @this {ReadableStreamDefaultReader}
 * @returns {Many | Promise<Many>}
 */
function readMany() {
  const { ReadableStreamDefaultReader } = require('node:stream/web');
  if (!(this instanceof ReadableStreamDefaultReader))
    throw new TypeError('ReadableStreamDefaultReader.readMany() should not be called directly');
  const { count, size, state } = waiting(this);
  if (state === 'closed') return { value: [], size: 0, done: true };
  if (count === 0) return one(this);
  const reads = Array.from({ length: count }, () => this.read());
  const results = reads.map(peeked);
  if (results.includes(undefined)) return Promise.all(reads).then((all) => many(all, size));
  return many(/** @type {any[]} */ (results), size);
}

/** @param {any} reader @returns {Promise<Many>} */
async function one(reader) {
  const result = await reader.read();
  return result.done ? { value: [], size: 0, done: true } : many([result], 0);
}

/** @param {{ value?: any }[]} results @param {number} size @returns {Many} */
function many(results, size) {
  return { value: results.map(({ value }) => value), size, done: false };
}

/** What a promise has come to, where that can be told without waiting. @param {Promise<any>} promise @returns {any} */
function peeked(promise) {
  if (!native('bun-core', 'bun').introspection() || peek.status(promise) !== 'fulfilled') return undefined;
  return peek(promise);
}

/** Gives the readers to `ReadableStream.prototype` where it has none. */
function installReaders() {
  const { ReadableStream, ReadableStreamDefaultReader } = require('node:stream/web');
  const { prototype } = /** @type {any} */ (ReadableStreamDefaultReader);
  if (!('readMany' in prototype))
    Object.defineProperty(prototype, 'readMany', {
      value: readMany,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  for (const [name, value] of Object.entries(readers)) {
    if (name in ReadableStream.prototype) continue;
    Object.defineProperty(value, 'name', { value: name });
    Object.defineProperty(ReadableStream.prototype, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
}

module.exports = { installReaders, gather, gatherText, readable };
