'use strict';

/**
 * `stat` and `lstat` for `node:fs`, asynchronous: the calls of one turn go to the thread pool together. Of a file that
 * cannot be looked at Node's own function says why.
 */

const fs = require('node:fs');
const { native } = require('../internal/native');

/** With fewer calls Node's own are no dearer. */
const FEW = 4;
/** What one thread looks at; more of them are shared among threads. */
const SHARE = 128;
/** Numbers of one file, of which the first tells whether it was found. */
const FACTS = 19;

/** @typedef {{ path: string, done: (stats: fs.Stats | undefined) => void }} Asked */

/** The class itself: what `fs.Stats` is warns of its use in late versions. @type {any} */
let Stats;
/** @type {any} */
let engine;
/** @type {boolean | undefined} */
let isBuilt;

/** Not on Windows. */
function isThere() {
  if (isBuilt === undefined) {
    try {
      engine = native('node-core', 'stat');
    } catch {
      // Built without it.
    }
    isBuilt = engine?.statAll !== undefined;
  }
  return isBuilt;
}

/** The calls of this turn, of those that follow links and of those that do not. @type {{ follow: boolean, asked: Asked[] }[]} */
const kinds = [
  { follow: true, asked: [] },
  { follow: false, asked: [] },
];

/** @param {unknown} path @param {any} options */
function isPlain(path, options) {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) return false;
  if (options === undefined) return isThere();
  if (options === null || typeof options !== 'object' || Object.getPrototypeOf(options) !== Object.prototype)
    return false;
  return Object.keys(options).every((name) => name === 'bigint') && !options.bigint && isThere();
}

/**
 * @param {boolean} follow
 * @param {string} path
 * @param {Asked['done']} done gets undefined when the call is Node's
 */
function ask(follow, path, done) {
  const kind = kinds[follow ? 0 : 1];
  kind.asked.push({ path, done });
  if (kind.asked.length === 1) process.nextTick(look, kind);
}

/** @param {typeof kinds[number]} kind */
function look(kind) {
  const { asked } = kind;
  kind.asked = [];
  if (asked.length < FEW) {
    for (const { done } of asked) done(undefined);
    return;
  }
  const share = Math.min(SHARE, Math.ceil(asked.length / 2));
  for (let start = 0; start < asked.length; start += share) {
    const part = asked.slice(start, start + share);
    const paths = part.map(({ path }) => path).join('\0');
    engine.statAll(paths, kind.follow).then(
      (/** @type {Float64Array} */ facts) => {
        for (const [at, { done }] of part.entries()) done(statsOf(facts, at * FACTS));
      },
      () => {
        for (const { done } of part) done(undefined);
      },
    );
  }
}

/** @param {Float64Array} facts @param {number} at @returns {fs.Stats | undefined} */
function statsOf(facts, at) {
  if (facts[at] === 0) return undefined;
  Stats ??= /** @type {any} */ (fs.statSync('/').constructor);
  const [dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, ...times] = facts.subarray(at + 1, at + FACTS);
  // Late versions take seconds and nanoseconds, earlier ones milliseconds.
  if (Stats.length !== times.length + 10) {
    for (let each = 0; each < 4; each++) times[each] = times[2 * each] * 1e3 + times[2 * each + 1] / 1e6;
    times.length = 4;
  }
  return new Stats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, ...times);
}

/**
 * The two asynchronous forms of a function of `node:fs`.
 *
 * @param {boolean} follow
 * @param {{ callback: any, promise: any }} nodes
 */
function forms(follow, nodes) {
  return {
    /** @param {any} path @param {any} options @param {any} callback */
    callback(path, options, callback) {
      const [plain, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
      if (typeof done !== 'function' || !isPlain(path, plain)) return nodes.callback(path, options, callback);
      // A promise keeps the context of the call; what the callback throws must not become a rejection.
      new Promise((resolve) => ask(follow, path, resolve)).then((stats) => {
        if (stats) process.nextTick(done, null, stats);
        else process.nextTick(nodes.callback, path, done);
      });
    },
    /** @param {any} path @param {any} options */
    async promise(path, options) {
      const stats = isPlain(path, options) ? await new Promise((resolve) => ask(follow, path, resolve)) : undefined;
      return stats ?? nodes.promise(path, options);
    },
  };
}

const { stat, lstat, promises } = fs;

module.exports = {
  stat: forms(true, { callback: stat, promise: promises.stat }),
  lstat: forms(false, { callback: lstat, promise: promises.lstat }),
};
