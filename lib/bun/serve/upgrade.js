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

/** One more than the largest sequence number of the engine's. */
const SEQUENCE_NUMBERS = 2 ** 31;
const NOTHING = new Uint8Array(0);
/** @type {string[]} */
const NONE = [];
const VERSION = '13';
/** 16 bytes in base64; of two fields there is none. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
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
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket' || key === null || !KEY.test(key)) return false;
  if (headers.get('sec-websocket-version') !== VERSION) {
    void respond(
      call,
      new Response(null, { status: 426, headers: { 'sec-websocket-version': VERSION, connection: 'close' } }),
    );
    return false;
  }
  const address = addressOf(call);
  const extra = options?.headers == null ? NONE : triples(new Headers(options.headers));
  const { maxPayloadLength, backpressureLimit, idleTimeout, flags, deflate } = state.websocket;
  const agreed = deflate === null ? null : negotiate(headers.get('sec-websocket-extensions'), deflate);
  let text = handshake(headers.get('sec-websocket-protocol'), extra);
  if (agreed !== null) text += `sec-websocket-extensions:${agreed.answer}\n`;
  const lines = text === '' ? NOTHING : Buffer.from(text, 'latin1');
  flush();
  const made = engine().upgrade(
    call.slot,
    call.seq,
    key,
    lines,
    maxPayloadLength,
    backpressureLimit,
    idleTimeout,
    flags,
    agreed === null ? 0 : agreed.bits,
  );
  if (made === undefined) return false;
  call.answered = true;
  const id = Math.floor(made / SEQUENCE_NUMBERS);
  opened(new ServerWebSocket(state, id, made - id * SEQUENCE_NUMBERS, address, options?.data));
  return true;
}

/** Most connections come from few addresses: their texts are kept once. */
let lastAddress = '';

/** @param {InstanceType<typeof import('./call').Call>} call @returns {string} */
function addressOf(call) {
  const peer = engine().peer(call.slot, call.seq);
  if (peer === undefined) return '';
  const end = peer.indexOf('\n');
  if (end !== lastAddress.length || !peer.startsWith(lastAddress)) lastAddress = peer.slice(0, end);
  return lastAddress;
}

/** Further header lines of the answer. @param {string | null} protocols @param {string[]} extra */
function handshake(protocols, extra) {
  let lines = '';
  let protocol = protocols === null ? null : protocols.split(',')[0].trim();
  for (let at = 0; at < extra.length; at += STEP) {
    if (ours.has(extra[at])) continue;
    if (extra[at] === 'sec-websocket-protocol') protocol = null;
    lines += `${extra[at]}:${extra[at + 1]}\n`;
  }
  return protocol === null ? lines : `${lines}sec-websocket-protocol:${protocol}\n`;
}

module.exports = { upgrade };
