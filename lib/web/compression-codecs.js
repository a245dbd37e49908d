'use strict';

/** What `CompressionStream` and `DecompressionStream` are made of: codecs that can be held up. */

const zlib = require('node:zlib');
const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');

const ERR_TRAILING_JUNK = codeError(
  TypeError,
  'ERR_TRAILING_JUNK_AFTER_STREAM_END',
  () => 'Trailing junk found after the end of the compressed stream',
);
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
  /** Ends the step under way: of an engine that is destroyed nothing more is heard. */
  let leave = () => {};
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
      leave = () => resolve(undefined);
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
    stop() {
      engine.destroy();
      leave();
    },
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
  let stopped = false;
  const drain = async () => {
    for (let part = state.pull(); part !== null && !stopped; part = state.pull()) {
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
    stop() {
      stopped = true;
    },
  };
}

/** @param {string} format @param {boolean} decodes @param {Give} give @returns {Codec} */
function makeCodec(format, decodes, give) {
  if (format === 'zstd') return zstdCodec(decodes, give);
  return zlibCodec(format, (decodes ? decoders : encoders)[format](), decodes, give);
}

module.exports = { makeCodec };
