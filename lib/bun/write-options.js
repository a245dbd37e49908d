'use strict';

/**
 * The options of `Bun.write`, checked, with Bun's errors.
 */

const { codeError, ERR_OUT_OF_RANGE } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const DEFAULT_MODE = 0o664;
const MOST = 0o777;

/** @param {unknown} options @throws ERR_INVALID_ARG_TYPE */
function checkOptions(options) {
  if (options != null && typeof options !== 'object' && typeof options !== 'function')
    throw ERR_INVALID_ARG_TYPE("Expected options to be a object for 'write'.");
}

/** @param {any} options @returns {number} the mode of a new file @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE */
function modeOf(options) {
  const mode = options?.mode;
  if (mode == null) return DEFAULT_MODE;
  if (typeof mode !== 'number') throw ERR_INVALID_ARG_TYPE("Expected options.mode to be a number for 'write'.");
  if (mode < 0 || mode > MOST) throw ERR_OUT_OF_RANGE('mode', `>= 0 and <= ${MOST}`, mode);
  return Number.isInteger(mode) ? mode : DEFAULT_MODE;
}

/** @param {any} options @returns {boolean} whether directories are made @throws ERR_INVALID_ARG_TYPE */
function createPathOf(options) {
  const createPath = options?.createPath;
  if (createPath == null) return true;
  if (typeof createPath !== 'boolean')
    throw ERR_INVALID_ARG_TYPE("Expected options.createPath to be a boolean for 'write'.");
  return createPath;
}

module.exports = { checkOptions, createPathOf, modeOf };
