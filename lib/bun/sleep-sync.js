'use strict';

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * `Bun.sleepSync`: blocks the thread for a while.
 *
 * @see https://bun.com/docs/runtime/utils#bun-sleepsync
 * @param {number} milliseconds
 * @throws ERR_INVALID_ARG_TYPE when it is no number, or negative
 */
function sleepSync(milliseconds) {
  if (typeof milliseconds !== 'number') throw ERR_INVALID_ARG_TYPE('milliseconds must be a number');
  if (milliseconds < 0)
    throw ERR_INVALID_ARG_TYPE(`argument to sleepSync must not be negative, got ${Math.trunc(milliseconds)}`);
  if (milliseconds > 0) Atomics.wait(never, 0, 0, milliseconds);
}

module.exports = sleepSync;
