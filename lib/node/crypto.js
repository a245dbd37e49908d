'use strict';

/**
 * `node:crypto`, with faster hashes, HMACs, random bytes, and signatures and agreements of some keys. With FIPS switched on at the start all is Node's own.
 */

const crypto = require('node:crypto');
const { once } = require('../bun/digest');
const { diffieHellman } = require('./fast-agreement');
const { generateKeyPairSync } = require('./fast-key-pair');
const { algorithms, fastClass, lengthIn, mostOf, State } = require('./fast-digest');
const rsa = require('./fast-rsa');
const { sign, verify } = require('./fast-sign');
const { createSign, createVerify } = require('./fast-sign-streams');
const { overlay } = require('./overlay');
const { isPlain } = require('./plain-bytes');
const { MOST, take } = require('./random-pool');

const { createHash: nodesCreateHash, createHmac: nodesCreateHmac, randomBytes: nodesRandomBytes } = crypto;
/** Not in early releases of Node 20. @type {any} */
const nodesHash = crypto.hash;

const makeHash = fastClass(crypto.Hash, ({ algorithm }) => nodesCreateHash(algorithm.name));
const makeHmac = fastClass(crypto.Hmac, ({ algorithm, key }) =>
  nodesCreateHmac(algorithm.name, /** @type {Uint8Array} */ (key)),
);

/** @param {string} algorithm @param {any} [options] */
function createHash(algorithm, options) {
  const known = options === undefined ? algorithms.get(algorithm) : undefined;
  return known === undefined ? nodesCreateHash(algorithm, options) : makeHash(new State(known, undefined));
}

/** @param {string} hmac @param {any} key @param {any} [options] */
function createHmac(hmac, key, options) {
  const known = options === undefined && (typeof key === 'string' || isPlain(key)) ? algorithms.get(hmac) : undefined;
  if (known === undefined) return nodesCreateHmac(hmac, key, options);
  // The caller may change the key after this call.
  return makeHmac(new State(known, typeof key === 'string' ? Buffer.from(key) : new Uint8Array(key)));
}

/** @param {string} algorithm @param {any} data @param {any} [options] */
function hash(algorithm, data, options) {
  const known = options === undefined || options === 'hex' ? algorithms.get(algorithm) : undefined;
  const short = known !== undefined && (typeof data === 'string' || isPlain(data)) && lengthIn(data) <= mostOf(known);
  return short ? once(known, data, 'hex') : nodesHash(algorithm, data, options);
}

/** @param {number} size @param {any} [callback] */
function randomBytes(size, callback) {
  if (callback === undefined && Number.isInteger(size) && size >= 0 && size <= MOST) return take(size);
  return nodesRandomBytes(size, callback);
}

const replacements = {
  createHash,
  createHmac,
  createSign,
  createVerify,
  diffieHellman,
  generateKeyPairSync,
  hash,
  randomBytes,
  sign,
  verify,
  ...rsa,
};

module.exports = crypto.getFips() ? overlay(crypto, {}) : overlay(crypto, replacements);
