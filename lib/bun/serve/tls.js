'use strict';

/**
 * The `tls` option of `Bun.serve`: checked with Bun's messages, files read, keys opened by Node's OpenSSL
 * (which knows every format and passphrase), all of it packed for the engine.
 *
 * @see node_modules/bun-types/docs/runtime/http/tls.mdx
 */

const { codeError } = require('../../internal/errors');
const { suitesOf, secureFlags } = require('./tls-suites');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_OUT_OF_RANGE = codeError(RangeError, 'ERR_OUT_OF_RANGE', (message) => message);
const opensslError = (/** @type {string} */ code, /** @type {string} */ message) =>
  codeError(Error, code, () => `error:${message}`)();

/** Flags of the engine's `listen`. */
const REQUEST_CERTIFICATE = 32;
const REJECT_UNAUTHORIZED = 64;
const WITHOUT_TLS12 = 256;

const TYPES = 'string, ArrayBuffer, or Blob';
const BEGIN = '-----BEGIN ';

/** The names of options that stand for a file's path. */
const FILES = { key: 'keyFile', cert: 'certFile', ca: 'caFile' };
const BOOLEANS = ['requestCert', 'rejectUnauthorized', 'lowMemoryMode'];
const STRINGS = ['passphrase', 'serverName', 'servername', 'ciphers'];

/** @param {any} value @returns {string | null} null for what is none of the types */
function textOf(value) {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString();
  if (value instanceof Blob && typeof (/** @type {any} */ (value).name) === 'string')
    return require('node:fs').readFileSync(/** @type {any} */ (value).name, 'utf8');
  return null;
}

/**
 * The texts of an option that takes one or several.
 *
 * @param {any} options
 * @param {'key' | 'cert' | 'ca' | 'crl'} name
 * @returns {string[]}
 */
function textsOf(options, name) {
  const given = options[name];
  if (given == null) return name === 'crl' ? [] : fileOf(options, FILES[name]);
  if (Array.isArray(given)) {
    return given.map((each) => {
      const text = textOf(each);
      if (text === null) throw ERR_INVALID_ARG_TYPE(`element of TLSOptions.${name} must be of type ${TYPES}`);
      return text;
    });
  }
  const text = textOf(given);
  if (text === null) {
    const types = 'string, ArrayBuffer, Blob, array of <string, ArrayBuffer, or Blob>, or null';
    throw ERR_INVALID_ARG_TYPE(`TLSOptions.${name} must be of type ${types}`);
  }
  return [text];
}

/** @param {any} options @param {string} name @returns {string[]} */
function fileOf(options, name) {
  const path = options[name];
  if (path == null) return [];
  if (typeof path !== 'string') throw ERR_INVALID_ARG_TYPE(`TLSOptions.${name} must be a string`);
  try {
    return [require('node:fs').readFileSync(path, 'utf8')];
  } catch {
    throw ERR_INVALID_ARG_TYPE(`Unable to access ${name} path`);
  }
}

/** @param {any} options */
function check(options) {
  for (const name of BOOLEANS) {
    if (options[name] != null && typeof options[name] !== 'boolean')
      throw ERR_INVALID_ARG_TYPE(`TLSOptions.${name} must be a boolean`);
  }
  for (const name of STRINGS) {
    if (options[name] != null && typeof options[name] !== 'string')
      throw ERR_INVALID_ARG_TYPE(`TLSOptions.${name} must be a string`);
  }
  const { secureOptions, ALPNProtocols, dhParamsFile } = options;
  if (secureOptions !== undefined) checkSecureOptions(secureOptions);
  if (ALPNProtocols != null && textOf(ALPNProtocols) === null)
    throw ERR_INVALID_ARG_TYPE('TLSOptions.ALPNProtocols must be of type string, ArrayBuffer, or null');
  // There is no finite-field exchange here that the parameters would be for.
  if (dhParamsFile != null && !require('node:fs').existsSync(dhParamsFile))
    throw ERR_INVALID_ARG_TYPE('Unable to access dhParamsFile path');
}

/** @param {any} value */
function checkSecureOptions(value) {
  if (typeof value !== 'number') throw ERR_INVALID_ARG_TYPE('TLSOptions.secureOptions must be a number');
  const wrong = (/** @type {string} */ must) =>
    ERR_OUT_OF_RANGE(`TLSOptions.secureOptions must be ${must} (received ${value})`);
  if (!Number.isInteger(value)) throw wrong('an integer');
  if (value < 0 || value > 0xffffffff) throw wrong('in the range [0, 4294967295]');
}

