'use strict';

/**
 * `node:crypto`, with faster hashes, HMACs and random bytes. With FIPS switched on at the start all is Node's own.
 */

const crypto = require('node:crypto');
const { once } = require('../bun/digest');
const { algorithms, fastClass, isPlain, SHORT, State } = require('./fast-digest');
const { overlay } = require('./overlay');
const { MOST, take } = require('./random-pool');

const { createHash: nodesCreateHash, createHmac: nodesCreateHmac, randomBytes: nodesRandomBytes } = crypto;
const nodesHash = /** @type {any} */ (crypto).hash;
/** As fast as OpenSSL at any length; the others of ours only while the call costs more than the work. */
const LEVEL = new Set(['sha1', 'sha224', 'sha256']);

const makeHash = fastClass(crypto.Hash, ({ algorithm }) => nodesCreateHash(algorithm.name));
const makeHmac = fastClass(crypto.Hmac, ({ algorithm, key }) =>
  nodesCreateHmac(algorithm.name, /** @type {Buffer} */ (key)),
);

const replacements = {
  /** @param {string} algorithm @param {any} [options] */
  createHash(algorithm, options) {
    const known = options === undefined ? algorithms.get(algorithm) : undefined;
    return known === undefined ? nodesCreateHash(algorithm, options) : makeHash(new State(known, undefined));
  },

  /** @param {string} hmac @param {any} key @param {any} [options] */
  createHmac(hmac, key, options) {
    const known = options === undefined && (typeof key === 'string' || isPlain(key)) ? algorithms.get(hmac) : undefined;
    // The caller may change the key after this call.
    return known === undefined ? nodesCreateHmac(hmac, key, options) : makeHmac(new State(known, Buffer.from(key)));
  },

  /** @param {string} algorithm @param {any} input @param {any} [options] an encoding */
  hash(algorithm, input, options) {
    const known = algorithms.get(algorithm);
    const simple = options === undefined || options === 'hex' || options === 'base64' || options === 'buffer';
    if (
      known === undefined ||
      !simple ||
      !(typeof input === 'string' || isPlain(input)) ||
      (input.length > SHORT && !LEVEL.has(algorithm))
    )
      return options === undefined ? nodesHash(algorithm, input) : nodesHash(algorithm, input, options);
    return once(known, input, options ?? 'hex');
  },

  /** @param {number} size @param {any} [callback] */
  randomBytes(size, callback) {
    if (callback === undefined && Number.isInteger(size) && size >= 0 && size <= MOST) return take(size);
    return nodesRandomBytes(size, callback);
  },
};
for (const [name, value] of Object.entries(replacements)) {
  const original = /** @type {any} */ (crypto)[name];
  if (original) Object.defineProperty(value, 'length', { value: original.length, configurable: true });
}

module.exports = crypto.getFips() ? overlay(crypto, {}) : overlay(crypto, replacements);
