'use strict';

/**
 * What a file API takes for a file: a path, a `file:` URL, the bytes of a path, a descriptor.
 */

const { codeError, ERR_OUT_OF_RANGE } = require('../internal/errors');

const ERR_INVALID_URL_SCHEME = codeError(TypeError, 'ERR_INVALID_URL_SCHEME', (message) => message);
const ERR_INVALID_PATH = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);

/**
 * @param {unknown} value
 * @returns {string | number | undefined} undefined when the value names no file
 * @throws ERR_OUT_OF_RANGE, ERR_INVALID_ARG_VALUE (NUL in a path), ERR_INVALID_URL_SCHEME
 */
function fileTarget(value) {
  if (typeof value === 'string') return checkPath(value);
  if (typeof value === 'number') return checkDescriptor(value);
  if (value === null || typeof value !== 'object') return undefined;
  if (value instanceof URL) return checkPath(pathOfUrl(value));
  if (ArrayBuffer.isView(value)) {
    return checkPath(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return checkPath(Buffer.from(value).toString());
  if (value instanceof String) return checkPath(value.toString());
  return undefined;
}

/** @param {string} path */
function checkPath(path) {
  if (path.includes('\0')) {
    throw ERR_INVALID_PATH(
      `The argument 'path' must be a string, Uint8Array, or URL without null bytes. Received ${JSON.stringify(path)}`,
    );
  }
  return path;
}

/** @param {number} descriptor */
function checkDescriptor(descriptor) {
  if (!Number.isInteger(descriptor)) throw ERR_OUT_OF_RANGE('fd', 'an integer', descriptor);
  if (descriptor < 0 || descriptor > 2147483647) throw ERR_OUT_OF_RANGE('fd', '>= 0 && <= 2147483647', descriptor);
  return descriptor;
}

/** @param {URL} url */
function pathOfUrl(url) {
  if (url.protocol !== 'file:' || url.pathname === '') {
    throw ERR_INVALID_URL_SCHEME('URL must be a non-empty "file:" path');
  }
  return require('node:url').fileURLToPath(url);
}

module.exports = { fileTarget };