/** @param {string} text @param {string | undefined} passphrase @returns {import('node:crypto').KeyObject} */
function privateKey(text, passphrase) {
  if (!text.includes(BEGIN)) throw noStartLine();
  const { createPrivateKey } = require('node:crypto');
  try {
    return createPrivateKey({ key: text, format: 'pem', passphrase: passphrase ?? '' });
  } catch (error) {
    if (!text.includes('ENCRYPTED')) throw error;
    throw opensslError('ERR_OSSL_BAD_DECRYPT', '1e000065:Cipher functions:OPENSSL_internal:BAD_DECRYPT');
  }
}

function noStartLine() {
  return opensslError('ERR_OSSL_PEM_NO_START_LINE', '0900006e:PEM routines:OPENSSL_internal:NO_START_LINE');
}

/** @param {string} text @returns {import('node:crypto').X509Certificate} */
function certificate(text) {
  if (!text.includes(BEGIN)) throw noStartLine();
  const { X509Certificate } = require('node:crypto');
  return new X509Certificate(text);
}

/**
 * Brings keys and certificates together, whatever their order.
 *
 * @param {any} options
 * @returns {{ cert: string, key: Buffer }[]} nothing without a key and a certificate: every handshake fails then
 */
function identitiesOf(options) {
  const keys = textsOf(options, 'key').map((text) => privateKey(text, options.passphrase));
  const certs = textsOf(options, 'cert').map((text) => ({ text, parsed: certificate(text) }));
  if (keys.length === 0 || certs.length === 0) return [];
  return certs.map(({ text, parsed }) => {
    const key = keys.find((each) => parsed.checkPrivateKey(each));
    if (key !== undefined) return { cert: text, key: key.export({ type: 'pkcs8', format: 'der' }) };
    const [what, number] = keys.some((each) => each.asymmetricKeyType === parsed.publicKey.asymmetricKeyType)
      ? ['KEY_VALUES_MISMATCH', '0b000074']
      : ['KEY_TYPE_MISMATCH', '0b000073'];
    throw opensslError(`ERR_OSSL_X509_${what}`, `${number}:X.509 certificate routines:OPENSSL_internal:${what}`);
  });
}

/** @param {string[]} texts @returns {Buffer} */
function joined(texts) {
  return Buffer.from(texts.join('\n'));
}

/** @param {(Buffer | string)[]} parts @returns {Uint8Array} each after its length */
function pack(parts) {
  const pieces = parts.flatMap((part) => {
    const bytes = Buffer.from(/** @type {any} */ (part));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return new Uint8Array(Buffer.concat(pieces));
}

/** Whether an object asks for TLS at all. @param {any} options */
function isSet(options) {
  return ['key', 'cert', 'ca', ...Object.values(FILES)].some((name) => {
    const value = options[name];
    return value != null && !(Array.isArray(value) && value.length === 0);
  });
}

/** @param {any[]} authorities of `ca`; without them Node's list of the well-known ones */
function authoritiesOf(authorities) {
  if (authorities.length === 0) return require('node:tls').rootCertificates.join('\n');
  if (authorities.some((text) => !text.includes(BEGIN))) throw new Error('Failed to create HTTP server');
  return joined(authorities);
}

/**
 * @param {any} options of `Bun.serve`
 * @returns {{ flags: number, bytes: Uint8Array } | null} null without TLS
 * @throws ERR_INVALID_ARG_TYPE, ERR_OSSL_*, ENOENT, ERR_OPTION_UNSUPPORTED
 */
function tlsOptions(options) {
  const given = options.tls ?? (isSet(options) ? options : null);
  if (given === null || given === false) return null;
  const all = Array.isArray(given) ? given : [given];
  for (const each of all)
    if (typeof each !== 'object' || each === null) throw ERR_INVALID_ARG_TYPE('TLSOptions must be an object');
  for (const each of all) check(each);
  if (!all.some(isSet)) return null;
  /** @type {(Buffer | string)[]} */
  const identities = [];
  for (const [index, each] of all.entries()) {
    const name = each.serverName || each.servername || '';
    if (index > 0 && name === '') throw ERR_INVALID_ARG_TYPE('SNI tls object must have a serverName');
    for (const { cert, key } of identitiesOf(each)) identities.push(name, cert, key);
  }
  const [first] = all;
  const requested = first.requestCert === true;
  const ca = textsOf(first, 'ca');
  const suites = first.ciphers == null ? [] : suitesOf(first.ciphers);
  const authorities = requested || ca.length > 0 ? authoritiesOf(ca) : '';
  const flags =
    (requested ? REQUEST_CERTIFICATE : 0) |
    (first.rejectUnauthorized === false ? 0 : REJECT_UNAUTHORIZED) |
    secureFlags(first.secureOptions ?? 0) |
    (first.ciphers === '' ? WITHOUT_TLS12 : 0);
  return { flags, bytes: pack([authorities, joined(textsOf(first, 'crl')), suites.join(':'), ...identities]) };
}

module.exports = { tlsOptions };
