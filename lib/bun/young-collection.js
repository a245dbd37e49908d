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

/** Milliseconds that a full collection may cost for each megabyte that is then not touched for the first time. */
const FULL_PRICE = 0.2;

const PATIENCE = 3;
/** How many reads are passed over at most after full collections that gave nothing, or cost too much. */
const LONGEST_PAUSE = 63;
const TURNS = 2;

/** @type {((options: { type: 'minor' | 'major' }) => void) | undefined} */
let collect;
/** How many reads that a full collection might help are passed over, and how many were. */
let [pause, passed] = [0, 0];
let step = LEAST;
/** How often in a row a collection was dear: once says that the machine was busy. */
let dear = 0;

/** Collects if it pays. @param {any} engine the native exports of files @returns {boolean} whether it has */
function collectYoung(engine) {
  const due = engine.bytesDue();
  if (due === 0) return false;
  collect ??= available();
  const started = performance.now();
  collect({ type: 'minor' });
  const took = performance.now() - started;
  dear = took > (due / MB) * PRICE ? dear + 1 : 0;
  step = dear >= PATIENCE ? MOST : LEAST;
  engine.nextCollection(step);
  return true;
}

/**
 * Gets memory back for a read on another thread. Node hands the memory of dead buffers back when the event loop turns, and
 * who asks before it does gets fresh memory, which costs several times the read.
 *
 * @param {any} engine the native exports of files
 * @param {string | number} target
 * @param {number} offset
 * @param {number} length
 * @returns {Promise<void> | undefined} nothing when the read can begin
 */
function room(engine, target, offset, length) {
  const young = collectYoung(engine);
  if (young || engine.bytesSpared(target, offset, length) > 0) return makeRoom(engine, [target, offset, length], young);
  return undefined;
}

/** @param {any} engine @param {[string | number, number, number]} read @param {boolean} young whether young objects were collected */
async function makeRoom(engine, read, young) {
  if (young) await turns();
  const bytes = engine.bytesSpared(...read);
  if (bytes === 0 || passed++ < pause) return;
  passed = 0;
  collect ??= available();
  const started = performance.now();
  collect({ type: 'major' });
  const took = performance.now() - started;
  await turns();
  const paid = engine.bytesSpared(...read) === 0 && took <= (bytes / MB) * FULL_PRICE;
  pause = paid ? 0 : Math.min(2 * pause + 1, LONGEST_PAUSE);
}

/** Node 20 hears of a dead buffer in one turn of the event loop and lets go of it in the next. */
async function turns() {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
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
    return (/** @type {{ type: 'minor' | 'major' }} */ options) => {
      v8.setFlagsFromString('--no-concurrent-array-buffer-sweeping');
      gc(options);
      v8.setFlagsFromString('--concurrent-array-buffer-sweeping');
    };
  } catch {
    return () => {};
  }
}

module.exports = { collectYoung, room };
