'use strict';

/**
 * `createReadStream(a).pipe(createGunzip()).pipe(createWriteStream(b))` and its like. The codec is Node's, which works on
 * the thread pool; what costs is the way there and back for each 64 KB in and 16 KB out. While nobody looks at the pieces
 * they are larger, in both directions. What comes out is the same.
 */

const { Readable } = require('node:stream');
const { kindOf } = require('./pipe-sinks');

/** From here on four times as much is hardly faster. */
const WIDE = 256 * 1024;
/** What nobody has asked for otherwise. */
const [READ, CHUNK] = [64 * 1024, 16 * 1024];

const NAMES = ['Gzip', 'Gunzip', 'Deflate', 'Inflate', 'DeflateRaw', 'InflateRaw', 'Unzip'];
NAMES.push('BrotliCompress', 'BrotliDecompress', 'ZstdCompress', 'ZstdDecompress');
/** @type {Set<object> | undefined} */
let prototypes;

/** @param {any} stream */
function isCodec(stream) {
  // Not before it is needed: most programs load no zlib. Not all are in every Node.
  if (!prototypes) {
    /** @type {any} */
    const zlib = require('node:zlib');
    prototypes = new Set(NAMES.map((name) => zlib[name]?.prototype).filter(Boolean));
  }
  return prototypes.has(Object.getPrototypeOf(stream));
}

/** What a stream goes into if nobody else sees it. @param {any} stream @returns {any} */
function onlySink(stream) {
  const { pipes, decoder, objectMode } = stream._readableState;
  if (pipes.length !== 1 || decoder || objectMode || stream.destroyed) return undefined;
  if (stream.listenerCount('data') !== 1 || stream.listenerCount('readable') > 0) return undefined;
  return stream.push === Readable.prototype.push && stream.emit === Readable.prototype.emit ? pipes[0] : undefined;
}

/**
 * How much of a file is to be read at once.
 *
 * @param {any} source
 * @param {number} size what Node would read
 * @returns {number}
 */
function widthOf(source, size) {
  // What is short is not worth it.
  if (size !== READ || source.readableHighWaterMark !== READ || source.bytesRead === 0) return size;
  const codec = onlySink(source);
  if (codec === undefined || typeof codec._chunkSize !== 'number' || codec.destroyed || !isCodec(codec)) return size;
  const sink = onlySink(codec);
  if (sink === undefined || !kindOf(sink)) return size;
  // Between two pieces the codec holds on to nothing of its buffer.
  if (codec._chunkSize === CHUNK && codec._outBuffer?.length === CHUNK && codec.writableLength === 0) {
    codec._chunkSize = WIDE;
    codec._outBuffer = Buffer.allocUnsafe(WIDE);
    codec._outOffset = 0;
  }
  return codec._chunkSize === WIDE ? WIDE : size;
}

module.exports = { widthOf };
