'use strict';

/** The clock and timers as they were before any fake timers: the runner itself lives on real time. */

module.exports = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  now: performance.now.bind(performance),
};
