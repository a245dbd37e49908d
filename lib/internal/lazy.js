'use strict';

/**
 * Puts getters on an object that load a value on first touch and then replace themselves with a
 * plain data property, so that `require('dx-compat')` loads nothing and the second touch is free.
 *
 * @template {object} T
 * @param {T} target
 * @param {Record<string, () => unknown>} loaders name -> how to load it
 * @param {{ enumerable?: boolean }} [options] `enumerable` is true on `Bun`, false on `globalThis`
 * @returns {T}
 */
function defineLazy(target, loaders, { enumerable = true } = {}) {
  for (const name of Object.keys(loaders)) {
    const settle = (/** @type {unknown} */ value) =>
      Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
    // A lazy global of Node's (since 22) is loaded by redefining it, not by deleting it.
    delete (/** @type {any} */ (target)[name]);
    Object.defineProperty(target, name, {
      enumerable,
      configurable: true,
      get() {
        const value = loaders[name]();
        settle(value);
        return value;
      },
      set: settle,
    });
  }
  return target;
}

module.exports = { defineLazy };
