'use strict';

/**
 * Reading whole files for `node:fs`: what `Bun.file` reads with, into memory that is recycled. Every odd argument and
 * every error goes to Node's own function, which says what is wrong as it always does.
 */

const { statSync } = require('node:fs');
const { collectYoung, room } = require('../bun/young-collection');
const { fileEngine } = require('../internal/file-engine');

/** The longest file that Node reads whole; with one byte more its own function says so. */
const MOST = 2 ** 31 - 1;
/** Text from this length on is made by the engine; Node is fast itself with more of it since release 26. */
const LONG = Number.parseInt(process.versions.node, 10) < 26 ? 256 * 1024 : 1024 * 1024;
/** Bytes from this length on are read into memory of ours, even where that is not recycled. */
const LARGE = 32 * 1024 * 1024;
/** So many files are read at once before the event loop has to turn: a program that reads on and on must not stop it. */
const AT_ONCE = 16;

/** @type {any} */
let binding;
/** How many were read at once since it turned. */
let since = 0;

/**
 * What a plain call, of a path and all of the file, is to give.
 *
 * @param {unknown} path
 * @param {any} options
 * @returns {string | undefined} an encoding, 'buffer' for the bytes; undefined when the call is Node's
 */
function wanted(path, options) {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) return undefined;
  if (options === undefined || options === null) return 'buffer';
  if (typeof options === 'string') return known(options);
  if (typeof options !== 'object') return undefined;
  const { encoding, flag, signal } = options;
  if ((flag !== undefined && flag !== 'r') || signal !== undefined) return undefined;
  return encoding === undefined || encoding === null ? 'buffer' : known(encoding);
}

/** @param {string} encoding */
const known = (encoding) => (Buffer.isEncoding(encoding) ? encoding : undefined);

/**
 * A small file that is in the page cache is copied at once, which costs less than handing it to another thread.
 *
 * @param {string} path
 * @param {string} encoding
 * @returns {Promise<Buffer | string>}
 */
async function read(path, encoding) {
  binding ??= fileEngine();
  const now = mayReadNow() ? binding.readNow(path, 0, MOST + 1, false) : null;
  if (now !== null) return as(now, encoding);
  const memory = room(binding, path, 0, MOST + 1);
  if (memory) await memory;
  // Text is made of the bytes as they come.
  if (isUtf8(encoding)) return binding.readUtf8(path);
  const bytes = await binding.read(path, 0, MOST + 1, false);
  if (bytes.byteLength > MOST) throw new RangeError('too large');
  return as(bytes, encoding);
}

/**
 * A large file here and now. Memory of ours comes back only when the event loop turns, so that a loop over smaller ones
 * is better off with Node's.
 *
 * @param {string} path
 * @param {string} encoding
 * @returns {Buffer | string | undefined} undefined when the call is Node's
 */
function readHere(path, encoding) {
  const text = isUtf8(encoding);
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size < (text ? LONG : LARGE) || stats.size > MOST) return undefined;
    binding ??= fileEngine();
    collectYoung(binding);
    return text ? binding.readUtf8Sync(path) : as(binding.readSync(path, 0, MOST + 1, false), encoding);
  } catch {
    return undefined; // Node's own says it
  }
}

/** @param {string} encoding */
const isUtf8 = (encoding) => encoding === 'utf8' || encoding === 'utf-8';

/** @param {ArrayBuffer} bytes @param {string} encoding */
function as(bytes, encoding) {
  const buffer = Buffer.from(bytes);
  return encoding === 'buffer' ? buffer : buffer.toString(/** @type {BufferEncoding} */ (encoding));
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

module.exports = { read, readHere, wanted };
