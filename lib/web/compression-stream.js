'use strict';

/**
 * `CompressionStream` and `DecompressionStream`: the standard's formats and Bun's `brotli` and `zstd`. Streams that end
 * too early, are corrupt or have something behind their end fail, as the standard wants; Node's own let some of these
 * wait for ever.
 *
 * @see https://bun.com/docs/runtime/utils
 * @see https://compression.spec.whatwg.org/
 */

const { inspect } = require('node:util');
const { isSharedArrayBuffer } = require('node:util/types');
const nodes = /** @type {any} */ (require('node:stream/web'));
const { codeError, received } = require('../internal/errors');
const { makeCodec } = require('./compression-codecs');

const FORMATS = ['deflate', 'deflate-raw', 'gzip', 'brotli', 'zstd'];
const ERR_INVALID_ARG_VALUE = codeError(
  TypeError,
  'ERR_INVALID_ARG_VALUE',
  (value) => `The argument 'format' must be one of: ${FORMATS.join(', ')}. Received ${inspect(value)}`,
);
const ERR_INVALID_ARG_TYPE = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  (value) => `The "chunk" argument must be of type BufferSource. ${received(value)}`,
);
const ERR_STREAM_NULL_VALUES = codeError(
  TypeError,
  'ERR_STREAM_NULL_VALUES',
  () => 'May not write null values to stream',
);
const ERR_ILLEGAL_CONSTRUCTOR = codeError(
  TypeError,
  'ERR_ILLEGAL_CONSTRUCTOR',
  (name) => `Use \`new ${name}(...)\` instead of \`${name}(...)\``,
);
const ERR_INVALID_THIS = codeError(TypeError, 'ERR_INVALID_THIS', (name) => `Value of "this" must be of type ${name}`);

/** @param {unknown} chunk @returns {Uint8Array} */
function bytesOf(chunk) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk === null) throw ERR_STREAM_NULL_VALUES();
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (!ArrayBuffer.isView(chunk) || isSharedArrayBuffer(chunk.buffer)) throw ERR_INVALID_ARG_TYPE(chunk);
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** @type {WeakMap<object, { readable: ReadableStream, writable: WritableStream }>} */
const pairs = new WeakMap();

/** What a close may leave unread, and a write of a decoder as well, however short. */
const MOST_UNREAD = 64 * 1024;

/**
 * The two sides. A write waits until what came before is read, and one of a decoder also while too much of its own is
 * not: a few bytes can stand for gigabytes, and a `TransformStream` takes all that comes of one chunk. As much as was
 * written is not too much. A close waits
 * only while too much of its own is not read: one may write and close before one reads.
 *
 * @param {unknown} given
 * @param {boolean} decodes
 */
function makePair(given, decodes) {
  const format = typeof given === 'object' && given !== null ? `${given}` : given;
  if (typeof format !== 'string' || !FORMATS.includes(format)) throw ERR_INVALID_ARG_VALUE(given);
  /** @type {ReadableStreamDefaultController} */
  let output;
  /** @type {WritableStreamDefaultController} */
  let input;
  let unread = 0;
  let over = false;
  /** What the write or close under way may leave unread. */
  let most = Infinity;
  /** Called when all is read, or never will be. */
  let begin = () => {};
  const isRead = () => over || /** @type {number} */ (output.desiredSize) > 0;
  const give = (/** @type {Uint8Array} */ bytes) => {
    if (over) return true; // nobody reads it
    unread += bytes.length;
    output.enqueue(bytes);
    return unread <= most || isRead();
  };
  const codec = makeCodec(format, decodes, give);
  /** @type {unknown} why it ended before its time */
  let why;
  /** @param {unknown} reason */
  const finish = (reason) => {
    over = true;
    why = reason;
    begin();
    codec.stop();
    codec.go();
  };
  /** @param {unknown} reason */
  const abort = (reason) => {
    if (over) return;
    output.error(reason);
    finish(reason);
  };
  /** Fails both sides with what `work` throws. @param {() => unknown} work */
  const guarded = async (work) => {
    try {
      await work();
    } catch (error) {
      if (over) return; // of no interest to anybody
      abort(error);
      throw error;
    }
  };
  const readable = new nodes.ReadableStream(
    {
      /** @param {ReadableStreamDefaultController} controller */
      start(controller) {
        output = controller;
      },
      pull() {
        unread = 0;
        begin();
        codec.go();
      },
      /** @param {unknown} reason */
      cancel(reason) {
        finish(reason);
        input.error(reason);
      },
    },
    { highWaterMark: 1 },
  );
  const writable = new nodes.WritableStream({
    /** @param {WritableStreamDefaultController} controller */
    start(controller) {
      input = controller;
      // The stream itself calls `abort` only after the write or close under way.
      const { signal } = /** @type {any} */ (controller);
      signal.addEventListener('abort', () => abort(signal.reason), { once: true });
    },
    /** @param {unknown} chunk */
    async write(chunk) {
      if (!isRead()) await new Promise((resolve) => (begin = () => resolve(undefined)));
      if (over) throw why;
      await guarded(() => {
        const bytes = bytesOf(chunk);
        if (decodes) most = Math.max(bytes.length, MOST_UNREAD);
        return codec.write(bytes);
      });
    },
    close: () =>
      guarded(async () => {
        unread = 0;
        most = MOST_UNREAD;
        await codec.end();
        if (!over) output.close();
        over = true;
      }),
    abort,
  });
  return { readable, writable };
}

/**
 * The class. What Node makes itself is an instance of Node's, from whose prototype ours inherits.
 *
 * @param {'CompressionStream' | 'DecompressionStream'} name
 */
function extended(name) {
  const Class = {
    [name]: /** @this {any} @param {unknown} format */ function (format) {
      if (!new.target) throw ERR_ILLEGAL_CONSTRUCTOR(name);
      pairs.set(this, makePair(format, name === 'DecompressionStream'));
    },
  }[name];
  /** @param {'readable' | 'writable'} side */
  const accessor = (side) => ({
    get: /** @this {any} */ function () {
      const pair = pairs.get(this);
      if (!pair) throw ERR_INVALID_THIS(name);
      return pair[side];
    },
    enumerable: true,
    configurable: true,
  });
  const prototype = Object.create(nodes[name].prototype, {
    constructor: { value: Class, writable: true, configurable: true },
    readable: accessor('readable'),
    writable: accessor('writable'),
    [Symbol.toStringTag]: { value: name, configurable: true },
  });
  Object.defineProperty(Class, 'prototype', { value: prototype, writable: false });
  return Class;
}

module.exports = { extended };
