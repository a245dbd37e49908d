'use strict';

/** @see https://tc39.es/ecma262/#sec-array.fromAsync */
module.exports = {
  /**
   * @this {any}
   * @param {any} items
   * @param {(value: any, index: number) => unknown} [map]
   * @param {unknown} [thisArg]
   */
  async fromAsync(items, map = undefined, thisArg = undefined) {
    if (map !== undefined && typeof map !== 'function') throw new TypeError(`${String(map)} is not a function`);
    const Class = typeof this === 'function' && isConstructor(this) ? this : Array;
    const iterable = items[Symbol.asyncIterator] ?? items[Symbol.iterator];
    const list = iterable === undefined || iterable === null ? undefined : Object(items);
    const length = list ? 0 : toLength(items.length);
    const result = list ? new Class() : new Class(length);
    let index = 0;
    const put = async (/** @type {unknown} */ value) => {
      const mapped = map ? await Reflect.apply(map, thisArg, [value, index]) : value;
      Object.defineProperty(result, index++, { value: mapped, writable: true, enumerable: true, configurable: true });
    };
    if (list) for await (const value of items) await put(value);
    else while (index < length) await put(await items[index]);
    result.length = index;
    return result;
  },
};

/** @param {Function} value */
function isConstructor(value) {
  try {
    Reflect.construct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}

/** @param {unknown} value */
function toLength(value) {
  const number = Math.trunc(Number(value));
  return number > 0 ? Math.min(number, Number.MAX_SAFE_INTEGER) : 0;
}
