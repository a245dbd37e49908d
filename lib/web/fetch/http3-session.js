'use strict';

/**
 * The pool of HTTP/3: one session for each origin, opened when it is needed. The engine says when a session takes no
 * further request.
 */

const { promises: dns } = require('node:dns');
const { isIP } = require('node:net');
const { engine } = require('../../bun/serve/native');
const { failure } = require('./failure');

/** @type {Map<string, Promise<number>>} by origin and whether certificates are verified */
const sessions = new Map();
/** @type {Map<number, string>} the pool's key of a session */
const keys = new Map();

/** Whether the engine has been given the authorities that it verifies servers with. */
let hasRoots = false;

/** @returns {Uint8Array} PEM */
function roots() {
  if (hasRoots) return new Uint8Array(0);
  hasRoots = true;
  const tls = /** @type {any} */ (require('node:tls'));
  const list = tls.getCACertificates?.('default') ?? tls.rootCertificates;
  return new Uint8Array(Buffer.from(list.join('\n')));
}

/** @param {URL} url @returns {Promise<string>} */
async function addressOf({ hostname, href }) {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return host;
  try {
    return (await dns.lookup(host)).address;
  } catch {
    throw failure('DNSResolutionFailed', href);
  }
}

/** @param {URL} url @param {number} port @param {boolean} verify @returns {Promise<number>} */
async function connect(url, port, verify) {
  const address = await addressOf(url);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  try {
    return engine().fetchConnect(address, port, name, verify, verify ? roots() : new Uint8Array(0));
  } catch {
    throw failure('HTTP3HandshakeFailed', url.href);
  }
}

/**
 * @param {URL} url
 * @param {number} port of the server's, which need not be the URL's
 * @param {boolean} verify
 * @returns {Promise<number>} the engine's number of the session
 */
function sessionFor(url, port, verify) {
  const key = `${verify} ${url.hostname} ${port}`;
  const known = sessions.get(key);
  if (known) return known;
  const opening = connect(url, port, verify);
  sessions.set(key, opening);
  opening.then(
    (session) => keys.set(session, key),
    () => sessions.delete(key),
  );
  return opening;
}

/** The engine takes no further request on a session. @param {number} session */
function sessionOver(session) {
  const key = keys.get(session);
  if (key === undefined) return;
  keys.delete(session);
  sessions.delete(key);
}

module.exports = { sessionFor, sessionOver };
