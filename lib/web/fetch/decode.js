'use strict';

/**
 * Content codings of responses. What ends too early is an error, unless it is empty; what follows the end of deflate,
 * gzip or brotli is read over. Both as in Bun.
 */

const { Duplex } = require('node:stream');
const { GzipDecoder } = require('./decode-gzip');
const { ZlibDecoder } = require('./decode-zlib');

/** Loaded by the first response that is compressed. */
const zlib = () => require('node:zlib');

/** `deflate` has the format of zlib by the standard, and none in what some servers send: the first byte tells. */
const inflate = (/** @type {Buffer} */ chunk) =>
  (chunk[0] & 0x0f) === 8 ? zlib().createInflate() : zlib().createInflateRaw();

/** @type {Record<string, () => import('node:stream').Duplex>} */
const decoders = {
  gzip: () => new GzipDecoder(),
  'x-gzip': () => new GzipDecoder(),
  deflate: () => new ZlibDecoder(inflate),
  br: () => new ZlibDecoder(() => /** @type {any} */ (zlib().createBrotliDecompress()), 'ERR_BROTLI'),
  zstd: () => new ZstdDecoder(),
};

/** On our own decoder: Node has one from 22.15 on only. */
class ZstdDecoder extends Duplex {
  #state = new (require('../../internal/native').native('bun-core', 'bun').ZstdState)(false);
  #any = false;
  #ended = false;
  /** Called when all that can be decoded has been read. @type {((error?: Error | null) => void) | undefined} */
  #done;

  /** @override @param {Buffer} chunk @param {string} _ @param {(error?: Error | null) => void} done */
  _write(chunk, _, done) {
    this.#any ||= chunk.length > 0;
    this.#state.push(chunk);
    this.#go(done);
  }

  /** @override @param {(error?: Error | null) => void} done */
  _final(done) {
    this.#ended = true;
    if (this.#any) this.#state.end();
    this.#go(done);
  }

  /** @override */
  _read() {
    this.#pull();
  }

  /** @param {(error?: Error | null) => void} done */
  #go(done) {
    this.#done = done;
    this.#pull();
  }

  #pull() {
    const done = this.#done;
    if (done === undefined) return;
    try {
      for (;;) {
        const part = this.#state.pull();
        if (part === null) break;
        if (!this.push(new Uint8Array(part))) return;
      }
    } catch (error) {
      this.#done = undefined;
      return done(Object.assign(/** @type {Error} */ (error), { code: 'ZSTD_error' }));
    }
    this.#done = undefined;
    if (this.#ended) this.push(null);
    done();
  }
}

/**
 * @param {import('node:stream').Readable} source
 * @param {string | undefined} coding of the header
 * @param {(error: Error) => void} fail
 * @returns {import('node:stream').Readable}
 */
function decoded(source, coding, fail) {
  const names = (coding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (names.length === 0 || names.some((name) => !Object.hasOwn(decoders, name))) return source;
  /** @type {import('node:stream').Readable} */
  let stream = source;
  for (const name of names.reverse()) {
    const decoder = decoders[name]();
    decoder.on('error', fail);
    stream = stream.pipe(decoder);
  }
  return stream;
}

module.exports = { decoded };
