'use strict';

/**
 * Writing whole small files for `node:fs`: what goes to the page cache is written at once, which costs less than handing it
 * to another thread four times. Every odd argument and every error goes to Node's own function.
 */

const { fileEngine } = require('../internal/file-engine');
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
 * @returns {boolean | Promise<number>} whether it is done; a promise where a pipe has no room for everything
 */
function writtenNow(path, data, options) {
  if (typeof path !== 'string' || path === '' || path.includes('\0') || !isPlain(options)) return false;
  if (typeof data !== 'string' && !isBytes(data)) return false;
  if ((typeof data === 'string' ? data.length : lengthOf(data)) > LONGEST || !mayWriteNow()) return false;
  binding ??= fileEngine();
  try {
    const written = binding.writeNow(path, data, MODE, false);
    return typeof written === 'number' ? true : (written ?? false);
  } catch (error) {
    // A pipe whose reader has gone got a part of it: this is not tried again.
    return /** @type {any} */ (error).code === 'EPIPE' ? Promise.reject(error) : false;
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
