'use strict';

const { codeError } = require('../internal/errors');
const { textOf, windowOf } = require('./byte-source');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_INVALID_OUTPUT = () =>
  ERR_INVALID_ARG_TYPE('output must be of type string or ArrayBuffer or ArrayBufferView');
const ERR_INVALID_ARG_VALUE = codeError(
  TypeError,
  'ERR_INVALID_ARG_VALUE',
  (encoding) => `Unknown encoding: ${encoding.toWellFormed()}`,
);

/**
 * Checks where a digest is to go.
 *
 * @param {unknown} output an encoding, a buffer to write to, or nothing for a new buffer
 * @param {number} least the bytes that a buffer must have
 * @returns {Uint8Array | string} the bytes to write to, an encoding, or '' for a new buffer
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 */
function target(output, least) {
  if (output === undefined || output === null) return '';
  if (output === 'hex' || output === 'base64') return output;
  const text = textOf(output);
  if (text !== undefined) {
    const name = text.toLowerCase();
    if (name !== 'buffer' && !Buffer.isEncoding(name)) throw ERR_INVALID_ARG_VALUE(text);
    return name;
  }
  const bytes = windowOf(output);
  if (bytes === undefined) throw ERR_INVALID_OUTPUT();
  if (bytes.length < least) throw ERR_INVALID_ARG_TYPE(`TypedArray must be at least ${least} bytes`);
  return bytes;
}

/**
 * As `target`, for the static functions, which refuse `null`.
 *
 * @param {unknown} output
 * @param {number} least
 * @returns {Uint8Array | string}
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 */
function staticTarget(output, least) {
  if (output === null) throw ERR_INVALID_OUTPUT();
  return target(output, least);
}

module.exports = { target, staticTarget };
