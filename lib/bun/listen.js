'use strict';

const { ERR_INVALID_ARG_TYPE } = require('./socket/handlers');
const { Listener } = require('./socket/listener');
const { readOptions } = require('./socket/options');

/**
 * `Bun.listen`: a server of TCP, of TLS, or of a socket of the file system.
 *
 * @see https://bun.com/docs/runtime/networking/tcp
 * @param {any} options
 * @returns {Listener}
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, and errors of the system
 */
function listen(options) {
  if (typeof options !== 'object' || options === null) throw ERR_INVALID_ARG_TYPE('Expected object');
  return new Listener(readOptions(options, false));
}

module.exports = listen;
