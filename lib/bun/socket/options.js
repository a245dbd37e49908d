'use strict';

/** Where to listen or to connect to: the options of `Bun.listen` and `Bun.connect`, checked. */

const { codeError } = require('../../internal/errors');
const { ERR_INVALID_ARG_TYPE, readHandlers } = require('./handlers');

const ERR_OUT_OF_RANGE = codeError(RangeError, 'ERR_OUT_OF_RANGE', (message) => message);
const LAST_PORT = 65535;

/**
 * @typedef {object} SocketOptions
 * @property {import('./handlers').Handlers} handlers
 * @property {string | undefined} unix
 * @property {string} hostname
 * @property {number} port
 * @property {number | undefined} fd
 * @property {any} tls what Node's `tls` takes; nothing without
 * @property {any} data
 * @property {boolean} allowHalfOpen
 * @property {any} given
 */

/** @param {any} given @param {boolean} takesFd @returns {SocketOptions} */
function readOptions(given, takesFd) {
  const handlers = readHandlers(given.socket);
  const { unix, hostname, fd, allowHalfOpen, data } = given;
  const named = typeof unix === 'string' && unix !== '' ? unix.replace(/^(?:unix|file):(?:\/\/)?/, '') : undefined;
  const byFd = takesFd && typeof fd === 'number';
  if (named === undefined && !byFd && (hostname === undefined || hostname === null || hostname === ''))
    throw ERR_INVALID_ARG_TYPE('Expected either "hostname" or "unix"');
  return {
    handlers,
    unix: named,
    hostname: String(hostname ?? '').replace(/^\[|\]$/g, ''),
    port: named === undefined && !byFd ? readPort(given.port) : 0,
    fd: byFd ? fd : undefined,
    tls: readTls(given.tls),
    data,
    allowHalfOpen: Boolean(allowHalfOpen),
    given,
  };
}

/** @param {unknown} value */
function readPort(value) {
  if (value === undefined || value === null) throw ERR_INVALID_ARG_TYPE('Missing "port"');
  const port = Number(value);
  if (!(port >= 0 && port <= LAST_PORT))
    throw ERR_OUT_OF_RANGE(`SocketOptions.port must be in the range [0, ${LAST_PORT}] (received ${value})`);
  return Math.trunc(port);
}

/** @param {any} tls */
function readTls(tls) {
  if (tls === undefined || tls === null || tls === false) return undefined;
  if (tls === true) return {};
  if (typeof tls !== 'object') throw ERR_INVALID_ARG_TYPE('TLSOptions must be an object');
  const { tlsOptions, withIdentity } = require('../../web/fetch/tls-options');
  const { requestCert } = tls;
  return { ...withIdentity(tlsOptions(tls)), ...(requestCert === undefined ? {} : { requestCert }) };
}

module.exports = { readOptions, readTls };
