'use strict';

const { randomBytes, timingSafeEqual } = require('node:crypto');
const { codeError, received } = require('../internal/errors');
const CryptoHasher = require('./crypto-hasher');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_OUT_OF_RANGE = codeError(
  RangeError,
  'ERR_OUT_OF_RANGE',
  (name, value) =>
    `The value of "${name}" is out of range. It must be >= 0 && <= ${Number.MAX_SAFE_INTEGER}. Received ${value}`,
);

const ALGORITHMS = new Set(['blake2b256', 'blake2b512', 'sha256', 'sha384', 'sha512', 'sha512-256']);
const ENCODINGS = new Set(['base64', 'base64url', 'hex']);
const DAY = 86_400_000;
/** When it was made, 16 random bytes, how long it holds: what the HMAC is over. */
const PAYLOAD = 32;

/** @type {string | undefined} of this process, for callers without one */
let ownSecret;

/**
 * `Bun.CSRF`: tokens against cross-site request forgery, in Bun's format.
 * @see https://bun.com/reference/bun/CSRF
 */
const CSRF = {
  /**
   * @param {string} [secret]
   * @param {{ expiresIn?: number, encoding?: string, algorithm?: string, sessionId?: string }} [options]
   * @returns {string}
   * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
   */
  generate(secret = undefined, options = undefined) {
    if (secret !== undefined && typeof secret !== 'string') throw ERR_INVALID_ARG_TYPE('secret must be a string');
    if (secret === '') throw ERR_INVALID_ARG_TYPE('Secret must be a non-empty string');
    const { expiresIn = DAY, ...more } = objectOf(options);
    const { encoding, algorithm, sessionId } = common(more, 'CSRFGenerateOptions');
    checkDuration(expiresIn, 'CSRFGenerateOptions.expiresIn');
    const payload = Buffer.alloc(PAYLOAD);
    payload.writeBigUInt64BE(BigInt(Date.now()), 0);
    randomBytes(16).copy(payload, 8);
    payload.writeBigUInt64BE(BigInt(Math.trunc(expiresIn)), 24);
    return Buffer.concat([payload, code(payload, secret ?? processSecret(), algorithm, sessionId)]).toString(encoding);
  },

  /**
   * @param {string} token
   * @param {{ secret?: string, maxAge?: number, encoding?: string, algorithm?: string, sessionId?: string }} [options]
   * @returns {boolean}
   * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
   */
  verify(token, options = undefined) {
    if (typeof token !== 'string') throw ERR_INVALID_ARG_TYPE('token must be a string');
    if (token === '') throw ERR_INVALID_ARG_TYPE('Token must be a non-empty string');
    const { secret, maxAge = DAY, ...more } = objectOf(options);
    if (secret !== undefined && typeof secret !== 'string')
      throw ERR_INVALID_ARG_TYPE('CSRFVerifyOptions.secret must be a string');
    if (secret === '') throw ERR_INVALID_ARG_TYPE('Secret must be a non-empty string');
    const { encoding, algorithm, sessionId } = common(more, 'CSRFVerifyOptions');
    checkDuration(maxAge, 'CSRFVerifyOptions.maxAge');
    const bytes = Buffer.from(token, encoding);
    if (bytes.length <= PAYLOAD) return false;
    const payload = bytes.subarray(0, PAYLOAD);
    const expected = code(payload, secret ?? processSecret(), algorithm, sessionId);
    const given = bytes.subarray(PAYLOAD);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    const age = Date.now() - Number(payload.readBigUInt64BE(0));
    const expiresIn = Number(payload.readBigUInt64BE(24));
    return age >= 0 && (expiresIn === 0 || age <= expiresIn) && (maxAge === 0 || age <= maxAge);
  },
};

/** @param {Buffer} payload @param {string} secret @param {string} algorithm @param {string} sessionId @returns {Buffer} */
function code(payload, secret, algorithm, sessionId) {
  return new /** @type {any} */ (CryptoHasher)(algorithm, secret).update(payload).update(sessionId).digest();
}

function processSecret() {
  ownSecret ??= randomBytes(32).toString('hex');
  return ownSecret;
}

/** @param {unknown} options @returns {Record<string, any>} */
function objectOf(options) {
  return options !== null && typeof options === 'object' ? options : {};
}

/** @param {Record<string, any>} options @param {string} type @returns {{ encoding: BufferEncoding, algorithm: string, sessionId: string }} */
function common({ encoding = 'base64url', algorithm = 'sha256', sessionId }, type) {
  if (!ENCODINGS.has(encoding)) throw ERR_INVALID_ARG_TYPE("Invalid format: must be 'base64', 'base64url', or 'hex'");
  if (!ALGORITHMS.has(algorithm)) throw ERR_INVALID_ARG_TYPE('Algorithm not supported');
  if (sessionId !== undefined && typeof sessionId !== 'string')
    throw ERR_INVALID_ARG_TYPE(`${type}.sessionId must be a string`);
  if (sessionId === '') throw ERR_INVALID_ARG_TYPE('sessionId must be a non-empty string');
  return { encoding, algorithm, sessionId: sessionId ?? '' };
}

/** @param {unknown} value @param {string} name */
function checkDuration(value, name) {
  if (typeof value !== 'number')
    throw ERR_INVALID_ARG_TYPE(`The "${name}" property must be of type number. ${received(value)}`);
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw ERR_OUT_OF_RANGE(name, value);
}

module.exports = CSRF;
