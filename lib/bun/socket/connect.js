'use strict';

const net = require('node:net');
const { Socket } = require('./socket');

/** @param {import('./options').SocketOptions} options @returns {Promise<Socket>} */
function connect(options) {
  const { handlers, unix, hostname, port, fd, tls, data, allowHalfOpen } = options;
  const to = unix === undefined ? { host: hostname, port } : { path: unix };
  const node =
    fd === undefined ? net.connect({ ...to, allowHalfOpen: true }) : new net.Socket({ fd, allowHalfOpen: true });
  const secured = tls && require('./upgrade').secureOver(node, { hostname, ...tls });
  const socket = new Socket(secured ?? node, {
    box: { handlers },
    data,
    allowHalfOpen,
    secure: tls !== undefined,
  });
  const promise = new Promise((resolve, reject) => {
    const fail = (/** @type {any} */ given) => {
      Socket.failed(socket);
      const error = given.syscall === 'getaddrinfo' ? unknownHost(given) : refused(given);
      Socket.tell(socket, 'connectError', error);
      node.destroy();
      reject(error);
    };
    node.once('error', fail);
    const connected = () => {
      node.off('error', fail);
      if (!secured) Socket.opened(socket);
      else if (Socket.hears(socket, 'handshake')) Socket.opened(socket);
      resolve(socket);
    };
    if (fd === undefined) node.once('connect', connected);
    else process.nextTick(connected);
    if (secured) require('./upgrade').follow(secured, socket, { hostname, ...tls });
  });
  if (handlers.connectError) promise.catch(() => {});
  return promise;
}

/** @param {any} given Node's, for one address or for several */
function refused(given) {
  const { code, syscall, errno } = given.errors?.at(-1) ?? given;
  return Object.assign(new Error('Failed to connect'), { code, syscall, errno });
}

/** @param {any} given */
function unknownHost({ hostname }) {
  const facts = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname, errno: 4 };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), facts);
}

module.exports = { connect };
