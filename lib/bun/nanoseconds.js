'use strict';

const { performance } = require('node:perf_hooks');

const now = performance.now.bind(performance); // test clocks replace the method, not this

/**
 * `Bun.nanoseconds`: nanoseconds since the process started.
 *
 * @see https://bun.com/docs/runtime/utils#bun-nanoseconds
 * @returns {number} an integer
 */
function nanoseconds() {
  return Math.trunc(now() * 1e6);
}

module.exports = nanoseconds;
