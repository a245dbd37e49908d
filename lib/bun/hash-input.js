'use strict';

const { isAnyArrayBuffer, isSharedArrayBuffer } = require('node:util/types');
const { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } = require('../internal/errors');

/**
 * The bytes of an ArrayBuffer, a view or a Blob in memory, without a copy where they cannot change
 * under the engine's hands.
 *
 * @param {unknown} data
 * @returns {Uint8Array | undefined} undefined for anything else
 * @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM for a Blob of Node, whose bytes only promises give
 */
function bytesOf(data) {
  if (data instanceof Uint8Array) return isSharedArrayBuffer(data.buffer) ? Uint8Array.from(data) : data;
  if (ArrayBuffer.isView(data)) return bytesOf(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (isAnyArrayBuffer(data)) return bytesOf(new Uint8Array(data));
  if (typeof Blob === 'function' && data instanceof Blob) {
    throw ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(
      'a Blob here',
      'Node gives its bytes asynchronously only; pass await blob.bytes()',
    );
  }
  return undefined;
}

module.exports = { bytesOf };
