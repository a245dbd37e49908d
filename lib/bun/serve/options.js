'use strict';

/** The options of `Bun.serve`: checked with Bun's messages, defaults filled in. */

const { codeError } = require('../../internal/errors');
const runtime = require('../../internal/runtime');

const { tlsOptions } = require('./tls');
const { websocketOptions } = require('./websocket-options');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_OUT_OF_RANGE = codeError(RangeError, 'ERR_OUT_OF_RANGE', (message) => message);

const NEEDS_HANDLER = `Bun.serve() needs either:

  - A routes object:
     routes: {
       "/path": {
         GET: (req) => new Response("Hello")
       }
     }

  - Or a fetch handler:
     fetch: (req) => {
       return new Response("Hello")
     }

Learn more at https://bun.com/docs/api/http`;

/** Flags of the engine's `listen`. */
const HTTP2 = 8;
const NO_HTTP1 = 16;
const HTTP3 = 128;

const DEFAULT_PORT = 3000;
const DEFAULT_IDLE_TIMEOUT = 10;
const LONGEST_IDLE_TIMEOUT = 255;
const DEFAULT_MAX_BODY = 128 * 1024 * 1024;
const LARGEST_PORT = 65535;

/** @param {any} port @returns {number} */
function portOf(port) {
  const given = port ?? environmentPort() ?? runtime.port ?? DEFAULT_PORT;
  const number = given === '' ? DEFAULT_PORT : Number(given);
  if (!Number.isInteger(number)) {
    throw ERR_OUT_OF_RANGE(`The value of "options.port" is out of range. It must be an integer. Received ${number}`);
  }
  if (number < 0 || number > LARGEST_PORT) {
    throw ERR_OUT_OF_RANGE(
      `The value of "options.port" is out of range. It must be >= 0 and <= ${LARGEST_PORT}. Received ${number}`,
    );
  }
  return number;
}

/** The first of Bun's variables that holds a port; others are passed over. */
function environmentPort() {
  const { BUN_PORT, PORT, NODE_PORT } = process.env;
  return [BUN_PORT, PORT, NODE_PORT].find(
    (text) => text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= LARGEST_PORT,
  );
}

/** @param {any} seconds @returns {number} */
function idleTimeoutOf(seconds) {
  if (seconds == null) return DEFAULT_IDLE_TIMEOUT;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds))
    throw ERR_INVALID_ARG_TYPE('Bun.serve expects idleTimeout to be an integer');
  if (seconds > LONGEST_IDLE_TIMEOUT)
    throw ERR_INVALID_ARG_TYPE(`Bun.serve expects idleTimeout to be ${LONGEST_IDLE_TIMEOUT} or less`);
  return Math.max(seconds, 0);
}

/**
 * The versions of HTTP, as flags of the engine's `listen`.
 *
 * @param {any} options
 * @param {boolean} encrypted
 * @param {boolean} overUnix
 */
function versionsOf(options, encrypted, overUnix) {
  const { http1, http2, http3 } = options;
  if (http3 === true && !encrypted) throw ERR_INVALID_ARG_TYPE("HTTP/3 requires 'tls' to be set");
  if (http1 === false && http2 !== true && http3 !== true)
    throw ERR_INVALID_ARG_TYPE('Cannot disable http1 without enabling http2 or http3');
  if (http3 === true && overUnix)
    process.stderr.write('warn: http3: true with a unix socket \u2014 HTTP/3 listener skipped\n');
  return (http2 === true ? HTTP2 : 0) | (http1 === false ? NO_HTTP1 : 0) | (http3 === true && !overUnix ? HTTP3 : 0);
}

/** Whether an address is there: an empty one, of bytes too, is none. @param {any} value */
function isGiven(value) {
  return value != null && String(value) !== '';
}

/** What `reload` changes: what is given. @param {any} options */
function reloaded(options) {
  const { fetch, error, router, websocket } = handlersOf(options, true);
  return {
    ...(fetch === undefined ? null : { fetch }),
    ...(error === undefined ? null : { error }),
    ...((options.routes ?? options.static) == null ? null : { router }),
    ...(options.websocket == null ? null : { websocket }),
  };
}

/** @param {any} options @param {boolean} [mayBeNone] the server has a handler already */
function handlersOf(options, mayBeNone = false) {
  if (options === null || (typeof options !== 'object' && typeof options !== 'function'))
    throw ERR_INVALID_ARG_TYPE('Bun.serve expects an object');
  const { fetch, error, websocket } = options;
  const routes = options.routes ?? options.static;
  if (routes != null && typeof routes !== 'object') throw ERR_INVALID_ARG_TYPE('routes must be an object');
  // The app that Hono exports has an array there, which Bun ignores.
  const hasRoutes = routes != null && !Array.isArray(routes) && Object.keys(routes).length > 0;
  if (fetch == null && !hasRoutes && !mayBeNone) throw ERR_INVALID_ARG_TYPE(NEEDS_HANDLER);
  if (fetch != null && typeof fetch !== 'function') throw ERR_INVALID_ARG_TYPE('Expected fetch() to be a function');
  if (error != null && typeof error !== 'function') throw ERR_INVALID_ARG_TYPE('Expected error to be a function');
  const { Router } = require('./router');
  return {
    fetch: fetch ?? undefined,
    error: error ?? undefined,
    router: hasRoutes ? new Router(routes) : null,
    websocket: websocketOptions(websocket),
  };
}

/**
 * @param {any} options as given to `Bun.serve`
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
function serveOptions(options) {
  const handlers = handlersOf(options);
  if (isGiven(options.unix) && isGiven(options.hostname))
    throw ERR_INVALID_ARG_TYPE('Cannot specify both hostname and unix');
  const tls = tlsOptions(options);
  const { unix, hostname, development, id, maxRequestBodySize } = options;
  return {
    ...handlers,
    unix: isGiven(unix) ? String(unix) : undefined,
    hostname: isGiven(hostname) ? String(hostname) : undefined,
    port: isGiven(unix) ? 0 : portOf(options.port),
    tls,
    versions: versionsOf(options, tls !== null, isGiven(unix)),
    reusePort: Boolean(options.reusePort),
    ipv6Only: Boolean(options.ipv6Only),
    idleTimeout: idleTimeoutOf(options.idleTimeout),
    maxRequestBodySize: Number.isFinite(maxRequestBodySize) ? Math.max(0, maxRequestBodySize) : DEFAULT_MAX_BODY,
    development: development == null ? process.env.NODE_ENV !== 'production' : Boolean(development),
    id: id == null ? '' : String(id),
  };
}

module.exports = { serveOptions, reloaded, ERR_INVALID_ARG_TYPE };
