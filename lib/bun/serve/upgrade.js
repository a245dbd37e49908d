'use strict';

/**
 * From a request to a WebSocket.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-4.2
 */

const { callOf, isRequest } = require('../../web/request');
const { Headers, STEP, triples } = require('../../web/headers');
const { engine } = require('./native');
const { Response } = require('../../web/response');
const { flush, respond } = require('./respond');
const { negotiate } = require('./websocket-deflate');
const { ServerWebSocket, opened } = require('./websocket');

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const VERSION = '13';
/** Fields of the handshake that a program cannot replace. */
const ours = new Set([
  'upgrade',
  'connection',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'content-length',
  'transfer-encoding',
]);

/**
 * @param {any} state the server's
 * @param {any} request
 * @param {any} [options] `{ data, headers }`
 * @returns {boolean}
 */
function upgrade(state, request, options) {
  if (state.websocket === null) {
    throw new TypeError('To enable websocket support, set the "websocket" object in Bun.serve({})');
  }
  const call = isRequest(request) ? callOf(request) : null;
  if (call === null || call.answered || call.aborted) return false;
  const { headers } = request;
  const key = headers.get('sec-websocket-key');
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket' || key === null) return false;
  if (headers.get('sec-websocket-version') !== VERSION) {
    void respond(
      call,
      new Response(null, { status: 426, headers: { 'sec-websocket-version': VERSION, connection: 'close' } }),
    );
    return false;
  }
  const peer = state.server.requestIP(request);
  const extra = options?.headers == null ? [] : triples(new Headers(options.headers));
  const { maxPayloadLength, backpressureLimit, idleTimeout, flags, deflate } = state.websocket;
  const agreed = negotiate(headers.get('sec-websocket-extensions'), deflate);
  let text = handshake(key, headers.get('sec-websocket-protocol'), extra);
  if (agreed !== null) text += `sec-websocket-extensions:${agreed.answer}\n`;
  const lines = Buffer.from(text, 'latin1');
  flush();
  const limits = [maxPayloadLength, backpressureLimit, idleTimeout, flags];
  const made = engine().upgrade(call.slot, call.seq, lines, ...limits, agreed?.bits ?? 0);
  if (made === undefined) return false;
  call.answered = true;
  const at = made.indexOf('\n');
  const [id, seq] = [Number(made.slice(0, at)), Number(made.slice(at + 1))];
  opened(new ServerWebSocket(state, id, seq, peer?.address ?? '', options?.data));
  return true;
}

/** @type {((text: string) => string) | undefined} */
let sha1;

/** Node's `crypto` is loaded by the first WebSocket: most servers have none. */
function sha1ToBase64() {
  const crypto = require('node:crypto');
  if (typeof crypto.hash !== 'function')
    return (/** @type {string} */ text) => crypto.createHash('sha1').update(text).digest('base64');
  return (/** @type {string} */ text) => crypto.hash('sha1', text, 'base64');
}

/** The header lines of the answer. @param {string} key @param {string | null} protocols @param {string[]} extra */
function handshake(key, protocols, extra) {
  let lines = '';
  let protocol = protocols === null ? null : protocols.split(',')[0].trim();
  for (let at = 0; at < extra.length; at += STEP) {
    if (ours.has(extra[at])) continue;
    if (extra[at] === 'sec-websocket-protocol') protocol = null;
    lines += `${extra[at]}:${extra[at + 1]}\n`;
  }
  const accept = (sha1 ??= sha1ToBase64())(key + GUID);
  lines += `upgrade:websocket\nconnection:Upgrade\nsec-websocket-accept:${accept}\n`;
  return protocol === null ? lines : `${lines}sec-websocket-protocol:${protocol}\n`;
}

module.exports = { upgrade };
