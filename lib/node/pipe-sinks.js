'use strict';

/**
 * Where the content of a file can go without passing JavaScript: another file, or a socket.
 *
 * @typedef {{
 *   takes(sink: any): boolean,
 *   move(engine: any, source: any, sink: any, length: number): Promise<number> | null,
 *   took(sink: any, count: number): void,
 *   most: number,
 *   isFull(count: number, asked: number): boolean,
 *   staysOpen: boolean,
 * }} Sink
 * whether it is a plain one now; the start of a piece; what becomes of the stream's numbers; how large a piece is;
 * whether Node's own way has to follow; whether its file is closed only after a piece
 */

const fs = require('node:fs');
const { Socket } = require('node:net');
const { Writable } = require('node:stream');

const MEGABYTE = 1024 * 1024;
const { WriteStream } = fs;

/** Where a stream keeps the functions it works with. @type {symbol | undefined} */
let functions;

/** Whether it works with the functions of `node:fs`, and not a program's own. @param {any} stream */
function worksWithFs(stream) {
  functions ??= Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kFs');
  return functions !== undefined && stream[functions] === fs;
}

/** Whether nothing but the pipe writes, and in no other way than its class. @param {any} sink @param {any} prototype */
function isPlain(sink, prototype) {
  const { write, _write, _writev, destroyed, writableEnded, writableCorked } = sink;
  if (destroyed || writableEnded || writableCorked > 0) return false;
  return write === Writable.prototype.write && _write === prototype._write && _writev === prototype._writev;
}

/** @type {Sink} */
const file = {
  takes(sink) {
    if (!(sink instanceof WriteStream) || typeof (/** @type {any} */ (sink).fd) !== 'number') return false;
    return worksWithFs(sink) && isPlain(sink, WriteStream.prototype);
  },
  move: (engine, source, sink, length) => engine.pour(source.fd, source.pos ?? -1, sink.fd, sink.pos ?? -1, length),
  took(sink, count) {
    sink.bytesWritten += count;
    if (sink.pos !== undefined) sink.pos += count;
  },
  most: 4 * MEGABYTE,
  isFull: (count) => count === 0,
  staysOpen: true,
};

/** @type {Sink} */
const socket = {
  // TLS and other classes above it write something else.
  takes(sink) {
    if (process.platform !== 'linux' || Object.getPrototypeOf(sink) !== Socket.prototype) return false;
    const handle = sink._handle;
    return isPlain(sink, Socket.prototype) && !sink.connecting && handle?.fd >= 0 && handle.writeQueueSize === 0;
  },
  move: (engine, source, sink, length) => engine.feed(source.fd, source.pos ?? -1, sink._handle.fd, length),
  took(sink, count) {
    sink._unrefTimer();
    if (sink._handle) sentMore(sink._handle, count);
  },
  // What goes on being sent after the socket is destroyed.
  most: MEGABYTE,
  // Node waits for the socket.
  isFull: (count, asked) => count < asked,
  staysOpen: false,
};

/** @type {WeakMap<object, number>} handle of a socket -> what went to it on our way */
const sent = new WeakMap();

/** A socket asks its handle how much it has sent. @param {any} handle @param {number} count */
function sentMore(handle, count) {
  if (!sent.has(handle)) {
    const prototype = Object.getPrototypeOf(handle);
    const get = () => Reflect.get(prototype, 'bytesWritten', handle) + (sent.get(handle) ?? 0);
    Object.defineProperty(handle, 'bytesWritten', { get, configurable: true });
  }
  sent.set(handle, (sent.get(handle) ?? 0) + count);
}

/** @param {any} sink @returns {Sink | undefined} */
const kindOf = (sink) => [file, socket].find((kind) => kind.takes(sink));

module.exports = { kindOf, worksWithFs };
