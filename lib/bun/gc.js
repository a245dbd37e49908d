'use strict';

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
  collect ??= exposed(); // not the global one: a program may have put `Bun.gc` there
  /** @type {() => void} */ (collect)();
  return process.memoryUsage().heapUsed;
}

/** V8 gives `gc` only to contexts made while the flag is up, so the program's own global is not changed. */
function exposed() {
  const v8 = require('node:v8');
  v8.setFlagsFromString('--expose-gc');
  const found = require('node:vm').runInNewContext('gc');
  if (typeof globalThis.gc !== 'function') v8.setFlagsFromString('--no-expose-gc');
  return found;
}

module.exports = gc;
