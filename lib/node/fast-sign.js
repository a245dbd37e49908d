'use strict';

/**
 * Ed25519 and ECDSA on P-256 with SHA-256 for `crypto.sign` and `crypto.verify` of `node:crypto`, with keys that are
 * `KeyObject`s or PEM, alone or with the form of the signature. Every other call is Node's.
 */

const crypto = require('node:crypto');
const { lengthOf } = require('../internal/real-length');
const { functionOf, takenOver } = require('./native-keys');
const { privateKeyOf, publicKeyOf } = require('./parsed-keys');
const { isPlain } = require('./plain-bytes');

const { KeyObject, sign: nodesSign, verify: nodesVerify } = crypto;
const SIGNATURE = 64;

/**
 * The points of small order, without the bit of the sign. Whether a signature with one is taken differs between releases
 * of Node (since 24 it is not), so those are Node's to judge, and so are encodings that are not the shortest.
 */
const SMALL = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
];
const OVER = /^e[d-f](ff){30}7f$|^f[0-9a-f](ff){30}7f$/;
/** How these begin, by which a signature is told in time. */
const STARTS = new Set(SMALL.map((point) => Buffer.from(point, 'hex').readUInt32LE()));

/** SHA-256, as programs call it. */
const DIGESTS = new Set(['sha256', 'SHA256', 'RSA-SHA256']);
const NUMBERS = 'ieee-p1363';

const signers = takenOver('private', (kind, bytes) => functionOf(kind, 'Signer', bytes));
const verifiers = takenOver('public', (kind, bytes) =>
  kind === 'ed25519' && isOdd(bytes) ? null : functionOf(kind, 'Verifier', bytes),
);

/** @param {Buffer} bytes of a public key */
function isOdd(bytes) {
  const point = Buffer.from(bytes);
  point[point.length - 1] &= 0x7f;
  const digits = point.toString('hex');
  return SMALL.includes(digits) || OVER.test(digits);
}

/** @param {Uint8Array} signature */
const start = (signature) => (signature[0] | (signature[1] << 8) | (signature[2] << 16) | (signature[3] << 24)) >>> 0;

/**
 * The key of an object that says no more than its form of signatures.
 *
 * @param {any} options
 * @returns {unknown}
 */
function keyIn(options) {
  if (typeof options !== 'object' || options === null || Object.getPrototypeOf(options) !== Object.prototype)
    return undefined;
  for (const name of Object.keys(options)) {
    if (name === 'dsaEncoding' ? !isForm(options.dsaEncoding) : name !== 'key') return undefined;
  }
  return options.key;
}

/** @param {unknown} form */
const isForm = (form) => form === undefined || form === 'der' || form === NUMBERS;

/** @param {string} kind of a key @param {unknown} algorithm */
const fits = (kind, algorithm) =>
  kind === 'ed25519' ? algorithm == null : DIGESTS.has(/** @type {any} */ (algorithm));

/** @param {any} algorithm @param {any} data @param {any} given @param {any} [callback] */
function signOneShot(algorithm, data, given, callback) {
  const key = privateKeyOf(given);
  if (callback === undefined && isPlain(data)) {
    const isAlone = key instanceof KeyObject;
    const signer = signers(isAlone ? key : keyIn(key));
    const quick = signer !== null && fits(signer.kind, algorithm);
    const signature = quick ? signer.run(data, !isAlone && key.dsaEncoding === NUMBERS) : undefined;
    if (signature !== undefined) return signature;
  }
  return nodesSign(algorithm, data, key, callback);
}

/** @param {any} algorithm @param {any} data @param {any} given @param {any} signature @param {any} [callback] */
function verifyOneShot(algorithm, data, given, signature, callback) {
  const key = publicKeyOf(given);
  if (callback === undefined && isPlain(data) && isPlain(signature)) {
    const isAlone = key instanceof KeyObject;
    const verifier = verifiers(isAlone ? key : keyIn(key));
    const quick =
      verifier !== null &&
      fits(verifier.kind, algorithm) &&
      (verifier.kind !== 'ed25519' || (lengthOf(signature) === SIGNATURE && !STARTS.has(start(signature))));
    const isValid = quick ? verifier.run(data, signature, !isAlone && key.dsaEncoding === NUMBERS) : undefined;
    if (isValid !== undefined) return isValid;
  }
  return nodesVerify(algorithm, data, key, signature, callback);
}

module.exports = { sign: signOneShot, verify: verifyOneShot };
