'use strict';

/** The `websocket` option of `Bun.serve`: checked with Bun's messages, defaults filled in. */

const { codeError } = require('../../internal/errors');
const { deflateOptions } = require('./websocket-deflate');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

const HANDLERS = ['open', 'message', 'close', 'drain', 'ping', 'pong', 'error'];
const LARGEST = 4294967295;
const DEFAULT_LIMIT = 16 * 1024 * 1024;
const DEFAULT_IDLE_TIMEOUT = 120;
const LONGEST_IDLE_TIMEOUT = 960;
const SHORTEST_IDLE_TIMEOUT = 8;

/** Flags of the engine's `upgrade`. */
const CLOSE_ON_LIMIT = 1;
const SEND_PINGS = 2;

/** @param {any} value @param {string} name @param {number} standard @param {number} largest */
function integerOf(value, name, standard, largest) {
  if (value == null) return standard;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw ERR_INVALID_ARG_TYPE(`websocket expects ${name} to be an integer`);
  return Math.min(Math.max(value, 0), largest);
}

/** @param {any} options */
function idleTimeoutOf(options) {
  const { idleTimeout } = options;
  const seconds = integerOf(idleTimeout, 'idleTimeout', DEFAULT_IDLE_TIMEOUT, Infinity);
  if (seconds > LONGEST_IDLE_TIMEOUT)
    throw ERR_INVALID_ARG_TYPE(`websocket expects idleTimeout to be ${LONGEST_IDLE_TIMEOUT} or less`);
  return seconds > 0 ? Math.max(seconds, SHORTEST_IDLE_TIMEOUT) : 0;
}

/**
 * @param {any} options
 * @returns {any} null without WebSockets
 */
function websocketOptions(options) {
  if (options == null) return null;
  if (typeof options !== 'object') throw ERR_INVALID_ARG_TYPE('Expected websocket to be an object');
  /** @type {any} */
  const handlers = {};
  for (const name of HANDLERS) {
    if (options[name] == null) continue;
    if (typeof options[name] !== 'function')
      throw ERR_INVALID_ARG_TYPE(`websocket expects a function for the '${name}' option`);
    handlers[name] = options[name];
  }
  return {
    ...handlers,
    maxPayloadLength: integerOf(options.maxPayloadLength, 'maxPayloadLength', DEFAULT_LIMIT, LARGEST),
    backpressureLimit: integerOf(options.backpressureLimit, 'backpressureLimit', DEFAULT_LIMIT, LARGEST),
    idleTimeout: idleTimeoutOf(options),
    flags: (options.closeOnBackpressureLimit ? CLOSE_ON_LIMIT : 0) | (options.sendPings === false ? 0 : SEND_PINGS),
    deflate: deflateOptions(options.perMessageDeflate),
    publishToSelf: Boolean(options.publishToSelf),
  };
}

module.exports = { websocketOptions };
