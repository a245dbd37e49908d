'use strict';

/** The pool of HTTP/2: one session for each origin and way of doing TLS, which all requests share. */

const http2 = require('node:http2');
const tls = require('node:tls');
const { failure, timedOut } = require('./failure');
const { tlsKey, tlsOptions, withIdentity } = require('./tls-options');

/** Bytes that a server may send of an answer, and of all, before they are read. */
const WINDOW = 1024 * 1024;
const WINDOW_OF_ALL = 16 * WINDOW;
/** Milliseconds after which a session without requests ends, and within which one has to begin. */
const IDLE = 300_000;
/** How OpenSSL says that the server speaks none of the protocols that were offered. */
const NO_PROTOCOL = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
const settings = { enablePush: false, initialWindowSize: WINDOW };

/** @typedef {import('node:http2').ClientHttp2Session} Session */

/**
 * @typedef {object} Dial
 * @property {Promise<Session | null>} opening null: the server speaks HTTP/1 only
 * @property {Session} [session] once it is open
 * @property {number} waiting how many requests wait for it
 * @property {() => void} abandon ends the connection if it is not open yet
 */

/** @type {Map<string, Dial>} */
const dials = new Map();
/** Streams under way: without any a session does not keep the process alive. @type {WeakMap<Session, number>} */
const busy = new WeakMap();

/** @param {URL} url @param {any} given the option `tls` @param {boolean} only whether HTTP/1 is not offered @returns {Dial} */
function open({ hostname, port, origin, href }, given, only) {
  const host = hostname.replace(/^\[|\]$/g, '');
  const options = withIdentity(tlsOptions(given));
  const servername = options.servername ?? (/^[\d.]+$|:/.test(host) ? undefined : host);
  const ALPNProtocols = only ? ['h2'] : ['h2', 'http/1.1'];
  const socket = tls.connect({ host, port: Number(port || 443), ...options, servername, ALPNProtocols });
  socket.setTimeout(IDLE, () => socket.destroy(/** @type {any} */ (timedOut())));
  let isOpen = false;
  /** @type {Promise<Session | null>} */
  const opening = new Promise((resolve, reject) => {
    socket.once('error', (/** @type {any} */ error) =>
      reject(error.code === NO_PROTOCOL && only ? failure('HTTP2Unsupported', href) : error),
    );
    socket.once('secureConnect', () => {
      isOpen = true;
      socket.setTimeout(0).removeAllListeners('error').removeAllListeners('timeout');
      if (socket.alpnProtocol === 'h2') return resolve(begin(socket, origin));
      socket.on('error', () => {}).destroy();
      if (only) reject(failure('HTTP2Unsupported', href));
      else resolve(null);
    });
  });
  return { opening, waiting: 0, abandon: () => isOpen || socket.destroy() };
}

/** @param {import('node:tls').TLSSocket} socket @param {string} origin */
function begin(socket, origin) {
  const session = http2.connect(origin, { createConnection: () => socket, settings });
  session.on('error', () => {}); // each stream is told
  session.once('connect', () => session.setLocalWindowSize(WINDOW_OF_ALL));
  session.setTimeout(IDLE); // its function would be called once
  session.on('timeout', () => busy.get(session) || session.close());
  session.unref();
  return session;
}

/**
 * @param {URL} url
 * @param {any} given the option `tls`
 * @param {boolean} only whether HTTP/1 will not do
 * @param {Promise<never>} aborted fails when the request is over
 * @returns {Promise<Session | null>} null: the server speaks HTTP/1 only
 */
async function sessionFor(url, given, only, aborted) {
  const key = `${only} ${url.host} ${tlsKey(given)}`;
  const known = dials.get(key);
  // A session takes no streams from the moment it is to close, and tells of it later.
  const dial = known && !isOver(known.session) ? known : kept(key, open(url, given, only));
  dial.waiting++;
  try {
    return await Promise.race([dial.opening, aborted]);
  } finally {
    if (--dial.waiting === 0) dial.abandon();
  }
}

/** Keeps a dial for later requests, until there is nothing more to get of it. @param {string} key @param {Dial} dial */
function kept(key, dial) {
  const forget = () => {
    if (dials.get(key) === dial) dials.delete(key);
  };
  const { abandon } = dial;
  dial.abandon = () => {
    if (!dial.session) forget();
    abandon();
  };
  dial.opening.then((session) => {
    // Each of those that wait gets a connection of its own now, and the next request asks again.
    if (session === null) return forget();
    dial.session = session;
    session.once('close', forget);
    session.once('goaway', forget);
  }, forget);
  dials.set(key, dial);
  return dial;
}

/** @param {Session | undefined} session undefined: it is not open yet */
const isOver = (session) => session !== undefined && (session.closed || session.destroyed);

/** Keeps the process alive as long as the stream is open. @param {Session} session @param {import('node:http2').ClientHttp2Stream} stream */
function keepAlive(session, stream) {
  busy.set(session, (busy.get(session) ?? 0) + 1);
  session.ref();
  stream.once('close', () => {
    const left = (busy.get(session) ?? 1) - 1;
    busy.set(session, left);
    if (left === 0 && !session.destroyed) session.unref();
  });
}

module.exports = { sessionFor, keepAlive };
