'use strict';

/**
 * Where the content of a file can go without that anybody sees its pieces: another file, or a socket.
 */

const fs = require('node:fs');
const { Socket } = require('node:net');
const { Writable } = require('node:stream');

const { WriteStream } = fs;

/** Where a stream keeps the functions it works with. @type {symbol | undefined} */
let functions;

/** Whether it works with the functions of `node:fs`, and not a program's own. @param {any} stream */
function worksWithFs(stream) {
  functions ??= Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kFs');
  return functions !== undefined && stream[functions] === fs;
}

/** Whether it writes in no other way than its class. @param {any} sink @param {any} prototype */
function isPlain(sink, prototype) {
  if (sink.destroyed || sink.writableEnded || sink.writableCorked > 0 || sink.write !== Writable.prototype.write)
    return false;
  return ['_write', '_writev', '_final'].every((name) => sink[name] === prototype[name]);
}

/** @param {any} sink */
function isFile(sink) {
  if (!(sink instanceof WriteStream) || typeof (/** @type {any} */ (sink).fd) !== 'number') return false;
  return worksWithFs(sink) && isPlain(sink, WriteStream.prototype);
}

/** TLS and other classes above it write something else. @param {any} sink */
function isSocket(sink) {
  return Object.getPrototypeOf(sink) === Socket.prototype && !sink.connecting && isPlain(sink, Socket.prototype);
}

module.exports = { isFile, isSocket, worksWithFs };
