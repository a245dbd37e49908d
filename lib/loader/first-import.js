'use strict';

/**
 * Tells when the first code appears that could `import`: module hooks make every `require` slower, and
 * on Node < 22.15 they take a thread that costs more to start than all else.
 */

const Module = /** @type {any} */ (require('node:module'));
const path = require('node:path');
const { isMainThread } = require('../internal/thread');
const { isOwnFile } = require('./own-files');

/** What an ES module starts a line with, and what any module imports with. */
const STATIC = /^\s*(?:import|export)\b/m;
const DYNAMIC = /\bimport\s*\(/;

/** @type {(() => void) | undefined} */
let pending;

/**
 * Calls back at once where an ES module may be the program's start or is loaded already, else when a
 * module with an import is compiled, or when `now` is called.
 *
 * @param {() => void} callback
 * @param {{ required: boolean, entryIsTold?: boolean }} options `required`: whether static imports of a
 *   `require`d ES module count; `entryIsTold`: `now` is called before the program's first file is imported
 */
function whenNeeded(callback, { required, entryIsTold = false }) {
  const isWorker = !isMainThread(); // what it runs is not known
  if (isWorker || (!entryIsTold && startsWithModule()) || isLoaded()) return callback();
  pending = callback;
  watch(required);
}

/** An import is about to happen. */
function now() {
  const callback = pending;
  pending = undefined;
  callback?.();
}

function startsWithModule() {
  if (process.execArgv.some((flag) => flag.startsWith('--input-type') || flag.startsWith('--import'))) return true;
  const entry = process.argv[1] ?? '';
  if (/\.c[jt]s$/.test(entry)) return false;
  if (/\.m[jt]s$/.test(entry)) return true;
  const file = Module._findPath(path.resolve(entry), null, true);
  return file ? mayImport(file) : false;
}

/** Whether a module that could import is loaded: the one that requires the polyfill, or who required that. */
function isLoaded() {
  return Object.keys(Module._cache).some((file) => !isOwnFile(file) && mayImport(file));
}

/** @param {string} file */
function mayImport(file) {
  try {
    const source = require('node:fs').readFileSync(file, 'utf8');
    return STATIC.test(source) || DYNAMIC.test(source);
  } catch {
    return false; // Node says what is wrong with it
  }
}

/** Looks at the modules that `require` compiles. @param {boolean} required */
function watch(required) {
  const { _compile } = Module.prototype;
  Module.prototype._compile = function compile(
    /** @type {string} */ content,
    /** @type {string} */ filename,
    /** @type {any} */ ...rest
  ) {
    if (
      pending &&
      !isOwnFile(filename) &&
      (DYNAMIC.test(content) || (required && (rest[0] === 'module' || STATIC.test(content))))
    )
      now();
    return _compile.call(this, content, filename, ...rest);
  };
}

module.exports = { whenNeeded, now };
