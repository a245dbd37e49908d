'use strict';

/**
 * What is asked of the other set: anything with `size`, `has` and `keys`.
 *
 * @param {any} other
 * @returns {{ size: number, has: (value: unknown) => boolean, keys: () => Iterable<unknown> }}
 */
function record(other) {
  if (typeof other !== 'object' && typeof other !== 'function')
    throw new TypeError(`${String(other)} is not an object`);
  if (other === null) throw new TypeError('null is not an object');
  const size = Number(other.size);
  if (Number.isNaN(size)) throw new TypeError("The 'size' property must be a number");
  if (Math.trunc(size) < 0) throw new RangeError("The 'size' property must not be negative");
  const { has, keys } = other;
  if (typeof has !== 'function') throw new TypeError("The 'has' property must be a function");
  if (typeof keys !== 'function') throw new TypeError("The 'keys' property must be a function");
  return {
    size: Math.trunc(size),
    has: (value) => Boolean(Reflect.apply(has, other, [value])),
    keys: () => {
      const iterator = Reflect.apply(keys, other, []);
      const { next } = iterator;
      return {
        [Symbol.iterator]: () => ({
          next: () => Reflect.apply(next, iterator, []),
          return: () => iterator.return?.() ?? {},
        }),
      };
    },
  };
}

const sizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(Set.prototype, 'size')?.get);

/** @see https://tc39.es/ecma262/#sec-set.prototype.union and what follows there */
module.exports = {
  /** @this {Set<unknown>} @param {unknown} other */
  union(other) {
    Reflect.apply(sizeOf, this, []);
    const { keys } = record(other);
    const result = new Set(this);
    for (const value of keys()) result.add(value);
    return result;
  },

  /** @this {Set<unknown>} @param {unknown} other */
  intersection(other) {
    const own = Reflect.apply(sizeOf, this, []);
    const { size, has, keys } = record(other);
    const result = new Set();
    if (own <= size) {
      for (const value of this) if (has(value)) result.add(value);
    } else for (const value of keys()) if (Set.prototype.has.call(this, value)) result.add(value);
    return result;
  },

  /** @this {Set<unknown>} @param {unknown} other */
  difference(other) {
    const own = Reflect.apply(sizeOf, this, []);
    const { size, has, keys } = record(other);
    const result = new Set(this);
    if (own <= size) {
      for (const value of this) if (has(value)) result.delete(value);
    } else for (const value of keys()) result.delete(value);
    return result;
  },

  /** @this {Set<unknown>} @param {unknown} other */
  symmetricDifference(other) {
    Reflect.apply(sizeOf, this, []);
    const { keys } = record(other);
    const result = new Set(this);
    for (const value of keys()) {
      if (Set.prototype.has.call(this, value)) result.delete(value);
      else result.add(value);
    }
    return result;
  },

  /** @this {Set<unknown>} @param {unknown} other */
  isSubsetOf(other) {
    const own = Reflect.apply(sizeOf, this, []);
    const { size, has } = record(other);
    if (own > size) return false;
    for (const value of this) if (!has(value)) return false;
    return true;
  },

  /** @this {Set<unknown>} @param {unknown} other */
  isSupersetOf(other) {
    const own = Reflect.apply(sizeOf, this, []);
    const { size, keys } = record(other);
    if (own < size) return false;
    for (const value of keys()) if (!Set.prototype.has.call(this, value)) return false;
    return true;
  },

  /** @this {Set<unknown>} @param {unknown} other */
  isDisjointFrom(other) {
    const own = Reflect.apply(sizeOf, this, []);
    const { size, has, keys } = record(other);
    if (own <= size) {
      for (const value of this) if (has(value)) return false;
    } else for (const value of keys()) if (Set.prototype.has.call(this, value)) return false;
    return true;
  },
};
