'use strict';

/**
 * Whole trees for `node:fs`: removed, copied and listed by the engine of `rm`, `cp` and `ls` in `Bun.$`. What it does not
 * do, or leaves undone, is left to Node's own function, which then also says what is wrong.
 */

const fs = require('node:fs');
const path = require('node:path');
const { native } = require('../internal/native');

/** @type {any} */
let engine;
/** @type {boolean | undefined} */
let isBuilt;

/** Not on Windows. */
function isThere() {
  if (isBuilt === undefined) {
    try {
      engine = native('bun-shell', 'tree');
    } catch {
      // Built without the shell.
    }
    isBuilt = engine?.removeTree !== undefined;
  }
  return isBuilt;
}

/** @param {unknown} value */
const isPath = (value) => typeof value === 'string' && value !== '' && !value.includes('\0');

/** Whether an object has such values, or none, and no others. @param {any} options @param {Record<string, unknown[]>} taken */
function hasOnly(options, taken) {
  if (options === null || typeof options !== 'object') return false;
  // Whatever a getter or a prototype adds is Node's to look at.
  if (Object.getPrototypeOf(options) !== Object.prototype && Object.getPrototypeOf(options) !== null) return false;
  for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(options))) {
    if (get !== undefined || (value !== undefined && !taken[name]?.includes(value))) return false;
  }
  return options.recursive === true;
}

const REMOVING = { recursive: [true], force: [true, false] };
const COPYING = {
  recursive: [true],
  force: [true],
  errorOnExist: [false],
  dereference: [false],
  preserveTimestamps: [false],
  verbatimSymlinks: [true, false],
  mode: [0],
};
const LISTING = { recursive: [true], encoding: ['utf8', 'utf-8', null], withFileTypes: [false] };

/**
 * A call as the engine takes it: its two functions, and their arguments. @typedef {{ name: string, given: unknown[] }} Call
 */

/** @param {unknown} target @param {unknown} options @returns {Call | undefined} */
function removal(target, options) {
  return isPath(target) && hasOnly(options, REMOVING) && isThere()
    ? { name: 'removeTree', given: [target] }
    : undefined;
}

/** @param {any} source @param {any} target @param {any} options @returns {Call | undefined} */
function copying(source, target, options) {
  if (!isPath(source) || !isPath(target) || !hasOnly(options, COPYING) || !isThere()) return undefined;
  const [from, to] = [path.resolve(source), path.resolve(target)];
  if (!fits(from, to)) return undefined;
  return { name: 'copyTree', given: [from, to, options.verbatimSymlinks === true] };
}

/** @param {unknown} directory @param {unknown} options @returns {Call | undefined} */
function listing(directory, options) {
  return isPath(directory) && hasOnly(options, LISTING) && isThere()
    ? { name: 'listTree', given: [directory] }
    : undefined;
}

/** Whether it is a directory that is copied to where nothing is, and not into itself. @param {string} from @param {string} to */
function fits(from, to) {
  if (fs.lstatSync(to, { throwIfNoEntry: false })) return false;
  if (!fs.lstatSync(from, { throwIfNoEntry: false })?.isDirectory()) return false;
  const real = fs.realpathSync(from);
  let above = path.dirname(to);
  while (!fs.lstatSync(above, { throwIfNoEntry: false })) above = path.dirname(above);
  const place = fs.realpathSync(above);
  if (place === real || place.startsWith(real + path.sep)) return false;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  return true;
}

/** @param {string} name @param {any} given what the engine gives */
function result(name, given) {
  if (name !== 'listTree') return undefined;
  return given === '' ? [] : given.slice(0, -1).split('\0');
}

/**
 * The three forms of a function of `node:fs`.
 *
 * @param {(...given: any[]) => Call | undefined} plan what the engine is asked for; undefined or an error leaves it to Node
 * @param {{ sync: Function, callback: Function, promise: Function }} nodes
 */
function forms(plan, nodes) {
  /** @param {unknown[]} given @returns {Call | undefined} */
  const planned = (given) => {
    try {
      return plan(...given);
    } catch {
      return undefined;
    }
  };
  return {
    /** @param {unknown[]} given */
    sync(...given) {
      const call = planned(given);
      if (call) {
        try {
          const done = engine[`${call.name}Sync`](...call.given);
          if (done !== null) return result(call.name, done);
        } catch {
          // Node's own says it.
        }
      }
      return nodes.sync(...given);
    },
    /** @param {unknown[]} given */
    callback(...given) {
      const done = /** @type {any} */ (given.at(-1));
      const call = typeof done === 'function' ? planned(given.slice(0, -1)) : undefined;
      if (call === undefined) {
        nodes.callback(...given);
        return;
      }
      // Outside of the promise, whose handler must not take what the callback throws.
      engine[call.name](...call.given).then(
        (/** @type {any} */ made) => {
          if (made === null) process.nextTick(nodes.callback, ...given);
          else if (call.name === 'listTree') process.nextTick(done, null, result(call.name, made));
          else process.nextTick(done, null);
        },
        () => process.nextTick(nodes.callback, ...given),
      );
    },
    /** @param {unknown[]} given */
    async promise(...given) {
      const call = planned(given);
      if (call) {
        try {
          const made = await engine[call.name](...call.given);
          if (made !== null) return result(call.name, made);
        } catch {
          // Node's own says it.
        }
      }
      return nodes.promise(...given);
    },
  };
}

const { rm, rmSync, cp, cpSync, readdir, readdirSync, promises } = fs;
const release = Number.parseInt(process.versions.node, 10);
/** Which release was the first to list a tree asynchronously with a callback, and level by level with a promise. */
const [WAITS, BY_LEVELS] = [22, 26];

const trees = {
  rm: forms(removal, { sync: rmSync, callback: rm, promise: promises.rm }),
  cp: forms(copying, { sync: cpSync, callback: cp, promise: promises.cp }),
  readdir: forms(listing, { sync: readdirSync, callback: readdir, promise: promises.readdir }),
};
/** In between, `cpSync` gives directories the mode of new ones, not that of what is copied. */
if (release >= WAITS && release < BY_LEVELS) trees.cp.sync = /** @type {any} */ (cpSync);
if (release < WAITS) trees.readdir.callback = /** @type {any} */ (readdir);
if (release < BY_LEVELS) trees.readdir.promise = /** @type {any} */ (promises.readdir);

module.exports = trees;
