'use strict';

const { codeError } = require('../internal/errors');
const { textOf } = require('./byte-source');
const { bytesOf } = require('./hash-input');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * What a digest reads.
 *
 * @param {unknown} data
 * @param {BufferEncoding | undefined} encoding of a text
 * @returns {string | Uint8Array}
 * @throws ERR_INVALID_ARG_TYPE
 */
function inputOf(data, encoding) {
  if (data instanceof Uint8Array) return /** @type {Uint8Array} */ (bytesOf(data));
  const text = textOf(data);
  if (text !== undefined) {
    const name = typeof encoding === 'string' ? encoding.toLowerCase() : 'utf8';
    return name === 'utf8' || name === 'utf-8' || !Buffer.isEncoding(name) ? text : Buffer.from(text, name);
  }
  const bytes = data === null || typeof data !== 'object' ? undefined : bytesOf(data);
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE('input must be a string, ArrayBuffer, ArrayBufferView or Blob');
  return bytes;
}

module.exports = { inputOf };
