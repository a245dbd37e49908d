'use strict';

const { codeError } = require('../internal/errors');
const { bytesOf: bytesOfBuffer } = require('./byte-source');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * The bytes of an ArrayBuffer, a view or a Blob in memory, without a copy where they cannot change
 * under the engine's hands.
 *
 * @param {unknown} data
 * @returns {Uint8Array | undefined} undefined for anything else
 */
function bytesOf(data) {
  const bytes = bytesOfBuffer(data);
  if (bytes !== undefined) return bytes;
  if (typeof Blob === 'function' && data instanceof Blob) {
    if (require('./bun-file').sourceOf(data)) throw ERR_INVALID_ARG_TYPE('File blob cannot be used here');
    return require('./blob-bytes').bytesNow(data);
  }
  return undefined;
}

module.exports = { bytesOf };
