'use strict';

/** The clock and timers as they were before any fake timers: the runner itself lives on real time. */

const { setImmediate } = globalThis;
/** @type {import('node:worker_threads').MessageChannel | undefined} */
let channel;
/** @type {(() => void)[]} */
const waiting = [];

/**
 * One turn of the event loop, and no callback of `setImmediate` around what comes then: there Node would look at its
 * timers before it runs the immediates of a test, which in Bun come first.
 *
 * @param {() => void} then
 */
function turn(then) {
  setImmediate(() => {
    const { port1, port2 } = (channel ??= open());
    waiting.push(then);
    port1.ref();
    port2.postMessage(undefined);
  });
}

function open() {
  const made = new (require('node:worker_threads').MessageChannel)();
  made.port1.on('message', () => {
    const then = waiting.shift();
    if (waiting.length === 0) made.port1.unref();
    then?.();
  });
  return made;
}

module.exports = {
  turn,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate,
  now: performance.now.bind(performance),
};
