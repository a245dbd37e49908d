'use strict';

/**
 * What iterator helpers are made of: reading and closing what is underneath, and the object that they give.
 *
 * @see https://tc39.es/ecma262/#sec-iterator-helper-objects
 */

const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

/** @typedef {{ iterator: any, next: Function }} Source */

/** @param {any} iterator @returns {Source} */
function sourceOf(iterator) {
  if ((typeof iterator !== 'object' && typeof iterator !== 'function') || iterator === null)
    throw new TypeError('Iterator helpers require an object');
  return { iterator, next: iterator.next };
}

/** @param {Source} source @returns {IteratorResult<any>} */
function step({ iterator, next }) {
  const result = Reflect.apply(next, iterator, []);
  if (typeof result !== 'object' || result === null)
    throw new TypeError(`Iterator result ${String(result)} is not an object`);
  return result;
}

/** @param {any} iterator */
const close = (iterator) => void iterator.return?.();

/** Runs what may throw; then the iterator is closed. @template T @param {any} iterator @param {() => T} work @returns {T} */
function guarded(iterator, work) {
  try {
    return work();
  } catch (error) {
    try {
      close(iterator);
    } catch {
      // the first error counts
    }
    throw error;
  }
}

/** @param {any} iterator @param {unknown} callback */
function mustCall(iterator, callback) {
  guarded(iterator, () => {
    if (typeof callback !== 'function') throw new TypeError(`${String(callback)} is not a function`);
  });
}

/** @param {any} iterator @param {unknown} count */
function limitOf(iterator, count) {
  return guarded(iterator, () => {
    const number = Number(count);
    if (Number.isNaN(number) || Math.trunc(number) < 0) throw new RangeError(`${String(count)} must be positive`);
    return Math.trunc(number);
  });
}

const helperPrototype = Object.create(iteratorPrototype, {
  [Symbol.toStringTag]: { value: 'Iterator Helper', configurable: true },
});
/** @type {WeakMap<object, Generator<any>>} */
const generators = new WeakMap();
for (const name of /** @type {const} */ (['next', 'return'])) {
  Object.defineProperty(helperPrototype, name, {
    value: {
      /** @this {object} */
      [name]() {
        const generator = generators.get(this);
        if (!generator) throw new TypeError(`Iterator helper ${name} was called on something else`);
        return /** @type {any} */ (generator)[name]();
      },
    }[name],
    writable: true,
    configurable: true,
  });
}

/**
 * @param {any} iterator to close when the helper is before its end
 * @param {(source: Source) => Generator<any>} body
 */
function helper(iterator, body) {
  const source = sourceOf(iterator);
  const object = Object.create(helperPrototype);
  let state = 'new';
  const inner = body(source);
  /** @type {any} */
  const generator = {
    next() {
      state = state === 'new' ? 'running' : state;
      return inner.next();
    },
    return() {
      if (state === 'new') close(iterator); // a generator that has not started runs no `finally`
      state = 'done';
      return inner.return(undefined);
    },
  };
  generators.set(object, generator);
  return object;
}

/** Yields what `give` makes of each value; closes the source if it is left early. @param {Source} source @param {(value: any, index: number) => Iterable<any>} give */
function* each(source, give) {
  let done = false;
  try {
    for (let index = 0; ; index++) {
      done = true; // errors of the source itself do not close it
      const result = step(source);
      if (result.done) return;
      const { value } = result;
      done = false;
      yield* give(value, index);
    }
  } finally {
    if (!done) close(source.iterator);
  }
}

/** @param {any} value @param {boolean} strings @returns {any} an iterator of it */
function flattenable(value, strings) {
  if (
    (typeof value !== 'object' || value === null) &&
    typeof value !== 'function' &&
    !(strings && typeof value === 'string')
  )
    throw new TypeError(`${String(value)} is not an object`);
  const method = value[Symbol.iterator];
  const iterator = method === undefined || method === null ? value : Reflect.apply(method, value, []);
  if ((typeof iterator !== 'object' || iterator === null) && typeof iterator !== 'function')
    throw new TypeError(`${String(iterator)} is not an object`);
  return iterator;
}

module.exports = { close, each, flattenable, guarded, helper, limitOf, mustCall, sourceOf, step };
