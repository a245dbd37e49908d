'use strict';

/** The option `tls` of `fetch` and `WebSocket` in what Node's `tls` takes. */

/** A key or certificate in what Node takes: Bun takes files, too. @param {any} value @returns {any} */
function secret(value) {
  if (Array.isArray(value)) return value.map(secret);
  if (value instanceof Blob) return require('../../bun/blob-bytes').bytesNow(value);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

/** @param {any} given the option `tls` @returns {any} what Node's `tls` takes */
function tlsOptions(given) {
  if (typeof given !== 'object' || given === null) return {};
  const {
    ca,
    cert,
    key,
    passphrase,
    rejectUnauthorized,
    checkServerIdentity,
    servername,
    serverName,
    ciphers,
    secureOptions,
    ALPNProtocols,
  } = given;
  const options = {
    ca: secret(ca),
    cert: secret(cert),
    key: secret(key),
    passphrase,
    rejectUnauthorized,
    checkServerIdentity,
    servername: servername ?? serverName,
    ciphers,
    secureOptions,
    ALPNProtocols,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * `checkServerIdentity` may give an error or throw it; either is what the program gets.
 *
 * @param {any} options
 */
function withIdentity(options) {
  const { checkServerIdentity: check } = options;
  if (typeof check !== 'function') return options;
  return {
    ...options,
    checkServerIdentity(/** @type {string} */ host, /** @type {any} */ certificate) {
      try {
        return check(host, certificate);
      } catch (error) {
        return error;
      }
    },
  };
}

/** Numbers for what is told apart by identity alone. @type {WeakMap<object, number>} */
const numbers = new WeakMap();
let last = 0;

/** @param {any} value @returns {unknown} a text that is the same for what is the same to TLS */
function described(value) {
  if (Array.isArray(value)) return value.map(described);
  if (ArrayBuffer.isView(value))
    return `bytes ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`;
  if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value;
  const number = numbers.get(value) ?? ++last;
  numbers.set(value, number);
  return { number };
}

/**
 * A name for connections that requests with this option may share: programs mostly write it anew for each request.
 *
 * @param {any} given the option `tls`
 */
const tlsKey = (given) =>
  JSON.stringify(Object.entries(tlsOptions(given)).map(([name, value]) => [name, described(value)]));

module.exports = { tlsOptions, tlsKey, withIdentity };
