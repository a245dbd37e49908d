'use strict';

const url = require('node:url');
const { codeError, received } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  (value) => `The "url" argument must be of type string. ${received(value)}`,
);
const ERR_INVALID_URL_SCHEME = codeError(TypeError, 'ERR_INVALID_URL_SCHEME', () => 'The URL must be of scheme file');

/**
 * `Bun.fileURLToPath`: the path that a `file:` URL names.
 *
 * @see https://bun.com/docs/runtime/utils#bun-fileurltopath
 * @param {string | URL} value
 * @returns {string}
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_URL_SCHEME, ERR_INVALID_FILE_URL_HOST, ERR_INVALID_FILE_URL_PATH
 */
function fileURLToPath(value) {
  if (typeof value !== 'string' && !(value instanceof URL)) throw ERR_INVALID_ARG_TYPE(value);
  const parsed = typeof value === 'string' ? parse(value) : value;
  if (parsed?.protocol !== 'file:') throw ERR_INVALID_URL_SCHEME();
  return url.fileURLToPath(parsed);
}

/** @param {string} text @returns {URL | undefined} */
function parse(text) {
  try {
    return new URL(text);
  } catch {
    return undefined; // Bun does not tell a text that is no URL from one of another scheme
  }
}

module.exports = fileURLToPath;
