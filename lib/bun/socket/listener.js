'use strict';

/** What `Bun.listen` gives: a server of Node's that listens at once, as Bun's does. */

const fs = require('node:fs');
const net = /** @type {any} */ (require('node:net'));
const { errno: constants } = require('node:os').constants;
const path = require('node:path');
const { getSystemErrorMap } = require('node:util');
const { ERR_INVALID_ARG_TYPE, readHandlers } = require('./handlers');
const { addressesNow } = require('./resolve-now');
const { Socket } = require('./socket');

const BACKLOG = 511;

class Listener {
  #server;
  #options;
  #box;
  /** @type {Set<Socket>} */
  #sockets = new Set();
  /** @type {number | undefined} */
  #port;
  data;

  /** @param {import('./options').SocketOptions} options */
  constructor(options) {
    this.#options = options;
    this.#box = { handlers: options.handlers };
    this.data = options.data;
    const handle = open(options);
    this.#server = options.tls
      ? require('node:tls').createServer({ ...options.tls, rejectUnauthorized: false, allowHalfOpen: false })
      : net.createServer({ allowHalfOpen: true });
    this.#server.on(options.tls ? 'secureConnection' : 'connection', (/** @type {any} */ node) => this.#accept(node));
    if (options.tls)
      this.#server.on('tlsClientError', (/** @type {any} */ error, /** @type {any} */ node) => {
        require('./upgrade').refused(this.#take(node), error);
        node.destroy();
      });
    this.#server.listen(handle);
    if (options.unix === undefined) this.#port = this.#server.address()?.port;
  }

  /** @param {any} node */
  #take(node) {
    const { allowHalfOpen, tls, data } = this.#options;
    return new Socket(node, { box: this.#box, data, listener: this, allowHalfOpen, secure: tls !== undefined });
  }

  /** @param {any} node */
  #accept(node) {
    const { tls } = this.#options;
    const socket = this.#take(node);
    this.#sockets.add(socket);
    node.allowHalfOpen = true; // before the end of the handshake a peer that sends no more has gone
    node.once('close', () => this.#sockets.delete(socket));
    if (tls) require('./upgrade').accepted(node, socket, tls);
    else Socket.opened(socket);
  }

  /** @param {boolean} [closeActiveConnections] */
  stop(closeActiveConnections = false) {
    this.#server.close();
    const { unix } = this.#options;
    if (unix !== undefined) makeWay(unix);
    if (closeActiveConnections) for (const socket of this.#sockets) socket.end();
  }

  /** For all connections that there are, too. @param {any} options */
  reload(options) {
    this.#box.handlers = readHandlers(options?.socket);
  }

  ref() {
    this.#server.ref();
  }

  unref() {
    this.#server.unref();
  }

  /** Writes the address to an object. @param {any} target */
  getsockname(target) {
    if (typeof target !== 'object' || target === null) throw ERR_INVALID_ARG_TYPE('Expected object');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return;
    target.family = address.family;
    target.address = address.address;
    target.port = address.port;
  }

  get port() {
    return this.#port;
  }

  get hostname() {
    return this.#options.unix === undefined ? this.#options.hostname : undefined;
  }

  get unix() {
    return this.#options.unix;
  }

  get fd() {
    return this.#server._handle?.fd ?? -1;
  }

  [Symbol.dispose]() {
    this.stop(true);
  }

  get [Symbol.toStringTag]() {
    return 'Listener';
  }
}

/**
 * Node's `listen` tells of a failure, and has a port, only later.
 *
 * @param {import('./options').SocketOptions} options
 */
function open({ unix, hostname, port }) {
  const at = unix ?? hostname;
  let handle;
  if (unix !== undefined) {
    makeWay(unix);
    handle = net._createServerHandle(unix, -1, -1);
    // libuv says that nobody may when there is no such folder.
    if (handle === -constants.EACCES && !fs.existsSync(path.dirname(unix))) handle = -constants.ENOENT;
  } else {
    const [address] = addressesNow(hostname);
    if (address === undefined) throw new Error(`Failed to listen at ${at}`);
    handle = net._createServerHandle(address, port, net.isIPv6(address) ? 6 : 4);
  }
  // That an address is in use comes out only now. Node's server does it once more, which changes nothing.
  const failed = typeof handle === 'number' ? handle : unix === undefined && handle.listen(BACKLOG);
  if (!failed) return handle;
  if (typeof handle !== 'number') handle.close();
  const [code] = getSystemErrorMap().get(failed) ?? [];
  const error = new Error(`Failed to listen at ${at}`);
  throw Object.assign(error, {
    code,
    syscall: 'listen',
    errno: Math.abs(failed),
    address: at,
    ...(unix === undefined ? { port } : {}),
  });
}

/** A socket that another program has left does not stand in the way. @param {string} file */
function makeWay(file) {
  try {
    if (fs.lstatSync(file).isSocket()) fs.unlinkSync(file);
  } catch {
    // there is none, or binding says what is wrong
  }
}

module.exports = { Listener };
