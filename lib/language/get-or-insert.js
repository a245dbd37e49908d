'use strict';

/** @param {{ has: Function, get: Function, set: Function }} prototype of a kind of map */
const methods = ({ has, get, set }) => ({
  /** @this {unknown} @param {unknown} key @param {unknown} value */
  getOrInsert(key, value) {
    if (Reflect.apply(has, this, [key])) return Reflect.apply(get, this, [key]);
    Reflect.apply(set, this, [key, value]);
    return value;
  },

  /** @this {unknown} @param {unknown} key @param {(key: unknown) => unknown} compute */
  getOrInsertComputed(key, compute) {
    const known = Reflect.apply(has, this, [key]);
    if (typeof compute !== 'function') throw new TypeError(`${String(compute)} is not a function`);
    if (known) return Reflect.apply(get, this, [key]);
    const value = compute(key === 0 ? 0 : key);
    Reflect.apply(set, this, [key, value]);
    return value;
  },
});

/** @see https://tc39.es/proposal-upsert/ */
module.exports = { map: methods(Map.prototype), weakMap: methods(WeakMap.prototype) };
