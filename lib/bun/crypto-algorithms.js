'use strict';

/** The digests, in the order of `Algorithm` in crates/bun/src/digests.rs, with their lengths in bytes. */
const algorithms = [
  ['blake2b256', 32],
  ['blake2b512', 64],
  ['blake2s256', 32],
  ['md4', 16],
  ['md5', 16],
  ['ripemd160', 20],
  ['sha1', 20],
  ['sha224', 28],
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
  ['sha512-224', 28],
  ['sha512-256', 32],
  ['sha3-224', 28],
  ['sha3-256', 32],
  ['sha3-384', 48],
  ['sha3-512', 64],
  ['shake128', 16],
  ['shake256', 32],
].map(([name, byteLength], number) => ({
  name: /** @type {string} */ (name),
  byteLength: /** @type {number} */ (byteLength),
  number,
  /** What Bun makes an HMAC with. */
  keyed: !['blake2s256', 'shake128', 'shake256'].includes(/** @type {string} */ (name)),
}));

/** @typedef {typeof algorithms[number]} Algorithm */

/** @type {Map<string, Algorithm>} */
const byName = new Map(algorithms.map((algorithm) => [algorithm.name, algorithm]));
for (const [alias, name] of [
  ['sha-1', 'sha1'],
  ['sha128', 'sha1'],
  ['sha-224', 'sha224'],
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
  ['sha-512/224', 'sha512-224'],
  ['sha-512/256', 'sha512-256'],
  ['sha-512-224', 'sha512-224'],
  ['sha-512-256', 'sha512-256'],
  ['sha-512224', 'sha512-224'],
  ['sha-512256', 'sha512-256'],
  ['sha-512_224', 'sha512-224'],
  ['sha-512_256', 'sha512-256'],
  ['rmd160', 'ripemd160'],
]) {
  byName.set(alias, /** @type {Algorithm} */ (byName.get(name)));
}

/** @param {string} name @returns {Algorithm | undefined} */
function find(name) {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

module.exports = { find, names: algorithms.map(({ name }) => name) };
