'use strict';

/**
 * Opening a connection: the request, and what the answer has to be.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-4
 */

const { createHash, randomBytes } = require('node:crypto');
const { connectionTo, moduleFor } = require('../fetch/connection');
const { OFFER, agree } = require('./deflate');

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** What a program may replace. */
const own = [
  'host',
  'connection',
  'upgrade',
  'sec-websocket-version',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
];

/**
 * @param {{ url: URL, unix?: string, protocols: string[], headers: [string, string][], deflate: boolean, options: any }} what
 * @param {{ open: (facts: { socket: import('node:net').Socket, head: Buffer, protocol: string, extensions: string, compression: ReturnType<typeof agree> }) => void, fail: (message: string) => void }} on
 * @returns {() => void} gives up
 */
function connect({ url, unix, protocols, headers, deflate, options }, on) {
  const target = new URL(url.href);
  target.protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
  const way = connectionTo(target, { ...options, unix }, false);
  const key = randomBytes(16).toString('base64');
  const request = moduleFor(way.secure).request({
    ...way.options,
    agent: way.options.agent,
    setHost: false,
    insecureHTTPParser: true,
    path: way.target ?? `${url.pathname}${url.search}`,
  });
  const given = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const add = (/** @type {string} */ name, /** @type {string} */ value) =>
    request.setHeader(name, given.get(name.toLowerCase()) ?? value);
  add('Host', unix === undefined ? url.host : 'localhost');
  add('Connection', 'Upgrade');
  add('Upgrade', 'websocket');
  add('Sec-WebSocket-Version', '13');
  if (deflate) add('Sec-WebSocket-Extensions', OFFER);
  add('Sec-WebSocket-Key', key);
  if (protocols.length > 0) add('Sec-WebSocket-Protocol', protocols.join(', '));
  const { username, password } = url;
  if (username !== '' || password !== '') {
    const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    add('Authorization', `Basic ${Buffer.from(text).toString('base64')}`);
  }
  for (const [name, value] of [...way.headers, ...headers])
    if (!own.includes(name.toLowerCase())) request.setHeader(name, value);
  const sent = String(request.getHeader('sec-websocket-key'));
  let done = false;
  const fail = (/** @type {string} */ message) => {
    if (done) return;
    done = true;
    request.destroy();
    on.fail(message);
  };
  request.on('error', (/** @type {any} */ error) => fail(messageOf(error)));
  request.on('response', ({ statusCode, headers: got }) => {
    // An answer 101 that is no upgrade for Node's parser lacks one of the two.
    const lacking = got.upgrade === undefined ? 'Missing upgrade header' : 'Missing connection header';
    fail(statusCode === 101 ? lacking : `Expected 101 status code: ${statusCode}`);
  });
  request.on('upgrade', (response, socket, head) => {
    const problem = problemOf(response.headers, sent, protocols);
    const extensions = response.headers['sec-websocket-extensions'] ?? '';
    const compression = extensions === '' ? undefined : agree(extensions);
    if (problem !== undefined || (extensions !== '' && !compression)) {
      socket.destroy();
      return fail(problem ?? 'Unsupported websocket extension');
    }
    done = true;
    const protocol = response.headers['sec-websocket-protocol'] ?? '';
    on.open({ socket: /** @type {any} */ (socket), head, protocol, extensions, compression });
  });
  request.end();
  return () => fail('WebSocket is closed before the connection is established');
}

/** @param {any} error */
function messageOf(error) {
  const { code = '' } = error;
  if (/CERT|SELF_SIGNED|ISSUER|SIGNATURE|ALTNAME/.test(code)) return 'TLS handshake failed';
  if (code === 'ECONNRESET' || code === 'HPE_INVALID_EOF_STATE' || code === 'EPIPE') return 'Connection ended';
  if (code.startsWith('HPE_')) return 'Invalid response';
  if (code === 'ERR_PROXY_TUNNEL')
    return error.status === 407 ? 'Proxy authentication failed' : 'Proxy connection failed';
  return 'Failed to connect';
}

/** @param {import('node:http').IncomingHttpHeaders} headers @param {string} key @param {string[]} protocols */
function problemOf(headers, key, protocols) {
  if (headers.upgrade === undefined) return 'Missing upgrade header';
  if (headers.upgrade.toLowerCase() !== 'websocket') return 'Invalid upgrade header';
  if (headers.connection === undefined) return 'Missing connection header';
  if (!/\bupgrade\b/i.test(headers.connection)) return 'Invalid connection header';
  const accept = headers['sec-websocket-accept'];
  if (accept === undefined) return 'Missing websocket accept header';
  if (
    accept !==
    createHash('sha1')
      .update(key + MAGIC)
      .digest('base64')
  )
    return 'Mismatch websocket accept header';
  const protocol = headers['sec-websocket-protocol'];
  if (protocol !== undefined && !protocols.includes(protocol)) return 'Mismatch client protocol';
  return undefined;
}

module.exports = { connect };
