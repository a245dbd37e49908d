'use strict';

/**
 * `createReadStream(a).pipe(createWriteStream(b))`, or to a socket: while nobody looks at what goes from one to another,
 * the engine moves it, between files in the kernel where the system can. The streams are Node's own and tell of
 * themselves what they always do.
 */

const fs = require('node:fs');
const { Readable } = require('node:stream');
const { native } = require('../internal/native');
const { kindOf, worksWithFs } = require('./pipe-sinks');
const { widthOf } = require('./pipe-zlib');

const { read: nodesRead, write: nodesWrite, writev: nodesWritev, ReadStream } = fs;
const { _read: readPiece } = ReadStream.prototype;

/** @type {any} */
let engine;

/**
 * Lets a stream of a file hand its content on by way of the engine.
 *
 * @template {fs.ReadStream} T
 * @param {T} stream
 * @returns {T}
 */
function pourable(stream) {
  if (worksWithFs(stream)) Object.defineProperty(stream, '_read', { value: read, writable: true, configurable: true });
  return stream;
}

/** @this {any} @param {number} size */
function read(size) {
  if (sinkOf(this) === undefined) readPiece.call(this, fs.read === nodesRead ? widthOf(this, size) : size);
  // The stream reads on before it hands out what it has: that has to be gone first.
  else if (this._readableState.length > 0) process.nextTick(decide, this, size);
  else decide(this, size);
}

/** @param {any} source @param {number} size */
function decide(source, size) {
  if (source.destroyed) return;
  const sink = sinkOf(source);
  if (sink === undefined) readPiece.call(source, size);
  else if (source._readableState.length === 0 && sink.writableLength === 0) pour(source, sink, size);
  else if (sink.writableNeedDrain) wait(source, sink, size);
  else readPiece.call(source, size);
}

/** The file or socket to which all goes that the stream gives, if that is so. @param {any} source @returns {any} */
function sinkOf(source) {
  const { pipes, flowing, awaitDrainWriters: awaited, decoder, objectMode } = source._readableState;
  const [sink] = pipes;
  if (pipes.length !== 1 || decoder || objectMode || source.destroyed) return undefined;
  // Whoever else pauses it wants nothing to go on; the pipe does while its sink is full.
  if (!flowing && awaited !== sink && !(awaited instanceof Set && awaited.has(sink))) return undefined;
  // A pipe has one listener.
  if (source.listenerCount('data') !== 1 || source.listenerCount('readable') > 0) return undefined;
  if (source.push !== Readable.prototype.push || source.emit !== Readable.prototype.emit) return undefined;
  if (kindOf(sink) === undefined) return undefined;
  if (fs.read !== nodesRead || fs.write !== nodesWrite || fs.writev !== nodesWritev) return undefined;
  return typeof source.fd === 'number' ? sink : undefined;
}

/** Goes on once the sink has written what it has. @param {any} source @param {any} sink @param {number} size */
function wait(source, sink, size) {
  const events = ['drain', 'close', 'unpipe'];
  const goOn = () => {
    for (const event of events) sink.off(event, goOn);
    // After the pipe's own listener, which hands on what the source has.
    process.nextTick(decide, source, size);
  };
  for (const event of events) sink.on(event, goOn);
}

/** @param {any} source @param {any} sink @param {number} size what Node would read */
function pour(source, sink, size) {
  const left = source.end - (source.pos ?? source.bytesRead) + 1;
  const kind = kindOf(sink);
  if (!(left > 0) || !kind) return readPiece.call(source, size);
  engine ??= native('bun-core', 'file');
  const asked = Math.min(left, kind.most);
  /** @type {Promise<number> | null} */
  let moving = null;
  try {
    moving = kind.move(engine, source, sink, asked);
  } catch {
    // Node's own says it.
  }
  if (moving === null) {
    delete source._read;
    return readPiece.call(source, size);
  }
  const release = [keepOpen(source, moving)];
  if (kind.staysOpen) release.push(keepOpen(sink, moving));
  moving.then(
    (count) => moved(count),
    () => moved(0),
  );

  /** @param {number} count */
  function moved(count) {
    for (const each of release) each();
    source.bytesRead += count;
    if (source.pos !== undefined) source.pos += count;
    if (count > 0) /** @type {any} */ (kind).took(sink, count);
    // Outside of the promise, whose handler must not take what a listener throws.
    process.nextTick(() => {
      if (source.destroyed) return;
      // The end is found, and what went wrong is said, by Node.
      if (kind?.isFull(count, asked)) readPiece.call(source, size);
      else if (sinkOf(source) === sink) read.call(source, size);
      // An empty piece ends the reading, and the stream asks for the next one.
      else source.push(Buffer.alloc(0));
    });
  }
  return undefined;
}

/** A stream that is destroyed meanwhile closes its file afterwards, as Node's. @param {any} stream @param {Promise<unknown>} moving */
function keepOpen(stream, moving) {
  /** @param {any} error @param {any} done */
  const destroy = (error, done) => {
    delete stream._destroy;
    const go = () => process.nextTick(() => stream._destroy(error, done));
    moving.then(go, go);
  };
  Object.defineProperty(stream, '_destroy', { value: destroy, writable: true, configurable: true });
  return () => {
    if (stream._destroy === destroy) delete stream._destroy;
  };
}

module.exports = { pourable };
