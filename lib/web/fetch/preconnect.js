'use strict';

const { agentOf } = require('./connection');

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
  agent.createSocket({ getHeader() {} }, options, (/** @type {Error | null} */ error, /** @type {any} */ socket) => {
    if (error || !socket) return;
    socket.on('error', () => {});
    const ready = () => {
      socket._httpMessage = { shouldKeepAlive: true };
      socket.emit('free');
    };
    socket.once(secure ? 'secureConnect' : 'connect', ready);
  });
}

module.exports = preconnect;
