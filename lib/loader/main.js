'use strict';

/**
 * The entry of the program: `Bun.main`, `import.meta.main`.
 */

const fs = require('node:fs');
const path = require('node:path');

/** @type {string | undefined} */
let entry;

/** @param {string} filename */
function set(filename) {
  entry = filename;
}

/** @returns {string} the entry's path; empty when there is none (`node -e`) */
function get() {
  if (entry === undefined) entry = find();
  return entry;
}

function find() {
  const given = process.argv[1];
  if (!given) return '';
  try {
    return fs.realpathSync(require.resolve(path.resolve(given)));
  } catch {
    return path.resolve(given);
  }
}

module.exports = { set, get };
