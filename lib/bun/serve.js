'use strict';

const { serveOptions } = require('./serve/options');

/**
 * Starts an HTTP server.
 *
 * @see node_modules/bun-types/docs/runtime/http/server.mdx
 * @param {any} options `{ fetch, port, hostname, unix, error, development, … }`
 * @returns {InstanceType<typeof import('./serve/server').Server>}
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE for options; EADDRINUSE, EADDRNOTAVAIL, EACCES for addresses;
 *   ERR_OPTION_UNSUPPORTED for an option that Bun has and this package not yet
 */
function serve(options) {
  const checked = serveOptions(options);
  const { Server } = require('./serve/server');
  const { hotServers } = require('../internal/runtime');
  if (hotServers === undefined) return new Server(checked);
  const { id, unix, hostname, port, tls } = checked;
  const served = id || unix || `${tls ? 'https' : 'http'}://${hostname ?? ''}:${port}`;
  const running = hotServers.get(served);
  if (running) return running.reload(options);
  const server = new Server(checked);
  hotServers.set(served, server);
  return server;
}

module.exports = serve;
