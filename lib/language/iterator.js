'use strict';

/**
 * Iterator helpers.
 *
 * @see https://tc39.es/ecma262/#sec-iterator-objects
 */

const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

const { close, each, flattenable, guarded, helper, limitOf, mustCall, sourceOf, step } = require('./iterator-helper');

/** @typedef {import('./iterator-helper').Source} Source */

/** @param {any} iterator @param {unknown} callback @param {(value: any, index: number) => { result: any } | undefined} visit @param {any} otherwise */
function search(iterator, callback, visit, otherwise) {
  sourceOf(iterator);
  mustCall(iterator, callback);
  const source = sourceOf(iterator);
  for (let index = 0; ; index++) {
    const result = step(source);
    if (result.done) return otherwise;
    const found = guarded(iterator, () => visit(result.value, index));
    if (!found) continue;
    close(iterator);
    return found.result;
  }
}

const methods = {
  /** @this {any} @param {(value: any, index: number) => any} callback */
  map(callback) {
    sourceOf(this);
    mustCall(this, callback);
    return helper(this, (source) => each(source, (value, index) => [callback(value, index)]));
  },

  /** @this {any} @param {(value: any, index: number) => any} callback */
  filter(callback) {
    sourceOf(this);
    mustCall(this, callback);
    return helper(this, (source) => each(source, (value, index) => (callback(value, index) ? [value] : [])));
  },

  /** @this {any} @param {number} limit */
  take(limit) {
    sourceOf(this);
    const count = limitOf(this, limit);
    return helper(this, function* take(source) {
      let left = count;
      let done = false;
      try {
        while (left-- > 0) {
          done = true;
          const result = step(source);
          if (result.done) return;
          const { value } = result;
          done = false;
          yield value;
        }
      } finally {
        if (!done) close(source.iterator);
      }
    });
  },

  /** @this {any} @param {number} limit */
  drop(limit) {
    sourceOf(this);
    const count = limitOf(this, limit);
    return helper(this, (source) => each(source, (value, index) => (index < count ? [] : [value])));
  },

  /** @this {any} @param {(value: any, index: number) => any} callback */
  flatMap(callback) {
    sourceOf(this);
    mustCall(this, callback);
    return helper(this, (source) =>
      each(source, (value, index) => {
        const inner = flattenable(callback(value, index), false);
        return { [Symbol.iterator]: () => inner };
      }),
    );
  },

  /** @this {any} @param {(...given: any[]) => any} callback @param {any[]} initial */
  reduce(callback, ...initial) {
    sourceOf(this);
    mustCall(this, callback);
    const source = sourceOf(this);
    let index = 0;
    let [total] = initial;
    if (initial.length === 0) {
      const first = step(source);
      if (first.done) throw new TypeError('Reduce of empty iterator with no initial value');
      total = first.value;
      index = 1;
    }
    for (; ; index++) {
      const result = step(source);
      if (result.done) return total;
      const at = index;
      total = guarded(this, () => callback(total, result.value, at));
    }
  },

  /** @this {any} */
  toArray() {
    const source = sourceOf(this);
    const values = [];
    for (let result = step(source); !result.done; result = step(source)) values.push(result.value);
    return values;
  },

  /** @this {any} @param {(value: any, index: number) => any} callback */
  forEach(callback) {
    return search(this, callback, (value, index) => void callback(value, index), undefined);
  },

  /** @this {any} @param {(value: any, index: number) => any} callback */
  some(callback) {
    return search(this, callback, (value, index) => (callback(value, index) ? { result: true } : undefined), false);
  },

  /** @this {any} @param {(value: any, index: number) => any} callback */
  every(callback) {
    return search(this, callback, (value, index) => (callback(value, index) ? undefined : { result: false }), true);
  },

  /** @this {any} @param {(value: any, index: number) => any} callback */
  find(callback) {
    return search(
      this,
      callback,
      (value, index) => (callback(value, index) ? { result: value } : undefined),
      undefined,
    );
  },

  /** @this {any} */
  [Symbol.dispose]() {
    close(this);
  },
};

const asyncMethods = {
  /** @this {any} */
  async [Symbol.asyncDispose]() {
    await this.return?.(undefined);
  },
};

/** The constructor: abstract, and the home of `from` and `concat`. @this {any} */
function Iterator() {
  if (new.target === undefined || new.target === Iterator)
    throw new TypeError('Abstract class Iterator not directly constructable');
}
Object.defineProperty(Iterator, 'prototype', { value: iteratorPrototype, writable: false });

const wrapped = Object.create(iteratorPrototype, {
  next: {
    value: /** @this {any} */ function next() {
      return step(/** @type {any} */ (sources.get(this)));
    },
    writable: true,
    configurable: true,
  },
  return: {
    value: /** @this {any} */ function close() {
      const { iterator } = /** @type {any} */ (sources.get(this));
      return iterator.return === undefined ? { value: undefined, done: true } : iterator.return();
    },
    writable: true,
    configurable: true,
  },
});
/** @type {WeakMap<object, Source>} */
const sources = new WeakMap();

const statics = {
  /** @param {any} value */
  from(value) {
    const iterator = flattenable(value, true);
    if (iteratorPrototype.isPrototypeOf(iterator)) return iterator;
    const object = Object.create(wrapped);
    sources.set(object, sourceOf(iterator));
    return object;
  },

  /** @param {any[]} items */
  concat(...items) {
    const parts = items.map((item) => {
      if ((typeof item !== 'object' || item === null) && typeof item !== 'function')
        throw new TypeError(`${String(item)} is not an object`);
      const method = item[Symbol.iterator];
      if (typeof method !== 'function') throw new TypeError(`${String(item)} is not iterable`);
      return { [Symbol.iterator]: () => Reflect.apply(method, item, []) };
    });
    return helper({ next: () => ({ done: true }) }, function* concat() {
      for (const part of parts) yield* part;
    });
  },
};
for (const [name, value] of Object.entries(statics)) {
  Object.defineProperty(Iterator, name, { value, writable: true, configurable: true });
}
if (!Object.hasOwn(iteratorPrototype, 'constructor')) {
  Object.defineProperty(iteratorPrototype, 'constructor', { value: Iterator, writable: true, configurable: true });
  Object.defineProperty(iteratorPrototype, Symbol.toStringTag, {
    value: 'Iterator',
    writable: true,
    configurable: true,
  });
}

module.exports = { methods, asyncMethods, statics, Iterator };
