'use strict';

/**
 * Gets the memory of dead reads and blobs back in time (see `src/bun/loan.rs`).
 *
 * A collection of the young objects costs what is alive among them: a fifth of a millisecond where little is, some
 * where a program has just built much. How often one is made follows from what it cost.
 */

const { exposedGc } = require('../internal/exposed-gc');

const MB = 1024 * 1024;
const LEAST = 16 * MB;
/** V8 starts a full collection at 64 MB. */
const MOST = 48 * MB;
/** Milliseconds that a collection may cost for each megabyte that is out: a tenth of what touching fresh memory does. */
const PRICE = 0.05;

const PATIENCE = 3;

/** @type {((options: { type: 'minor' }) => void) | undefined} */
let collect;
let step = LEAST;
/** How often in a row a collection was dear: once says that the machine was busy. */
let dear = 0;

/** Collects if it pays. @param {any} engine the native exports of files */
function collectYoung(engine) {
  const due = engine.bytesDue();
  if (due === 0) return;
  collect ??= available();
  const started = performance.now();
  collect({ type: 'minor' });
  const took = performance.now() - started;
  dear = took > (due / MB) * PRICE ? dear + 1 : 0;
  step = dear >= PATIENCE ? MOST : LEAST;
  engine.nextCollection(step);
}

/**
 * The collector. Meanwhile V8 gives the memory of dead buffers back itself: a thread of its own that does it while the
 * program asks for memory again costs more than twice as much. A host that does not give its collector away
 * collects when it likes.
 */
function available() {
  try {
    const v8 = require('node:v8');
    const gc = exposedGc();
    return (/** @type {{ type: 'minor' }} */ options) => {
      v8.setFlagsFromString('--no-concurrent-array-buffer-sweeping');
      gc(options);
      v8.setFlagsFromString('--concurrent-array-buffer-sweeping');
    };
  } catch {
    return () => {};
  }
}

module.exports = { collectYoung };
