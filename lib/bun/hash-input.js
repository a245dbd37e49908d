'use strict';

const { isAnyArrayBuffer, isSharedArrayBuffer } = require('node:util/types');
const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * The bytes of an ArrayBuffer, a view or a Blob in memory, without a copy where they cannot change
 * under the engine's hands.
 *
 * @param {unknown} data
 * @returns {Uint8Array | undefined} undefined for anything else
 */
function bytesOf(data) {
  if (data instanceof Uint8Array) return isSharedArrayBuffer(data.buffer) ? Uint8Array.from(data) : data;
  if (ArrayBuffer.isView(data)) return bytesOf(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (isAnyArrayBuffer(data)) return bytesOf(new Uint8Array(data));
  if (typeof Blob === 'function' && data instanceof Blob) {
    if (require('./bun-file').sourceOf(data)) throw ERR_INVALID_ARG_TYPE('File blob cannot be used here');
    return require('./blob-bytes').bytesNow(data);
  }
  return undefined;
}

module.exports = { bytesOf };
