'use strict';

/**
 * `createReadStream(a).pipe(createWriteStream(b))`: while nobody looks at what goes from one to another, the engine moves
 * it, in the kernel where the system can. The streams are Node's own and tell of themselves what they always do.
 *
 * A program that writes to a socket at the same time is not held back by anything that is done here (its handle can be
 * taken, as TLS does), so that nothing but libuv may write to one: sockets get larger pieces instead (`pipe-zlib.js`).
 */

const fs = require('node:fs');
const { Readable } = require('node:stream');
const { native } = require('../internal/native');
const { isFile, worksWithFs } = require('./pipe-sinks');
const { widthOf } = require('./pipe-zlib');

const { read: nodesRead, write: nodesWrite, writev: nodesWritev, ReadStream } = fs;
const { _read: readPiece } = ReadStream.prototype;
/** What is moved at once. */
const MOST = 4 * 1024 * 1024;

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
  // Another one is a program's own, given as an option or put on the class.
  if (worksWithFs(stream) && stream._read === readPiece)
    Object.defineProperty(stream, '_read', { value: read, writable: true, configurable: true });
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

/** The file to which all goes that the stream gives, if that is so. @param {any} source @returns {any} */
function sinkOf(source) {
  const { pipes, flowing, awaitDrainWriters: awaited, decoder, objectMode } = source._readableState;
  const [sink] = pipes;
  if (pipes.length !== 1 || decoder || objectMode || source.destroyed) return undefined;
  // Whoever else pauses it wants nothing to go on; the pipe does while its sink is full.
  if (!flowing && awaited !== sink && !(awaited instanceof Set && awaited.has(sink))) return undefined;
  // A pipe has one listener.
  if (source.listenerCount('data') !== 1 || source.listenerCount('readable') > 0) return undefined;
  if (source.push !== Readable.prototype.push || source.emit !== Readable.prototype.emit) return undefined;
  if (!isFile(sink)) return undefined;
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
  if (!(left > 0)) return readPiece.call(source, size);
  engine ??= native('bun-core', 'file');
  /** @type {Promise<number> | null} */
  let moving = null;
  try {
    moving = engine.pour(source.fd, source.pos ?? -1, sink.fd, sink.pos ?? -1, Math.min(left, MOST));
  } catch {
    // Node's own says it.
  }
  if (moving === null) {
    delete source._read;
    return readPiece.call(source, size);
  }
  const release = [keepOpen(source, moving), keepOpen(sink, moving), holdBack(sink)];
  moving.then(
    (count) => moved(count),
    () => moved(0),
  );

  /** @param {number} count */
  function moved(count) {
    for (const stream of [source, sink]) if (stream.pos !== undefined) stream.pos += count;
    source.bytesRead += count;
    sink.bytesWritten += count;
    for (const each of release) each();
    // Outside of the promise, whose handler must not take what a listener throws.
    process.nextTick(() => {
      if (source.destroyed) return;
      // The end is found, and what went wrong is said, by Node.
      if (count === 0) readPiece.call(source, size);
      else if (sinkOf(source) === sink) read.call(source, size);
      // An empty piece ends the reading, and the stream asks for the next one.
      else source.push(Buffer.alloc(0));
    });
  }
  return undefined;
}

/** A stream that is destroyed meanwhile closes its file afterwards, as Node's. @param {any} stream @param {Promise<unknown>} moving */
function keepOpen(stream, moving) {
  const takeOff = put(stream, '_destroy', (/** @type {any} */ error, /** @type {any} */ done) => {
    takeOff();
    const go = () => process.nextTick(() => stream._destroy(error, done));
    moving.then(go, go);
  });
  return takeOff;
}

/** What a program writes meanwhile comes afterwards, as Node's streams write one piece after another. @param {any} sink */
function holdBack(sink) {
  /** @type {(() => void)[]} */
  const waiting = [];
  const takeOff = ['_write', '_writev'].map((name) =>
    put(sink, name, (/** @type {any[]} */ ...given) => void waiting.push(() => sink[name](...given))),
  );
  // Node's have none.
  takeOff.push(put(sink, '_final', (/** @type {() => void} */ done) => void waiting.push(done)));
  return () => {
    for (const each of takeOff) each();
    // Outside of the promise, as above, and before what else follows.
    process.nextTick(() => {
      for (const each of waiting) each();
    });
  };
}

/**
 * Gives an object a method of its own.
 *
 * @param {any} target
 * @param {string} name
 * @param {Function} value
 * @returns {() => void} takes it off again
 */
function put(target, name, value) {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
  return () => {
    if (target[name] !== value) return;
    if (before) Object.defineProperty(target, name, before);
    else delete target[name];
  };
}

module.exports = { pourable };
