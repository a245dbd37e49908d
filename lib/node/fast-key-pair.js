'use strict';

/**
 * `crypto.generateKeyPairSync` of `node:crypto` for Ed25519, X25519 and P-256 whose keys are to be DER or PEM. `KeyObject`s,
 * which have to be Node's own, and every other call are Node's.
 */

const crypto = require('node:crypto');
const { native } = require('../internal/native');
const { FORMS } = require('./native-keys');
const { take } = require('./random-pool');

const { generateKeyPairSync: nodesGenerateKeyPairSync } = crypto;
/** Bytes of a private key. */
const PRIVATE = 32;
const CURVES = new Set(['P-256', 'prime256v1']);
/** What stands between both halves of a key in a private one. */
const BETWEEN = { ed25519: null, x25519: null, p256: Buffer.from('a144034200', 'hex') };
const COLUMNS = /.{1,64}/g;

/** @typedef {import('./native-keys').Kind} Kind */

/** @param {any} type @param {any} [options] */
function generateKeyPairSync(type, options) {
  const kind = typeof options === 'object' && options !== null ? kindOf(type, options) : undefined;
  const pair = kind === undefined ? undefined : made(kind);
  if (pair === undefined) return nodesGenerateKeyPairSync(type, options);
  const { publicKey, privateKey } = pair;
  const isText = options.privateKeyEncoding.format === 'pem';
  const result = {
    publicKey: options.publicKeyEncoding.format === 'pem' ? pem('PUBLIC', publicKey) : publicKey,
    privateKey: isText ? pem('PRIVATE', privateKey) : privateKey,
  };
  if (isText) privateKey.fill(0);
  return result;
}

/** The kind of pair, if nothing but the usual is asked for. @param {any} type @param {any} options @returns {Kind | undefined} */
function kindOf(type, options) {
  const { publicKeyEncoding, privateKeyEncoding, namedCurve, ...others } = options;
  if (!isForm(publicKeyEncoding, 'spki') || !isForm(privateKeyEncoding, 'pkcs8')) return undefined;
  if (Object.getPrototypeOf(options) !== Object.prototype || Object.keys(others).length > 0) return undefined;
  if (type === 'ec') return CURVES.has(namedCurve) ? 'p256' : undefined;
  return (type === 'ed25519' || type === 'x25519') && namedCurve === undefined ? type : undefined;
}

/** @param {any} encoding @param {string} type */
function isForm(encoding, type) {
  if (typeof encoding !== 'object' || encoding === null || Object.getPrototypeOf(encoding) !== Object.prototype)
    return false;
  const { type: given, format, ...others } = encoding;
  return given === type && (format === 'pem' || format === 'der') && Object.keys(others).length === 0;
}

/**
 * A pair in DER. Undefined where the engine does not run, and for one number of 4,294,967,296, which is none of the curve's.
 *
 * @param {Kind} kind
 */
function made(kind) {
  const secret = take(PRIVATE);
  if (kind === 'x25519') clamp(secret);
  /** @type {Buffer | null} */
  const point = native('node-core', kind)[`${kind}Public`](secret);
  if (point === null) return undefined;
  const { private: privateForm, public: publicForm } = FORMS[kind];
  const between = BETWEEN[kind];
  const privateKey = joined(between ? [privateForm.head, secret, between, point] : [privateForm.head, secret]);
  secret.fill(0);
  return { publicKey: joined([publicForm.head, point]), privateKey };
}

/** As RFC 7748, section 5, decodes it, and as OpenSSL writes it. @param {Buffer} secret of X25519 */
function clamp(secret) {
  secret[0] &= 248;
  secret[31] = (secret[31] & 127) | 64;
}

/** As `Buffer.concat`, with memory of its own. @param {Buffer[]} parts */
function joined(parts) {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {string} name @param {Buffer} der */
function pem(name, der) {
  const lines = /** @type {string[]} */ (der.toString('base64').match(COLUMNS));
  return `-----BEGIN ${name} KEY-----\n${lines.join('\n')}\n-----END ${name} KEY-----\n`;
}

module.exports = { generateKeyPairSync };
