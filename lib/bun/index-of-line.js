'use strict';

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const LINE_FEED = 10;

/**
 * `Bun.indexOfLine`: where the next line feed is.
 *
 * @param {ArrayBufferView | ArrayBufferLike} buffer
 * @param {number} [offset] where to start, in bytes
 * @returns {number} -1 when there is none
 * @throws ERR_INVALID_ARG_TYPE
 */
function indexOfLine(buffer, offset = 0) {
  const bytes = bytesOf(buffer);
  return bytes.indexOf(LINE_FEED, Math.max(0, Math.trunc(Number(offset)) || 0));
}

/** @param {any} buffer @returns {Uint8Array} */
function bytesOf(buffer) {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer) return new Uint8Array(buffer);
  throw ERR_INVALID_ARG_TYPE('buffer must be an ArrayBuffer or ArrayBufferView');
}

module.exports = indexOfLine;
