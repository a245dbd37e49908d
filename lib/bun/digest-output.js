'use strict';

const { isAnyArrayBuffer } = require('node:util/types');
const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_INVALID_ARG_VALUE = codeError(
  TypeError,
  'ERR_INVALID_ARG_VALUE',
  (encoding) => `Unknown encoding: ${encoding}`,
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
  if (typeof output === 'string') {
    if (output === 'hex' || output === 'base64') return output;
    const name = output.toLowerCase();
    if (name !== 'buffer' && !Buffer.isEncoding(name)) throw ERR_INVALID_ARG_VALUE(output);
    return name;
  }
  /** @type {Uint8Array} */
  let bytes;
  if (ArrayBuffer.isView(output)) bytes = new Uint8Array(output.buffer, output.byteOffset, output.byteLength);
  else if (isAnyArrayBuffer(output)) bytes = new Uint8Array(output);
  else throw ERR_INVALID_ARG_TYPE('output must be of type string or ArrayBuffer or ArrayBufferView');
  if (bytes.length < least) throw ERR_INVALID_ARG_TYPE(`TypedArray must be at least ${least} bytes`);
  return bytes;
}

module.exports = { target };
