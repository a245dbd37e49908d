'use strict';

const { exposedGc } = require('../internal/exposed-gc');

/** @type {undefined | ((options?: any) => any)} V8's own, found on first use */
let collect;
/** Whether a collection is on its way. */
let asked = false;

/**
 * `Bun.gc`: collects garbage, now or as soon as the program waits for something.
 *
 * @see https://bun.com/docs/project/benchmarking#bun-gc
 * @param {boolean} [force] whether to wait for the collection, which takes a millisecond for each megabyte in use
 * @returns {number} the size of the heap in bytes
 */
function gc(force = false) {
  collect ??= exposedGc(); // not the global one: a program may have put `Bun.gc` there
  if (force) collect();
  else later();
  return require('node:v8').getHeapStatistics().used_heap_size;
}

/** However often it is asked for, there is one. */
function later() {
  if (asked) return;
  asked = true;
  /** @type {any} */ (collect)({ type: 'major', execution: 'async' }).then(() => {
    asked = false;
  });
}

Object.defineProperty(gc, 'length', { value: 1, configurable: true });

module.exports = gc;
