'use strict';

/** The getters that replace themselves. */
const lazy = new WeakSet();

/** @typedef {{ enumerable?: boolean, writable?: boolean, configurable?: boolean }} Traits */

/**
 * Puts getters on an object that load a value on first touch and then replace themselves with a
 * plain data property, so that `require('dx-compat')` loads nothing and the second touch is free.
 * Until it is loaded every property is configurable, as it is yet to be replaced; `traits` say what
 * it is afterwards. One that is not writable takes no value before either.
 *
 * @template {object} T
 * @param {T} target
 * @param {Record<PropertyKey, () => unknown>} loaders name -> how to load it
 * @param {Traits & { traits?: Record<string, Traits> }} [options] of all properties, and of single ones
 * @returns {T}
 */
function defineLazy(target, loaders, { traits = {}, ...common } = {}) {
  for (const name of /** @type {string[]} */ (Reflect.ownKeys(loaders))) {
    const { enumerable = true, writable = true, configurable = true } = { ...common, ...traits[name] };
    const settle = (/** @type {unknown} */ value) =>
      Object.defineProperty(target, name, { value, enumerable, writable, configurable });
    // A lazy global of Node's (since 22) is loaded by redefining it, not by deleting it.
    delete (/** @type {any} */ (target)[name]);
    const get = () => {
      const value = loaders[name]();
      settle(value);
      return value;
    };
    lazy.add(get);
    // What inherits from the target gets a property of its own when it is written to, as with a plain one.
    const set = /** @this {unknown} @param {unknown} value */ function (value) {
      if (this === target || this === undefined) settle(value);
      else Object.defineProperty(this, name, { value, enumerable: true, writable: true, configurable: true });
    };
    Object.defineProperty(target, name, { enumerable, configurable: true, get, set: writable ? set : undefined });
  }
  return target;
}

/** @param {PropertyDescriptor | undefined} descriptor @returns {boolean} whether the value is yet to be loaded */
const isLazy = (descriptor) => descriptor?.get !== undefined && lazy.has(descriptor.get);

/**
 * Puts values on an object that need no loading and that nobody can replace or delete.
 *
 * @param {object} target
 * @param {Record<string, unknown>} values
 */
function defineConstants(target, values) {
  for (const name of Object.keys(values)) {
    Object.defineProperty(target, name, {
      value: values[name],
      enumerable: true,
      writable: false,
      configurable: false,
    });
  }
}

module.exports = { defineLazy, defineConstants, isLazy };
