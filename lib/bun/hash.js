'use strict';

const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');
const { bytesOf } = require('./hash-input');
const short = require('./hash-short');

/** The order is that of `Algorithm` in crates/bun/src/hash. */
const NAMES = [
  'wyhash',
  'adler32',
  'crc32',
  'cityHash32',
  'cityHash64',
  'xxHash32',
  'xxHash64',
  'xxHash3',
  'murmur32v2',
  'murmur32v3',
  'murmur64v2',
  'rapidhash',
];
/** Shorter strings of ASCII are cheaper to hash in JavaScript than to hand over: see docs/hashing.md. */
const SHORT = 20;
const ERR_INVALID_ARG_TYPE = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  () => 'data must be a string, ArrayBuffer, ArrayBufferView or Blob',
);

const functions = native('bun-core', 'bun').hashFunctions();

/**
 * `Bun.hash`: Wyhash, 64 bits; `Bun.hash.crc32` and so on are the other algorithms. Not for security.
 *
 * @see https://bun.com/docs/runtime/hashing#bun-hash
 * @type {((data: unknown, seed?: number | bigint) => number | bigint) & Record<string, Function>}
 */
const hash = /** @type {any} */ (make('hash', functions[0]));

for (const [number, name] of NAMES.entries()) {
  hash[name] = Object.hasOwn(short, name) ? makeShort(name, functions[number]) : make(name, functions[number]);
}

/**
 * @param {string} name
 * @param {(data: string | Uint8Array, seedLow?: number, seedHigh?: number) => number | bigint} digest
 */
function make(name, digest) {
  const hasher = {
    [name](/** @type {unknown} */ data, /** @type {unknown} */ seed = undefined) {
      const input = typeof data === 'string' ? data : inputOf(data);
      if (seed === undefined) return digest(input);
      const [low, high] = halves(seed);
      return digest(input, low, high);
    },
  }[name];
  return hasher;
}

/**
 * A hash of 32 bits of a few bytes.
 *
 * @param {string} name
 * @param {(data: string | Uint8Array, seedLow?: number, seedHigh?: number) => number | bigint} digest
 */
function makeShort(name, digest) {
  const general = make(name, digest);
  /** @type {(text: string) => number} */
  const inJavaScript = /** @type {any} */ (short)[name];
  return {
    [name](/** @type {unknown} */ data, /** @type {unknown} */ seed = undefined) {
      if (seed === undefined && typeof data === 'string' && data.length <= SHORT) {
        const result = inJavaScript(data);
        if (result >= 0) return result;
      }
      return general(data, seed);
    },
  }[name];
}

/** @param {unknown} data @returns {string | Uint8Array} */
function inputOf(data) {
  if (data === undefined || data === null) throw ERR_INVALID_ARG_TYPE();
  if (typeof data === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  return bytesOf(data) ?? `${data}`;
}

/** The seed as two signed halves. @param {unknown} seed @returns {[number, number]} */
function halves(seed) {
  if (typeof seed === 'number') {
    const whole = Math.trunc(seed) || 0;
    if (whole >= 0 && whole < 2 ** 32) return [whole | 0, 0];
    if (whole >= 2 ** 64) return [-1, -1];
    return halves(BigInt(Math.max(whole, -(2 ** 63))));
  }
  if (typeof seed !== 'bigint') return [0, 0];
  const bits = BigInt.asUintN(64, seed);
  return [Number(bits & 0xffff_ffffn) | 0, Number(bits >> 32n) | 0];
}

module.exports = hash;
