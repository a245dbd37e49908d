'use strict';

/**
 * Ed25519 for `crypto.sign` and `crypto.verify` of `node:crypto`, with keys that are `KeyObject`s: a key is taken over once
 * and then is a function. Every other call is Node's.
 */

const crypto = require('node:crypto');
const { native } = require('../internal/native');
const { isPlain } = require('./plain-bytes');

const { KeyObject, sign: nodesSign, verify: nodesVerify } = crypto;
const SIGNATURE = 64;
/** What stands before the 32 bytes of a key, which DER always writes the same way (RFC 8410). */
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');

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

/** @type {WeakMap<object, ((data: Uint8Array) => Buffer) | null>} */
const signers = new WeakMap();
/** @type {WeakMap<object, ((data: Uint8Array, signature: Uint8Array) => boolean) | null>} */
const verifiers = new WeakMap();
/** @type {any} */
let engine;

/**
 * @template {Function} T
 * @param {WeakMap<object, T | null>} known
 * @param {any} key
 * @param {(key: any) => T | null} make
 * @returns {T | null}
 */
function functionOf(known, key, make) {
  if (!(key instanceof KeyObject)) return null;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = make(key)));
  return found;
}

/** @param {any} key @param {'private' | 'public'} kind @param {'pkcs8' | 'spki'} type @param {Buffer} head @param {string} name */
function taken(key, kind, type, head, name) {
  if (key.type !== kind || key.asymmetricKeyType !== 'ed25519') return null;
  /** @type {Buffer} */
  const der = key.export({ type, format: 'der' });
  const bytes = der.subarray(head.length);
  engine ??= native('node-core', 'ed25519');
  try {
    return (der.subarray(0, head.length).equals(head) && engine[name](bytes)) || null;
  } finally {
    der.fill(0);
  }
}

/** @param {any} key */
const signer = (key) => taken(key, 'private', 'pkcs8', PRIVATE, 'ed25519Signer');
/** @param {any} key */
const verifier = (key) => (isOdd(key) ? null : taken(key, 'public', 'spki', PUBLIC, 'ed25519Verifier'));

/** @param {any} key */
function isOdd(key) {
  if (key.type !== 'public' || key.asymmetricKeyType !== 'ed25519') return true;
  const point = Buffer.from(key.export({ type: 'spki', format: 'der' }).subarray(PUBLIC.length));
  point[point.length - 1] &= 0x7f;
  const digits = point.toString('hex');
  return SMALL.includes(digits) || OVER.test(digits);
}

/** @param {Uint8Array} signature */
const start = (signature) => (signature[0] | (signature[1] << 8) | (signature[2] << 16) | (signature[3] << 24)) >>> 0;

/** @param {any} algorithm @param {any} data @param {any} key @param {any} [callback] */
function signOneShot(algorithm, data, key, callback) {
  const quick = algorithm == null && callback === undefined && isPlain(data) ? functionOf(signers, key, signer) : null;
  return quick ? quick(data) : nodesSign(algorithm, data, key, callback);
}

/** @param {any} algorithm @param {any} data @param {any} key @param {any} signature @param {any} [callback] */
function verifyOneShot(algorithm, data, key, signature, callback) {
  const plain = algorithm == null && callback === undefined && isPlain(data) && isPlain(signature);
  const usual = plain && signature.length === SIGNATURE && !STARTS.has(start(signature));
  const quick = usual ? functionOf(verifiers, key, verifier) : null;
  return quick ? quick(data, signature) : nodesVerify(algorithm, data, key, signature, callback);
}

module.exports = { sign: signOneShot, verify: verifyOneShot };
