'use strict';

/** TLS over a connection: from its beginning, or from some point on (STARTTLS). */

const net = require('node:net');
const tls = require('node:tls');
const { readHandlers } = require('./handlers');
const { readTls } = require('./options');

/**
 * @param {import('node:net').Socket} node
 * @param {any} options of Node's `tls`, with `hostname`
 */
function secureOver(node, { hostname, ...options }) {
  const servername = options.servername ?? (hostname && !net.isIP(hostname) ? hostname : undefined);
  // A program hears of a certificate that does not hold, and decides, unless it asks to be refused.
  const { rejectUnauthorized = false } = options;
  return tls.connect({ ...options, rejectUnauthorized, servername, socket: node, host: hostname });
}

/** Tells of the handshake. @param {import('node:tls').TLSSocket} secured @param {import('./socket').Socket} socket */
function follow(secured, socket) {
  const { Socket } = require('./socket');
  secured.once('secureConnect', () => {
    if (socket.readyState === 0) Socket.opened(socket);
    Socket.tell(socket, 'handshake', true, /** @type {any} */ (secured).authorizationError ?? null);
  });
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
  if (isServer)
    secured.once('secure', () => {
      if (socket.readyState === 0) Socket.opened(socket);
      Socket.tell(socket, 'handshake', true, null);
    });
  else follow(secured, socket);
  if (handlers.handshake) Socket.opened(socket);
  return [raw, socket];
}

module.exports = { secureOver, follow, upgrade };
