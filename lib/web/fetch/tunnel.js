'use strict';

/** Ways through a proxy to servers that speak TLS: opened by CONNECT, and kept for later requests as other connections are. */

const http = require('node:http');
const https = require('node:https');
const tls = require('node:tls');
const { Headers } = require('../headers');
const { tlsOptions, withIdentity } = require('./tls-options');

class TunnelAgent extends https.Agent {
  #proxy;
  #tls;

  /** @param {import('./proxy').Proxy} proxy @param {any} given @param {import('node:https').AgentOptions} kept */
  constructor(proxy, given, kept) {
    super(kept);
    this.#proxy = proxy;
    this.#tls = withIdentity(tlsOptions(given));
  }

  /** @param {any} options @param {(error: Error | null, socket?: any) => void} callback @returns {any} */
  createConnection(options, callback) {
    const { host, port } = options;
    const { url, headers } = this.#proxy;
    const secure = url.protocol === 'https:';
    const request = (secure ? https : http).request({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 443 : 80),
      method: 'CONNECT',
      path: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      setHost: false,
      agent: false,
      ...(secure ? this.#tls : {}),
    });
    for (const [name, value] of [['Host', `${host}:${port}`], ['Proxy-Connection', 'Keep-Alive'], ...headers])
      request.appendHeader(name, value);
    request.removeHeader('connection'); // or Node adds one
    request.on('connect', (response, socket, head) => {
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
