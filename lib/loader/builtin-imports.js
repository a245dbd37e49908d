'use strict';

/**
 * `import … from 'bun'` and `'bun:*'` in programs that have the polyfill and not the loader:
 * `node -r dx-compat app.mjs`, `import 'dx-compat'`.
 *
 * Module hooks make every `require` slower, and on Node < 22.15 they take a thread that costs more to
 * start than all else. So they are installed when the first code appears that could import.
 */

const Module = /** @type {any} */ (require('node:module'));
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const installed = Symbol.for('dx-compat.imports');
const loader = Symbol.for('dx-compat.loader.installed');

/** What an ES module starts a line with, and what a CommonJS module imports with. */
const IMPORTS = /^\s*(?:import|export)\b|\bimport\s*\(/m;

function install() {
  const global = /** @type {any} */ (globalThis);
  if (global[installed] || global[loader]) return;
  Object.defineProperty(globalThis, installed, { value: true });
  if (!require('node:worker_threads').isMainThread || startsWithModule() || isLoaded()) installHooks();
  else waitForImport();
}

/** Whether the program's first file may be an ES module. A worker thread's is not known. */
function startsWithModule() {
  if (process.execArgv.some((flag) => flag.startsWith('--input-type') || flag.startsWith('--import'))) return true;
  const entry = process.argv[1] ?? '';
  if (/\.c[jt]s$/.test(entry)) return false;
  if (/\.m[jt]s$/.test(entry)) return true;
  const file = Module._findPath(path.resolve(entry), null, true);
  return file ? mayImport(file) : false;
}

/** Whether a module that could import is loaded already: the one that requires the polyfill, or who required that. */
function isLoaded() {
  const { isOwnFile } = require('./own-files');
  return Object.keys(Module._cache).some((file) => !isOwnFile(file) && mayImport(file));
}

/** @param {string} file */
function mayImport(file) {
  try {
    return IMPORTS.test(require('node:fs').readFileSync(file, 'utf8'));
  } catch {
    return false; // Node says what is wrong with it
  }
}

/** Looks at the CommonJS modules that are compiled. */
function waitForImport() {
  const { _compile } = Module.prototype;
  let waiting = true;
  Module.prototype._compile = function compile(
    /** @type {string} */ content,
    /** @type {string} */ filename,
    /** @type {any} */ ...rest
  ) {
    if (waiting && (rest[0] === 'module' || IMPORTS.test(content))) {
      waiting = false;
      installHooks();
    }
    return _compile.call(this, content, filename, ...rest);
  };
}

function installHooks() {
  require('./runtime').install();
  if (typeof Module.registerHooks === 'function') Module.registerHooks(require('./builtin-hooks'));
  else Module.register(pathToFileURL(`${__dirname}/builtin-thread.mjs`));
}

module.exports = { install };
