'use strict';

/**
 * The entry of the program: `Bun.main`, `import.meta.main`.
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
    return fs.realpathSync(
      /** @type {any} */ (require('node:module'))._findPath(path.resolve(given), null, true) || path.resolve(given),
    );
  } catch {
    return path.resolve(given);
  }
}

module.exports = { get, set };
