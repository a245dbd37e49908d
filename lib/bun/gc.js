'use strict';

const { exposedGc } = require('../internal/exposed-gc');

/** @type {undefined | (() => void)} V8's own, found on first use */
let collect;

/**
 * `Bun.gc`: collects garbage now.
 *
 * @see https://bun.com/docs/project/benchmarking#bun-gc
 * @param {boolean} [_force] Bun waits for the collection when true; V8's is always over on return
 * @returns {number} the size of the heap in bytes after it
 */
function gc(_force) {
  collect ??= exposedGc(); // not the global one: a program may have put `Bun.gc` there
  /** @type {() => void} */ (collect)();
  return process.memoryUsage().heapUsed;
}

module.exports = gc;
