'use strict';

/**
 * The entry of the program: `Bun.main`, `import.meta.main`; and how to run one.
 */

const fs = require('node:fs');
const path = require('node:path');
const shared = require('../internal/runtime');

/** @type {string | undefined} */
let found;

/** @returns {string} the entry's path; empty when there is none (`node -e`) */
function get() {
  return shared.main ?? (found ??= find());
}

/** @param {string} filename for the hooks thread, which has no `process.argv` of its own */
function set(filename) {
  found = filename;
}

function find() {
  const given = process.argv[1];
  if (!given) return '';
  try {
    return fs.realpathSync(/** @type {any} */ (require('node:module'))._findPath(path.resolve(given), null, true) || path.resolve(given));
  } catch {
    return path.resolve(given);
  }
}

/**
 * Runs a file as the program: `require.main`, `import.meta.main` and `Bun.main` are it.
 *
 * @param {string} filename absolute
 * @param {string} [source] what to run in place of the file's content (`-e`, standard input)
 */
function run(filename, source) {
  shared.main = filename;
  if (source !== undefined) require('./engine').binding().setModuleSource(filename, source);
  process.argv[1] = filename;
  /** @type {any} */ (require('node:module'))._load(filename, null, true);
}

module.exports = { get, set, run };
