'use strict';

/**
 * Reading whole files for `node:fs`: what `Bun.file` reads with, into memory that is recycled. Every odd argument and
 * every error goes to Node's own function, which says what is wrong as it always does.
 */

const { collectYoung } = require('../bun/young-collection');
const { native } = require('../internal/native');

/** The longest file that Node reads whole; with one byte more its own function says so. */
const MOST = 2 ** 31 - 1;
/** So many files are read at once before the event loop has to turn: a program that reads on and on must not stop it. */
const AT_ONCE = 16;

/** @type {any} */
let binding;
/** How many were read at once since it turned. */
let since = 0;

/** Whether a call is the plain one: a path, the bytes of all of the file. @param {unknown} path @param {any} options */
function isPlain(path, options) {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) return false;
  if (options === undefined || options === null) return true;
  if (typeof options !== 'object') return false;
  const { encoding, flag, signal } = options;
  return (
    (encoding === undefined || encoding === null || encoding === 'buffer') &&
    (flag === undefined || flag === 'r') &&
    signal === undefined
  );
}

/**
 * A small file that is in the page cache is copied at once, which costs less than handing it to another thread.
 *
 * @param {string} path
 * @returns {Promise<Buffer>}
 */
async function read(path) {
  binding ??= native('bun-core', 'file');
  const now = mayReadNow() ? binding.readNow(path, 0, MOST + 1, false) : null;
  if (now !== null) return Buffer.from(now);
  collectYoung(binding);
  const bytes = await binding.read(path, 0, MOST + 1, false);
  if (bytes.byteLength > MOST) throw new RangeError('too large');
  return Buffer.from(bytes);
}

function mayReadNow() {
  if (since === 0) {
    setImmediate(() => {
      since = 0;
    });
  }
  since += 1;
  return since <= AT_ONCE;
}

module.exports = { isPlain, read };
