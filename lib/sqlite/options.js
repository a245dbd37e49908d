'use strict';

const { ERR_INVALID_ARG_VALUE } = require('../internal/errors');

const READONLY = 1;
const READWRITE = 2;
const CREATE = 4;

/**
 * The `SQLITE_OPEN_*` flags of the second argument of `new Database`.
 *
 * @param {string} filename
 * @param {any} options
 * @returns {number}
 * @throws {TypeError} for options that contradict each other
 */
function openFlags(filename, options) {
  const isAnonymous = filename === '' || filename === ':memory:';
  if (typeof options === 'number') {
    if (isAnonymous && options & READONLY) throw anonymousReadonly();
    return options | 0;
  }
  if (typeof options !== 'object' || options === null) return READWRITE | CREATE;
  const { readonly, create, readwrite } = options;
  if (readonly || (readwrite !== undefined && !readwrite)) {
    if (create || readwrite) {
      throw new TypeError(
        'A read-only database ("readonly: true" or "readwrite: false") cannot have "create: true" or "readwrite: true"',
      );
    }
    if (isAnonymous) throw anonymousReadonly();
    return READONLY;
  }
  if (create) return READWRITE | CREATE;
  if (readwrite || create !== undefined) return READWRITE;
  return READWRITE | CREATE;
}

function anonymousReadonly() {
  return new Error('Cannot open an anonymous database in read-only mode.');
}

/**
 * Whether a database file that is created gets WAL as its journal: yes, unless the option
 * `wal: false` or the environment variable `DX_COMPAT_SQLITE_WAL=0` says otherwise.
 *
 * @param {{ wal?: boolean }} options
 */
function wantsWal({ wal }) {
  return wal === undefined ? process.env.DX_COMPAT_SQLITE_WAL !== '0' : Boolean(wal);
}

/** @param {any} filename @returns {string} */
function checkFilename(filename) {
  if (typeof filename !== 'string') throw new TypeError(`Expected 'filename' to be a string, got '${typeof filename}'`);
  return withoutNul('filename', filename.trim());
}

/** @param {string} name @param {string} value */
function withoutNul(name, value) {
  if (value.includes('\0')) throw ERR_INVALID_ARG_VALUE(name, value, 'must be a string without null bytes');
  return value;
}

/** Checks the arguments of `fileControl`. @param {any} zDbName @param {any} op @param {any} value */
function checkFileControl(zDbName, op, value) {
  if (typeof op !== 'number') throw new Error('Expected number');
  if (typeof zDbName === 'string') withoutNul('zDbName', zDbName);
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength < 8) throw new Error('TypedArray must be at least 8 bytes');
  } else if (value != null && typeof value !== 'number') {
    throw new Error('Expected result to be a number, null or a TypedArray');
  }
}

module.exports = { openFlags, wantsWal, checkFilename, withoutNul, checkFileControl };
