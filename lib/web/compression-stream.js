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
const zlib = require('node:zlib');
const { codeError, received } = require('../internal/errors');
const { native } = require('../internal/native');

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
const ERR_TRAILING_JUNK = codeError(
  TypeError,
  'ERR_TRAILING_JUNK_AFTER_STREAM_END',
  () => 'Trailing junk found after the end of the compressed stream',
);
const ERR_ILLEGAL_CONSTRUCTOR = codeError(
  TypeError,
  'ERR_ILLEGAL_CONSTRUCTOR',
  (name) => `Use \`new ${name}(...)\` instead of \`${name}(...)\``,
);
const ERR_INVALID_THIS = codeError(TypeError, 'ERR_INVALID_THIS', (name) => `Value of "this" must be of type ${name}`);

/** @type {Record<string, () => zlib.Gzip>} */
const encoders = {
  gzip: () => zlib.createGzip(),
  deflate: () => zlib.createDeflate(),
  'deflate-raw': () => zlib.createDeflateRaw(),
  brotli: () => /** @type {any} */ (zlib.createBrotliCompress()),
};
/** @type {Record<string, () => zlib.Gunzip>} */
const decoders = {
  gzip: () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  'deflate-raw': () => zlib.createInflateRaw(),
  brotli: () => /** @type {any} */ (zlib.createBrotliDecompress()),
};

/**
 * `go` is called when the reader wants more, after `give` has said that it does not.
 *
 * @typedef {{ write: (bytes: Uint8Array) => unknown, end: () => unknown, go: () => void, stop: () => void }} Codec
 * @typedef {(bytes: Uint8Array) => boolean} Give whether the reader wants more
 */

/**
 * A codec on a stream of Node's zlib.
 *
 * @param {string} format
 * @param {any} engine
 * @param {boolean} decodes
 * @param {Give} give
 * @returns {Codec}
 */
function zlibCodec(format, engine, decodes, give) {
  let written = 0;
  let ended = false;
  /** @type {(reason: unknown) => void} */
  let fail = () => {};
  engine.on('data', (/** @type {Buffer} */ part) => {
    if (!give(new Uint8Array(part.buffer, part.byteOffset, part.length))) engine.pause();
  });
  engine.on('end', () => {
    ended = true;
  });
  engine.on('error', (/** @type {any} */ error) => fail(decodes ? decodeError(format, error) : error));
  /** @param {(done: (error?: unknown) => void) => void} start */
  const step = (start) =>
    new Promise((resolve, reject) => {
      fail = reject;
      start((error) => (error ? fail(decodes ? decodeError(format, error) : error) : resolve(undefined)));
    });
  const junk = () => (format === 'gzip' ? new TypeError('inflate failed') : ERR_TRAILING_JUNK());
  return {
    write(bytes) {
      if (bytes.length === 0) return undefined;
      written += bytes.length;
      if (ended) throw junk();
      // A decoder that has met its end takes no more, and need not call back.
      return step((done) => {
        if (decodes) engine.once('end', done);
        engine.write(bytes, (/** @type {unknown} */ error) => {
          engine.off('end', done);
          done(error);
        });
      });
    },
    async end() {
      if (!ended) {
        await step((done) => {
          engine.once('end', done);
          engine.end();
        });
      }
      if (decodes && written === 0) throw new TypeError('unexpected end of file');
      if (decodes && engine.bytesWritten < written) throw junk();
    },
    go: () => engine.resume(),
    stop: () => engine.destroy(),
  };
}

/** @param {string} format @param {any} error */
function decodeError(format, error) {
  if (error instanceof TypeError) return error;
  const truncated = error.code === 'Z_BUF_ERROR';
  if (format !== 'brotli') return new TypeError(truncated ? 'unexpected end of file' : 'inflate failed');
  if (truncated) return new TypeError('unexpected end of file');
  return Object.assign(new TypeError('brotli decode failed'), { code: error.code });
}

/** @param {boolean} decodes @param {Give} give @returns {Codec} */
function zstdCodec(decodes, give) {
  const state = new (native('bun-core', 'bun').ZstdState)(!decodes);
  let go = () => {};
  const drain = async () => {
    for (let part = state.pull(); part !== null; part = state.pull()) {
      if (!give(new Uint8Array(part))) await new Promise((resolve) => (go = () => resolve(undefined)));
    }
  };
  return {
    write(bytes) {
      state.push(bytes);
      return drain();
    },
    end() {
      state.end();
      return drain();
    },
    go: () => go(),
    stop() {},
  };
}

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

/** What a write may leave unread. */
const MOST_UNREAD = 64 * 1024;

/**
 * The two sides. A write waits until what came before is read, and while too much of its own is not: a few bytes can
 * stand for gigabytes, and a `TransformStream` takes all that comes of one chunk.
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
  /** Called when all is read, or never will be. */
  let begin = () => {};
  const isRead = () => over || /** @type {number} */ (output.desiredSize) > 0;
  const give = (/** @type {Uint8Array} */ bytes) => {
    if (over) return true; // nobody reads it
    unread += bytes.length;
    output.enqueue(bytes);
    return unread < MOST_UNREAD || isRead();
  };
  const codec =
    format === 'zstd'
      ? zstdCodec(decodes, give)
      : zlibCodec(format, (decodes ? decoders : encoders)[format](), decodes, give);
  const finish = () => {
    over = true;
    begin();
    codec.go();
    codec.stop();
  };
  /** Fails both sides with what `work` throws. @param {() => unknown} work */
  const guarded = async (work) => {
    if (!isRead()) await new Promise((resolve) => (begin = () => resolve(undefined)));
    if (over) return;
    try {
      await work();
    } catch (error) {
      if (!over) output.error(error);
      finish();
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
        finish();
        input.error(reason);
      },
    },
    { highWaterMark: 1 },
  );
  const writable = new nodes.WritableStream({
    /** @param {WritableStreamDefaultController} controller */
    start(controller) {
      input = controller;
    },
    /** @param {unknown} chunk */
    write: (chunk) => guarded(() => codec.write(bytesOf(chunk))),
    close: () =>
      guarded(async () => {
        await codec.end();
        if (!over) output.close();
        over = true;
      }),
    /** @param {unknown} reason */
    abort(reason) {
      if (!over) output.error(reason);
      finish();
    },
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
