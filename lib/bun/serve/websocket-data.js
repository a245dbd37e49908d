'use strict';

/** What WebSockets send and receive, as bytes and as text. */

/** What happens to a socket; `event` in crates/web/src/server/inbound.rs. */
const Received = Object.freeze({ TEXT: 70, BINARY: 71, PING: 72, PONG: 73, CLOSE: 74, DRAIN: 75 });

const nonAscii = /[\x80-\xff]/;

/** @param {any} data @returns {Uint8Array | null} null for what is not binary */
function bytesOf(data) {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  return null;
}

/** The text of a payload that crossed as latin1. @param {string} payload */
function utf8(payload) {
  return nonAscii.test(payload) ? Buffer.from(payload, 'latin1').toString('utf8') : payload;
}

const DEFAULT_TYPE = 'nodebuffer';
const BINARY_TYPES = ['nodebuffer', 'arraybuffer', 'uint8array', 'blob'];

/** What few sockets have. */
class Rare {
  binaryType = DEFAULT_TYPE;
  paused = false;
  /** @type {Set<string> | null} */
  topics = null;
  /** What waits for a blob to be read. @type {import('./websocket-blobs').BlobQueue | null} */
  blobs = null;
}

/** @param {any} value @returns {string} */
function binaryTypeOf(value) {
  if (BINARY_TYPES.includes(value)) return value;
  throw new Error('binaryType must be either "uint8array", "arraybuffer", "nodebuffer" or "blob"');
}

/** The bytes of a payload that crossed as latin1, in the form of `binaryType`. @param {string} payload @param {string} type */
function binaryOf(payload, type) {
  const bytes = Buffer.from(payload, 'latin1');
  if (type === 'nodebuffer') return bytes;
  if (type === 'blob') return new Blob([bytes]);
  const own = new Uint8Array(bytes);
  return type === 'uint8array' ? own : own.buffer;
}

module.exports = { DEFAULT_TYPE, Rare, Received, binaryOf, binaryTypeOf, bytesOf, utf8 };
