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

module.exports = { Received, bytesOf, utf8 };
