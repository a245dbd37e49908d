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

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(prototype, name, { value, writable: true, enumerable: true, configurable: true });
}

module.exports = webcrypto;
