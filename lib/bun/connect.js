'use strict';

const { connect: open } = require('./socket/connect');
const { ERR_INVALID_ARG_TYPE } = require('./socket/handlers');
const { readOptions } = require('./socket/options');

/**
 * `Bun.connect`: a connection of TCP, of TLS, or to a socket of the file system.
 *
 * @see https://bun.com/docs/runtime/networking/tcp
 * @param {any} options
 * @returns {Promise<import('./socket/socket').Socket>}
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
 */
function connect(options) {
  if (typeof options !== 'object' || options === null) throw ERR_INVALID_ARG_TYPE('Expected options object');
  return open(readOptions(options, true));
}

module.exports = connect;
