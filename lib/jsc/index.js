'use strict';

/**
 * `bun:jsc`: the part that has a meaning on V8. What describes JavaScriptCore itself (JIT tiers,
 * butterflies, bytecode) is absent.
 *
 * @see https://bun.com/reference/bun/jsc
 */

const { defineLazy } = require('../internal/lazy');

module.exports = defineLazy(
  /** @type {any} */ ({}),
  {
    callerSourceOrigin: () => () => require('../loader/caller').callerUrl(),
    fullGC: () => () => require('../bun/gc')(true),
    gcAndSweep: () => () => require('../bun/gc')(true),
    edenGC: () => () => require('../bun/gc')(false),
    heapSize: () => require('./heap').heapSize,
    heapStats: () => require('./heap').heapStats,
    memoryUsage: () => require('./heap').memoryUsage,
    serialize: () => require('./serialize').serialize,
    deserialize: () => require('./serialize').deserialize,
    setTimeZone: () => require('./set-time-zone'),
    setTimezone: () => require('./set-time-zone'),
  },
);
