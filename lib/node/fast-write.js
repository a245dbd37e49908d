'use strict';

/**
 * Writing whole small files for `node:fs`: what goes to the page cache is written at once, which costs less than handing it
 * to another thread four times. Every odd argument and every error goes to Node's own function.
 */

const { native } = require('../internal/native');
const { lengthOf } = require('../internal/real-length');
const { isPlain: isBytes } = require('./plain-bytes');

/** The longest content that is written at once. */
const LONGEST = 64 * 1024;
/** So many files are written at once before the event loop has to turn. */
const AT_ONCE = 16;
const MODE = 0o666;

/** @type {any} */
let binding;
/** How many were written at once since it turned. */
let since = 0;

/**
 * @param {any} path
 * @param {any} data
 * @param {any} options
 * @returns {boolean} whether it is done
 */
function writtenNow(path, data, options) {
  if (typeof path !== 'string' || path === '' || path.includes('\0') || !isPlain(options)) return false;
  if (typeof data !== 'string' && !isBytes(data)) return false;
  if ((typeof data === 'string' ? data.length : lengthOf(data)) > LONGEST || !mayWriteNow()) return false;
  binding ??= native('bun-core', 'file');
  try {
    return binding.writeNow(path, data, MODE, false) !== null;
  } catch {
    return false;
  }
}

/** @param {any} options */
function isPlain(options) {
  if (options === undefined || options === null) return true;
  const encoding = typeof options === 'object' ? options.encoding : options;
  if (encoding !== undefined && encoding !== null && encoding !== 'utf8' && encoding !== 'utf-8') return false;
  return typeof options !== 'object' || Object.keys(options).every((name) => name === 'encoding');
}

function mayWriteNow() {
  if (since === 0) {
    setImmediate(() => {
      since = 0;
    });
  }
  since += 1;
  return since <= AT_ONCE;
}

module.exports = { writtenNow };
