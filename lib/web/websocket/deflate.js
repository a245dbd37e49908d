'use strict';

/**
 * The extension `permessage-deflate`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7692
 */

const zlib = require('node:zlib');

const OFFER = 'permessage-deflate; client_max_window_bits';
const WINDOW = 32768;
/** Bytes from which on a message is worth it. */
const LEAST = 860;
/** Bytes that a message may have when it is decompressed. */
const MOST = 2 ** 27;
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const flags = new Set(['server_no_context_takeover', 'client_no_context_takeover']);
const bits = new Set(['server_max_window_bits', 'client_max_window_bits']);

/**
 * @param {string} answer the server's `Sec-WebSocket-Extensions`
 * @returns {{ inflate: (data: Buffer) => Buffer, deflate: (data: Uint8Array) => Buffer | undefined } | undefined} nothing if it is not what was offered
 */
function agree(answer) {
  const [name, ...parameters] = answer.split(';').map((part) => part.trim());
  if (name !== 'permessage-deflate') return undefined;
  /** @type {Map<string, number | true>} */
  const agreed = new Map();
  for (const parameter of parameters) {
    const [key, value] = parameter.split('=').map((part) => part.trim().replaceAll('"', ''));
    if (agreed.has(key)) return undefined;
    if (flags.has(key) && value === undefined) agreed.set(key, true);
    else if (bits.has(key) && /^(?:[89]|1[0-5])$/.test(value ?? '')) agreed.set(key, Number(value));
    else return undefined;
  }
  return {
    inflate: inflater(!agreed.has('server_no_context_takeover')),
    deflate: deflater(agreed.get('client_max_window_bits')),
  };
}

/** The window is handed on as a dictionary, so that each message is decompressed at once. @param {boolean} takeover */
function inflater(takeover) {
  /** @type {Buffer} */
  let window = Buffer.alloc(0);
  return (/** @type {Buffer} */ data) => {
    const options = {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
      maxOutputLength: MOST,
      ...(window.length > 0 ? { dictionary: window } : {}),
    };
    const whole = zlib.inflateRawSync(Buffer.concat([data, TAIL]), options);
    if (takeover) window = Buffer.concat([window, whole]).subarray(-WINDOW);
    return whole;
  };
}

/** Each message stands alone: what a server may do with its context, it need not. @param {number | true | undefined} windowBits */
function deflater(windowBits) {
  const size = typeof windowBits === 'number' ? Math.max(9, windowBits) : 15;
  return (/** @type {Uint8Array} */ data) => {
    if (data.length < LEAST || windowBits === 8) return undefined; // zlib writes no window of 8 bits
    const bytes = zlib.deflateRawSync(data, { finishFlush: zlib.constants.Z_SYNC_FLUSH, windowBits: size });
    return bytes.subarray(0, bytes.length - TAIL.length);
  };
}

module.exports = { OFFER, agree };
