'use strict';

/**
 * Connections to `localhost`, which is a loopback address by definition and needs no resolver.
 *
 * Node's check whether a name is an IPv6 address compiles an expression of such a size that it takes the first request of
 * a program 10 ms; an IPv4 address is recognised before it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 */

const http = require('node:http');
const net = require('node:net');

const addresses = ['127.0.0.1', '::1'];

class LoopbackAgent extends http.Agent {
  /** @param {any} options @param {(error: Error | null, socket?: any) => void} callback @returns {any} */
  createConnection(options, callback) {
    if (options.host !== 'localhost' || options.socketPath) return net.createConnection(options);
    attempt(options, addresses, callback);
    return undefined;
  }
}

/**
 * @param {any} options
 * @param {string[]} addresses
 * @param {(error: Error | null, socket?: any) => void} callback
 * @param {Error} [first] what went wrong at the first address: the system may not have the other kind at all
 */
function attempt(options, [host, ...rest], callback, first) {
  const socket = net.createConnection({ ...options, host });
  const failed = (/** @type {Error} */ error) =>
    rest.length === 0 ? callback(first ?? error) : attempt(options, rest, callback, first ?? error);
  socket.once('error', failed);
  socket.once('connect', () => {
    socket.off('error', failed);
    callback(null, socket);
  });
}

module.exports = { LoopbackAgent };
