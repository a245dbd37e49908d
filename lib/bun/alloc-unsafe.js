'use strict';

const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = require('../internal/errors');

const LARGEST = 4294967295;

/**
 * `Bun.allocUnsafe`: a `Uint8Array` whose bytes are whatever was there.
 *
 * @param {number} size
 * @returns {Uint8Array}
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
function allocUnsafe(size) {
  if (typeof size !== 'number') throw ERR_INVALID_ARG_TYPE('size', 'of type number', size);
  if (!Number.isInteger(size)) throw ERR_OUT_OF_RANGE('size', 'an integer', size);
  if (size < 0 || size > LARGEST) throw ERR_OUT_OF_RANGE('size', `>= 0 && <= ${LARGEST}`, size);
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer, byteOffset, size);
}

module.exports = allocUnsafe;
