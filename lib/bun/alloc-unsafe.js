'use strict';

const { codeError } = require('../internal/errors');

const LONGEST = 2 ** 32 - 1;
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (value) =>
  `The "size" argument must be of type number. ${require('../internal/errors').received(value)}`);
const ERR_OUT_OF_RANGE = codeError(RangeError, 'ERR_OUT_OF_RANGE', (value) =>
  `The value of "size" is out of range. It must be >= 0 && <= ${LONGEST}. Received ${value}`);

/**
 * `Bun.allocUnsafe`: a `Uint8Array` whose content is undefined.
 *
 * @see https://bun.com/reference/bun/allocUnsafe
 * @param {number} size
 * @returns {Uint8Array}
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
function allocUnsafe(size) {
  if (typeof size !== 'number') throw ERR_INVALID_ARG_TYPE(size);
  if (!(size >= 0 && size <= LONGEST)) throw ERR_OUT_OF_RANGE(size);
  const { buffer, byteOffset, byteLength } = Buffer.allocUnsafeSlow(Math.trunc(size));
  return new Uint8Array(buffer, byteOffset, byteLength);
}

module.exports = allocUnsafe;
