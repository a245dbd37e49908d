'use strict';

const { types } = require('node:util');
const { codeError } = require('../internal/errors');
const { fileTarget } = require('./file-target');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

const NOTHING = 'Image() expects a path, ArrayBuffer, TypedArray, Blob or data: URL';
const INPUT = 'Image() input must be a path string, data: URL, ArrayBuffer, TypedArray or Blob';
const FIXED = 'Image(): resizable / shared ArrayBuffer is not supported; pass a fixed-length view (e.g. buf.slice())';

/**
 * What an image is made of.
 *
 * @param {any} input
 * @returns {string | Uint8Array | Blob} a path, bytes, or what is to be read
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 */
function sourceOf(input) {
  if (input == null) throw ERR_INVALID_ARG_TYPE(NOTHING);
  if (typeof input === 'string' || types.isStringObject(input)) {
    const text = String(input);
    return text.startsWith('data:') ? dataOf(text) : String(fileTarget(text));
  }
  if (input instanceof Blob) {
    if (!require('./bun-file').sourceOf(input) && input.size === 0) throw ERR_INVALID_ARG_TYPE(INPUT);
    return input;
  }
  const view = ArrayBuffer.isView(input);
  const buffer = view ? input.buffer : input;
  if (buffer instanceof SharedArrayBuffer || (buffer instanceof ArrayBuffer && /** @type {any} */ (buffer).resizable))
    throw ERR_INVALID_ARG_TYPE(FIXED);
  if (!(buffer instanceof ArrayBuffer)) throw ERR_INVALID_ARG_TYPE(INPUT);
  if (buffer.byteLength === 0) return new Uint8Array(); // no view can be made of memory that was taken away
  return view ? new Uint8Array(buffer, input.byteOffset, input.byteLength) : new Uint8Array(buffer);
}

/** @param {string} url @returns {Uint8Array} */
function dataOf(url) {
  const comma = url.indexOf(',');
  if (comma < 0) throw ERR_INVALID_ARG_TYPE('Image(): malformed data: URL (no comma)');
  if (!url.slice(0, comma).endsWith(';base64'))
    throw ERR_INVALID_ARG_TYPE('Image(): only base64 data: URLs are supported');
  const data = url.slice(comma + 1);
  if (!/^[A-Za-z0-9+/=\r\n]*$/.test(data)) throw ERR_INVALID_ARG_TYPE('Image(): invalid base64 in data: URL');
  // Padding and line ends say nothing, wherever they are; Node's decoder would end at a `=`.
  return Buffer.from(data.replaceAll(/[=\r\n]+/g, ''), 'base64');
}

module.exports = { sourceOf };
