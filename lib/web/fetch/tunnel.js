'use strict';

/** Ways through a proxy to servers that speak TLS: opened by CONNECT, and kept for later requests as other connections are. */

const http = require('node:http');
const https = require('node:https');
const tls = require('node:tls');
const { Headers } = require('../headers');
const { timedOut } = require('./failure');
const { tlsOptions, withIdentity } = require('./tls-options');

/** Milliseconds that a proxy may be silent. */
const IDLE = 300_000;

class TunnelAgent extends https.Agent {
  #proxy;
  #tls;

  /** @param {import('./proxy').Proxy} proxy @param {any} given @param {import('node:https').AgentOptions} kept */
  constructor(proxy, given, kept) {
    super(kept);
    this.#proxy = proxy;
    this.#tls = withIdentity(tlsOptions(given));
  }

  /**
   * Node's, which does not say whose request a connection is for.
   *
   * @param {import('node:http').ClientRequest} asker
   * @param {any} options
   * @param {(error: Error | null, socket?: any) => void} callback
   */
  createSocket(asker, options, callback) {
    // @ts-expect-error not in the types
    super.createSocket(asker, { ...options, asker }, callback);
  }

  /** @param {any} options @param {(error: Error | null, socket?: any) => void} callback @returns {any} */
  createConnection(options, callback) {
    const { host, port, asker } = options;
    delete options.asker; // Node keeps the options as long as the connection
    const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const { url, headers } = this.#proxy;
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 443 : 80),
      method: 'CONNECT',
      path: target,
      setHost: false,
      agent: false,
      timeout: IDLE,
      ...(secure ? this.#tls : {}),
    });
    for (const [name, value] of [['Host', target], ['Proxy-Connection', 'Keep-Alive'], ...headers])
      request.appendHeader(name, value);
    request.removeHeader('connection'); // or Node adds one
    // A request that waits for its connection tells nobody that it is over.
    asker.destroy = (/** @type {Error} */ error) => {
      delete asker.destroy;
      request.destroy();
      return asker.destroy(error);
    };
    request.on('connect', (response, socket, head) => {
      delete asker.destroy;
      socket.setTimeout(0);
      const status = /** @type {number} */ (response.statusCode);
      if (status < 200 || status > 299) {
        socket.destroy();
        return callback(refusal(response));
      }
      if (head.length > 0) socket.unshift(head);
      const { servername = host } = this.#tls;
      callback(
        null,
        tls.connect({ ...this.#tls, socket, servername: /^[\d.]+$|:/.test(servername) ? undefined : servername, host }),
      );
    });
    request.on('timeout', () => request.destroy(/** @type {any} */ (timedOut())));
    request.on('error', callback);
    request.end();
    return undefined;
  }
}

/** @param {import('node:http').IncomingMessage} response of the proxy */
function refusal({ statusCode: status, statusMessage: statusText = '', rawHeaders }) {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at], rawHeaders[at + 1]);
  const error = new Error(`Proxy refused to open a tunnel: ${status} ${statusText}`);
  return Object.assign(error, { status, statusText, headers, code: 'ERR_PROXY_TUNNEL' });
}

module.exports = { TunnelAgent };
