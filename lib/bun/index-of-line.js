'use strict';

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', () => 'buffer must be an ArrayBuffer or ArrayBufferView');

/**
 * `Bun.indexOfLine`: where the next line feed stands, -1 when there is none.
 *
 * @see https://bun.com/reference/bun/indexOfLine
 * @param {ArrayBuffer | ArrayBufferView} buffer
 * @param {number} [from]
 * @returns {number}
 * @throws ERR_INVALID_ARG_TYPE
 */
function indexOfLine(buffer, from = 0) {
  const bytes = ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer
      ? new Uint8Array(buffer)
      : undefined;
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE();
  return bytes.indexOf(10, from);
}

Object.defineProperty(indexOfLine, 'length', { value: 1 });

module.exports = indexOfLine;
