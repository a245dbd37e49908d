'use strict';

const { codeError } = require('../internal/errors');

const ERR_UNKNOWN_ENCODING = codeError(
  TypeError,
  'ERR_UNKNOWN_ENCODING',
  () => 'Encoding must be one of base64, base64url, hex, or buffer',
);

/**
 * How the UUID functions give their 16 bytes.
 *
 * @param {unknown} encoding
 * @returns {(bytes: Buffer) => string | Buffer}
 * @throws ERR_UNKNOWN_ENCODING
 */
function format(encoding) {
  if (encoding === undefined || encoding === 'hex') return dashed;
  if (typeof encoding !== 'string') throw ERR_UNKNOWN_ENCODING();
  const name = encoding.toLowerCase();
  if (name === 'hex') return dashed;
  if (name === 'buffer') return (bytes) => bytes;
  if (!Buffer.isEncoding(name)) throw ERR_UNKNOWN_ENCODING();
  return (bytes) => bytes.toString(/** @type {BufferEncoding} */ (name));
}

/** @param {Buffer} bytes */
function dashed(bytes) {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

module.exports = { dashed, format };
