'use strict';

const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');
const { bytesOf } = require('./hash-input');
const inJavaScript = require('./hash-short');
const short = require('./short-input');

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

/** Those whose result has 64 bits. */
const WIDE = new Set(['wyhash', 'cityHash64', 'xxHash64', 'xxHash3', 'murmur64v2', 'rapidhash']);

const engine = native('bun-core', 'bun');
const functions = engine.hashFunctions();
const shortFunctions = engine.shortHashFunctions(short.page);

/**
 * `Bun.hash`: Wyhash, 64 bits; `Bun.hash.crc32` and so on are the other algorithms. Not for security.
 *
 * @see https://bun.com/docs/runtime/hashing#bun-hash
 * @type {((data: unknown, seed?: number | bigint) => number | bigint) & Record<string, Function>}
 */
const hash = /** @type {any} */ (makeWide('hash', 0));

for (const [number, name] of NAMES.entries()) {
  const make = Object.hasOwn(inJavaScript, name) ? makeShort : WIDE.has(name) ? makeWide : makeNarrow;
  hash[name] = make(name, number);
}

/** A hash of 64 bits. @param {string} name @param {number} number */
function makeWide(name, number) {
  const digest = functions[number];
  const digestShort = shortFunctions[number];
  const { put, wide } = short;
  return {
    [name](/** @type {unknown} */ data, /** @type {unknown} */ seed = undefined) {
      const input = typeof data === 'string' ? data : inputOf(data);
      if (seed === undefined) {
        if (!put(input)) return digest(input);
        digestShort();
        return wide[0];
      }
      const [low, high] = halves(seed);
      return digest(input, low, high);
    },
  }[name];
}

/** A hash of 32 bits. @param {string} name @param {number} number */
function makeNarrow(name, number) {
  const digest = functions[number];
  const digestShort = shortFunctions[number];
  const { put, narrow } = short;
  return {
    [name](/** @type {unknown} */ data, /** @type {unknown} */ seed = undefined) {
      const input = typeof data === 'string' ? data : inputOf(data);
      if (seed === undefined) {
        if (!put(input)) return digest(input);
        digestShort();
        return narrow[0];
      }
      const [low, high] = halves(seed);
      return digest(input, low, high);
    },
  }[name];
}

/** A hash of 32 bits that is made here of a few characters. @param {string} name @param {number} number */
function makeShort(name, number) {
  const general = makeNarrow(name, number);
  /** @type {(text: string) => number} */
  const digest = /** @type {any} */ (inJavaScript)[name];
  return {
    [name](/** @type {unknown} */ data, /** @type {unknown} */ seed = undefined) {
      if (seed === undefined && typeof data === 'string' && data.length <= SHORT) {
        const result = digest(data);
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
