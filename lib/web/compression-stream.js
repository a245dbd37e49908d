'use strict';

/**
 * `CompressionStream` and `DecompressionStream` with Bun's formats `brotli` and `zstd`; the others are Node's.
 *
 * @see https://bun.com/docs/runtime/utils
 */

const { Duplex, Transform } = require('node:stream');
const nodes = require('node:stream/web');
const zlib = /** @type {any} */ (require('node:zlib'));

/** Older Node has no stream for zstd: gathered, and made at the end. @param {'zstdCompress' | 'zstdDecompress'} name */
function atOnce(name) {
  /** @type {Buffer[]} */
  const chunks = [];
  return new Transform({
    transform(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
    flush(done) {
      require('../bun/compression')
        [name](Buffer.concat(chunks))
        .then((/** @type {Buffer} */ bytes) => done(null, bytes), done);
    },
  });
}

/** @type {Record<'CompressionStream' | 'DecompressionStream', Record<string, () => Transform>>} */
const engines = {
  CompressionStream: {
    brotli: () => zlib.createBrotliCompress(),
    zstd: () => zlib.createZstdCompress?.() ?? atOnce('zstdCompress'),
  },
  DecompressionStream: {
    brotli: () => zlib.createBrotliDecompress(),
    zstd: () => zlib.createZstdDecompress?.() ?? atOnce('zstdDecompress'),
  },
};

/** @param {'CompressionStream' | 'DecompressionStream'} name */
function extended(name) {
  const Original = nodes[name];
  const Class = new Proxy(Original, {
    construct(target, given, newTarget) {
      const engine = engines[name][given[0]];
      if (!engine) return Reflect.construct(target, given, newTarget);
      const { readable, writable } = Duplex.toWeb(engine());
      return Object.create(newTarget.prototype, {
        readable: { value: readable, enumerable: true, configurable: true },
        writable: { value: writable, enumerable: true, configurable: true },
      });
    },
  });
  Object.defineProperty(Original.prototype, 'constructor', { value: Class, writable: true, configurable: true });
  return Class;
}

module.exports = { extended };
