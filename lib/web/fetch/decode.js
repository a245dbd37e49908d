'use strict';

/** Content codings of responses. */

const { Transform } = require('node:stream');

/** Loaded by the first response that is compressed. */
const zlib = () => require('node:zlib');

/** @type {Record<string, () => import('node:stream').Transform>} */
const decoders = {
  gzip: () => zlib().createGunzip({ finishFlush: zlib().constants.Z_SYNC_FLUSH }),
  'x-gzip': () => zlib().createGunzip({ finishFlush: zlib().constants.Z_SYNC_FLUSH }),
  deflate: inflate,
  br: () => zlib().createBrotliDecompress(),
  zstd: () => /** @type {any} */ (zlib()).createZstdDecompress?.() ?? zstdAtOnce(),
};

/** `deflate` has the format of zlib by the standard, and none in what some servers send: the first byte tells. */
function inflate() {
  /** @type {import('node:stream').Transform | undefined} */
  let inner;
  const outer = new Transform({
    transform(chunk, _, done) {
      if (!inner) {
        inner = (chunk[0] & 0x0f) === 8 ? zlib().createInflate() : zlib().createInflateRaw();
        inner.on('data', (data) => outer.push(data));
        inner.on('error', (error) => outer.destroy(error));
      }
      inner.write(chunk, () => done());
    },
    flush(done) {
      if (!inner) return done();
      inner.once('end', () => done());
      inner.end();
    },
  });
  return outer;
}

/** Older Node has no stream for zstd: gathered and decoded at its end. */
function zstdAtOnce() {
  /** @type {Buffer[]} */
  const chunks = [];
  return new Transform({
    transform(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
    flush(done) {
      if (chunks.length === 0) return done();
      require('../../bun/compression')
        .zstdDecompress(Buffer.concat(chunks))
        .then(
          (/** @type {Buffer} */ bytes) => done(null, bytes),
          (/** @type {Error} */ error) => done(Object.assign(error, { code: 'ZSTD_error' })),
        );
    },
  });
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
  let any = false;
  source.once('data', () => {
    any = true;
  });
  let stream = source;
  for (const name of names.reverse()) {
    const decoder = decoders[name]();
    decoder.on('error', (error) => (any ? fail(error) : decoder.push(null)));
    stream = stream.pipe(decoder);
  }
  return stream;
}

module.exports = { decoded };
