'use strict';

/** TLS over a connection: from its beginning, or from some point on (STARTTLS). */

const net = require('node:net');
const tls = require('node:tls');
const { readHandlers } = require('./handlers');
const { readTls } = require('./options');

const GONE = 'Client network socket disconnected before secure TLS connection was established';
/** The part of OpenSSL's number that says why, and what BoringSSL has in place of the rest. */
const REASON = 0x7fffff;
const BORING = 0x1000_0000;

/**
 * @param {import('node:net').Socket} node
 * @param {any} options of Node's `tls`, with `hostname`
 */
function secureOver(node, { hostname, ...options }) {
  const servername = options.servername ?? (hostname && !net.isIP(hostname) ? hostname : undefined);
  // A program hears of a certificate that does not hold before it is refused: `follow` looks at it.
  const unchecked = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
  return tls.connect({ ...options, ...unchecked, servername, socket: node, host: hostname });
}

/**
 * What speaks against the certificate of the other side.
 *
 * @param {any} secured of Node's
 * @returns {Error | null} with OpenSSL's `code`
 */
const doubt = (secured) => secured._handle?.verifyError() ?? null;

/**
 * Tells of a client's handshake, and refuses a server whose certificate does not hold or is another's.
 *
 * @param {any} secured of Node's
 * @param {import('./socket').Socket} socket
 * @param {any} options
 */
function follow(secured, socket, options) {
  const { hostname, servername, rejectUnauthorized = true, checkServerIdentity = tls.checkServerIdentity } = options;
  const name = servername ?? hostname;
  secured.once('secureConnect', () => {
    const error = doubt(secured);
    const other = name ? checkServerIdentity(name, secured.getPeerCertificate(true)) : undefined;
    hands(secured, socket, !other && !(error && rejectUnauthorized), error ?? other ?? null);
    if ((error || other) && rejectUnauthorized) secured.destroy();
  });
}

/**
 * Tells of a server's handshake, and refuses a client whose certificate was asked for and does not hold.
 *
 * @param {any} secured of Node's
 * @param {import('./socket').Socket} socket
 * @param {any} options
 */
function accepted(secured, socket, { requestCert = false, rejectUnauthorized = true }) {
  const error = doubt(secured);
  hands(secured, socket, true, error);
  if (error && requestCert && rejectUnauthorized) secured.destroy();
}

/**
 * Tells of a handshake that has failed. Of a connection that was reset meanwhile only the end is told.
 *
 * @param {import('./socket').Socket} socket
 * @param {any} error Node's
 */
function refused(socket, error) {
  const { Socket } = require('./socket');
  const reset = error.syscall !== undefined;
  if (socket.readyState === 0) Socket.opened(socket);
  if (!reset) Socket.tell(socket, 'handshake', false, failure(error));
  Socket.closed(socket, reset ? error : undefined);
}

/**
 * Waits for the handshake of a server's side, or its failure, which comes as an error or as the end.
 *
 * @param {any} secured of Node's
 * @param {import('./socket').Socket} socket
 * @param {any} options
 */
function shake(secured, socket, options) {
  const failed = (/** @type {any} */ error) => {
    settled();
    refused(socket, error ?? {});
    secured.destroy();
  };
  const gone = () => failed(undefined);
  const settled = () => {
    secured.off('error', failed);
    for (const event of ['end', 'close']) secured.off(event, gone);
  };
  secured.prependListener('error', failed);
  for (const event of ['end', 'close']) secured.prependListener(event, gone);
  secured.once('secure', () => {
    settled();
    accepted(secured, socket, options);
  });
}

/** In Bun's words. A peer that says what it does not like has gone, as for Bun. @param {any} error */
function failure({ library, reason, message }) {
  if (reason === undefined || / alert /.test(reason)) return Object.assign(new Error(GONE), { code: 'ECONNRESET' });
  const number = Number.parseInt(/error:([0-9A-F]{8}):/i.exec(message)?.[1] ?? '0', 16) & REASON;
  const code = (BORING + number).toString(16);
  const name = reason.toUpperCase().replaceAll(' ', '_');
  return Object.assign(new Error(`error:${code}:${library}:OPENSSL_internal:${name}`), { code: 'EPROTO' });
}

/** @param {any} secured @param {import('./socket').Socket} socket @param {boolean} success @param {Error | null} error */
function hands(secured, socket, success, error) {
  const { Socket } = require('./socket');
  secured.authorized = error === null;
  secured.authorizationError = error;
  if (socket.readyState === 0) Socket.opened(socket);
  Socket.tell(socket, 'handshake', success, error);
}

/**
 * @param {import('./socket').Socket} raw
 * @param {any} given `{ tls, socket, data }`
 * @returns {[import('./socket').Socket, import('./socket').Socket]}
 */
function upgrade(raw, given) {
  const { Socket } = require('./socket');
  const handlers = readHandlers(given?.socket);
  const options = readTls(given.tls) ?? {};
  const node = Socket.nodeOf(raw);
  node.removeAllListeners('data');
  const isServer = raw.listener !== undefined;
  const secured = isServer
    ? new tls.TLSSocket(node, { ...options, isServer: true, secureContext: tls.createSecureContext(options) })
    : secureOver(node, options);
  const facts = { box: { handlers }, data: given.data, listener: raw.listener, allowHalfOpen: false, secure: true };
  const socket = new Socket(secured, facts);
  if (isServer) shake(secured, socket, options);
  else follow(secured, socket, options);
  if (handlers.handshake) Socket.opened(socket);
  return [raw, socket];
}

module.exports = { accepted, follow, refused, secureOver, upgrade };
