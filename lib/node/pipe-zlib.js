'use strict';

/**
 * `createReadStream(a).pipe(socket)`, `createReadStream(a).pipe(createGunzip()).pipe(createWriteStream(b))` and their
 * like. File, codec and socket are Node's, which work on the thread pool or in libuv; what costs is the way there and
 * back for each 64 KB in and 16 KB out. While nobody looks at the pieces they are larger. What comes out is the same.
 */

const { Readable } = require('node:stream');
const { isFile, isSocket } = require('./pipe-sinks');

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
  const next = onlySink(source);
  if (next === undefined || next.destroyed) return size;
  if (isSocket(next)) return WIDE;
  return typeof next._chunkSize === 'number' && isCodec(next) ? widen(next, size) : size;
}

/** @type {WeakMap<object, Buffer>} codec -> what it put into before, which its engine knows until its next piece */
const former = new WeakMap();

/** Lets a codec give larger pieces. @param {any} codec @param {number} size @returns {number} what it may be given */
function widen(codec, size) {
  const sink = onlySink(codec);
  if (sink === undefined || !(isFile(sink) || isSocket(sink))) return size;
  // A thread writes to the buffer while the engine has a piece, which is an empty one when it is to flush.
  const rests = codec.writableLength === 0 && codec._handle !== null && codec._handle.buffer == null;
  if (rests && codec._chunkSize === CHUNK && codec._outBuffer?.length === CHUNK) {
    former.set(codec, codec._outBuffer);
    codec._chunkSize = WIDE;
    codec._outBuffer = Buffer.allocUnsafe(WIDE);
    codec._outOffset = 0;
  }
  return codec._chunkSize === WIDE ? WIDE : size;
}

module.exports = { widthOf };
