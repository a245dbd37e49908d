'use strict';

const { agentOf, preconnecting } = require('./connection');

/**
 * Opens a connection and leaves it in the pool, as one whose request has ended is.
 *
 * @param {URL} url
 */
function preconnect(url) {
  const secure = url.protocol === 'https:';
  const agent = /** @type {any} */ (agentOf(secure, true));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  const options = { ...agent.options, host, port, servername: secure ? host : undefined, path: null };
  const { promise, resolve } = Promise.withResolvers();
  preconnecting.set(url.origin, promise);
  void promise.then(() => preconnecting.delete(url.origin));
  agent.createSocket({ getHeader() {} }, options, (/** @type {Error | null} */ error, /** @type {any} */ socket) => {
    if (error || !socket) return resolve(undefined);
    socket.on('error', () => {});
    socket.once('close', resolve);
    const ready = () => {
      socket._httpMessage = { shouldKeepAlive: true };
      socket.emit('free');
      resolve(undefined);
    };
    if (!secure && !socket.connecting) ready();
    else socket.once(secure ? 'secureConnect' : 'connect', ready);
  });
}

module.exports = preconnect;
