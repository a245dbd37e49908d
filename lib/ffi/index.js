'use strict';

/**
 * `bun:ffi`: its constants. What calls native code stands behind the feature flag `bun-ffi`; in a binary without it each
 * of these functions says so when it is called, so that programs which import them run until they need one.
 *
 * @see https://bun.com/docs/runtime/ffi
 */

const { native } = require('../internal/native');
const { FFIType } = require('./types');

const suffix = { win32: 'dll', darwin: 'dylib' }[/** @type {string} */ (process.platform)] ?? 'so';
const names = [
  'dlopen',
  'linkSymbols',
  'CFunction',
  'JSCallback',
  'CString',
  'cc',
  'ptr',
  'toArrayBuffer',
  'toBuffer',
  'viewSource',
];
const reads = ['u8', 'u16', 'u32', 'ptr', 'i8', 'i16', 'i32', 'i64', 'u64', 'intptr', 'f32', 'f64'];

/** @param {string} name @returns {Function} */
const engineFunction = (name) =>
  ({
    /** @param {any[]} given */
    [name](...given) {
      return native('bun-ffi', 'ffi')[name](...given);
    },
  })[name];

const functions = Object.fromEntries(names.map((name) => [name, engineFunction(name)]));
const read = Object.fromEntries(reads.map((name) => [name, engineFunction(name)]));

module.exports = { FFIType, suffix, read, ...functions };
