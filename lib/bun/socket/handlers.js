'use strict';

/** What a program wants to hear of its sockets: the option `socket`, checked. */

const { codeError } = require('../../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
/** By name, what Bun calls them. @type {Record<string, string>} */
const callbacks = {
  open: 'onOpen',
  close: 'onClose',
  data: 'onData',
  drain: 'onWritable',
  timeout: 'onTimeout',
  connectError: 'onConnectError',
  end: 'onEnd',
  error: 'onError',
  handshake: 'onHandshake',
};
const binaryTypes = ['arraybuffer', 'buffer', 'uint8array'];

/** @typedef {Record<string, any> & { binaryType: string }} Handlers */

/** @param {any} given @returns {Handlers} */
function readHandlers(given) {
  if (typeof given !== 'object' || given === null) throw ERR_INVALID_ARG_TYPE('SocketOptions.socket is required');
  /** @type {Handlers} */
  const handlers = { binaryType: given.binaryType ?? 'buffer' };
  for (const [name, shown] of Object.entries(callbacks)) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'function') throw ERR_INVALID_ARG_TYPE(`Expected "${shown}" callback to be a function`);
    handlers[name] = value.bind(given);
  }
  if (!handlers.data && !handlers.drain) throw ERR_INVALID_ARG_TYPE('Expected at least "data" or "drain" callback');
  if (!binaryTypes.includes(handlers.binaryType))
    throw ERR_INVALID_ARG_TYPE('SocketHandler.binaryType must be "arraybuffer", "buffer", or "uint8array"');
  return handlers;
}

/** @param {Buffer} chunk with memory of its own or of a pool @param {string} type */
function inType(chunk, type) {
  if (type === 'buffer') return chunk;
  const bytes = new Uint8Array(chunk);
  return type === 'uint8array' ? bytes : bytes.buffer;
}

module.exports = { readHandlers, inType, ERR_INVALID_ARG_TYPE };
