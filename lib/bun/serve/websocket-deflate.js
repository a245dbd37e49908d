'use strict';

/**
 * Compression of WebSockets: the option `perMessageDeflate` and what is agreed on with a client.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7692#section-7
 */

const { codeError } = require('../../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** The kinds by name: the bits of the window, or how the state is kept. */
const SIZES = ['3KB', '4KB', '8KB', '16KB', '32KB', '64KB', '128KB', '256KB'];
const SENT_BITS = [9, 9, 10, 11, 12, 13, 14, 15];
const RECEIVED_BITS = [12, 12, 13, 14, 15, 15, 15, 15];
const LARGEST = 15;
const SMALLEST = 8;
/** What deflate can do; a client that wants 8 bits is not served. */
const SMALLEST_SENT = 9;

/** Bits of the engine's `upgrade`. */
const ENABLED = 1;
const COMPRESSES = 2;
const KEEPS_SENT = 4;
const KEEPS_RECEIVED = 8;
const WINDOW_SHIFT = 8;

/** `bits` 0: off. `kept`: the state is a connection's own. @typedef {{ bits: number, kept: boolean }} Kind */

/** @param {any} value @param {string} name @param {number[]} bits @returns {Kind} */
function kindOf(value, name, bits) {
  if (value == null || value === false || value === 'disable') return { bits: 0, kept: false };
  if (value === true || value === 'shared') return { bits: LARGEST, kept: false };
  if (value === 'dedicated') return { bits: LARGEST, kept: true };
  const at = SIZES.indexOf(value);
  if (at !== -1) return { bits: bits[at], kept: true };
  const names = `"disable" "shared" "dedicated" ${SIZES.slice(0, -1)
    .map((size) => `"${size}"`)
    .join(' ')} or "256KB"`;
  throw ERR_INVALID_ARG_TYPE(`websocket expects a valid ${name} option, either ${names}`);
}

/**
 * @param {any} option `perMessageDeflate`
 * @returns {{ compress: Kind, decompress: Kind } | null} null when messages are not compressed
 */
function deflateOptions(option) {
  if (option == null || option === false) return null;
  if (option === true) option = { compress: 'shared', decompress: 'shared' };
  if (typeof option !== 'object')
    throw ERR_INVALID_ARG_TYPE('websocket expects perMessageDeflate to be a boolean or an object');
  const compress = kindOf(option.compress, 'compress', SENT_BITS);
  const decompress = kindOf(option.decompress, 'decompress', RECEIVED_BITS);
  return compress.bits === 0 && decompress.bits === 0 ? null : { compress, decompress };
}

/** @param {string} value @returns {number | null} */
function bitsOf(value) {
  const bits = /^\d{1,2}$/.test(value) ? Number(value) : 0;
  return bits >= SMALLEST && bits <= LARGEST ? bits : null;
}

/** @param {string} offer `permessage-deflate; …` @returns {Map<string, string> | null} null for what cannot be agreed to */
function parametersOf(offer) {
  const [name, ...rest] = offer.split(';').map((part) => part.trim());
  if (name !== 'permessage-deflate') return null;
  const parameters = new Map();
  for (const part of rest) {
    const [key, value = ''] = part.split('=').map((text) => text.trim().replace(/^"(.*)"$/, '$1'));
    const flag = key === 'server_no_context_takeover' || key === 'client_no_context_takeover';
    const sized = key === 'server_max_window_bits' || (key === 'client_max_window_bits' && value !== '');
    if (parameters.has(key) || (flag && value !== '') || (sized && bitsOf(value) === null)) return null;
    if (!flag && !sized && key !== 'client_max_window_bits') return null;
    parameters.set(key, value);
  }
  return parameters;
}

/**
 * What is agreed on with a client.
 *
 * @param {string | null} offers the value of `Sec-WebSocket-Extensions`
 * @param {ReturnType<typeof deflateOptions>} options
 * @returns {{ answer: string, bits: number } | null} null: no compression
 */
function negotiate(offers, options) {
  if (offers === null || options === null) return null;
  const { compress, decompress } = options;
  for (const offer of offers.split(',')) {
    const given = parametersOf(offer.trim());
    if (given === null) continue;
    const asked = given.has('server_max_window_bits') ? Number(given.get('server_max_window_bits')) : LARGEST;
    // The state that connections share has the largest window.
    if (asked < SMALLEST_SENT || (asked < LARGEST && !compress.kept && compress.bits > 0)) continue;
    const keepsSent = compress.kept && !given.has('server_no_context_takeover');
    const keepsReceived = decompress.kept && !given.has('client_no_context_takeover');
    const sent = Math.min(compress.bits || LARGEST, asked);
    const limit = given.get('client_max_window_bits');
    const received =
      limit === undefined ? LARGEST : Math.min(limit ? Number(limit) : LARGEST, decompress.bits || LARGEST);
    const answer = ['permessage-deflate'];
    if (!keepsReceived) answer.push('client_no_context_takeover');
    if (!keepsSent) answer.push('server_no_context_takeover');
    if (received < LARGEST && keepsReceived) answer.push(`client_max_window_bits=${received}`);
    if (sent < LARGEST) answer.push(`server_max_window_bits=${sent}`);
    const bits =
      ENABLED |
      (compress.bits > 0 ? COMPRESSES : 0) |
      (keepsSent ? KEEPS_SENT : 0) |
      (keepsReceived ? KEEPS_RECEIVED : 0) |
      (sent << WINDOW_SHIFT);
    return { answer: answer.join('; '), bits };
  }
  return null;
}

module.exports = { deflateOptions, negotiate };
