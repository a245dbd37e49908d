'use strict';

/** `crypto` of Node, with what Bun has more: random values of any length, `timingSafeEqual`. */

const nodes = require('node:crypto');

/** Bytes that the standard allows at once. */
const QUOTA = 65536;

const { webcrypto } = nodes;
const prototype = Object.getPrototypeOf(webcrypto);
const { getRandomValues } = prototype;

const methods = {
  /** @this {Crypto} @param {any} data */
  getRandomValues(data) {
    const large = ArrayBuffer.isView(data) && data.byteLength > QUOTA;
    if (!large) return Reflect.apply(getRandomValues, this, [data]);
    // The type of the view is checked on a part of it.
    Reflect.apply(getRandomValues, this, [/** @type {any} */ (data).subarray?.(0, 1) ?? data]);
    nodes.randomFillSync(/** @type {any} */ (data));
    return data;
  },

  /** @param {ArrayBufferView | ArrayBufferLike} a @param {ArrayBufferView | ArrayBufferLike} b */
  timingSafeEqual(a, b) {
    return nodes.timingSafeEqual(/** @type {any} */ (a), /** @type {any} */ (b));
  },
};

/** Bits of a block, which a key for HMAC has where none are asked for. @type {Record<string, number>} */
const blocks = { 'SHA3-224': 1152, 'SHA3-256': 1088, 'SHA3-384': 832, 'SHA3-512': 576 };
const subtle = Object.getPrototypeOf(webcrypto.subtle);
const { generateKey } = subtle;

const subtleMethods = {
  /** @this {SubtleCrypto} @param {any} algorithm @param {boolean} extractable @param {string[]} usages */
  generateKey(algorithm, extractable, usages) {
    const { name, hash, length } = Object(algorithm);
    const block = blocks[String(hash?.name ?? hash).toUpperCase()];
    const whole = block && length === undefined && /^hmac$/i.test(name) ? { ...algorithm, length: block } : algorithm;
    return Reflect.apply(generateKey, this, [whole, extractable, usages]);
  },
};

define(prototype, methods);
define(subtle, subtleMethods);

/** @param {object} target @param {Record<string, Function>} values */
function define(target, values) {
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

module.exports = webcrypto;
