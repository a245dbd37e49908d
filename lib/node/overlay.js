'use strict';

/**
 * A module of Node with faster functions over it: everything else in it is Node's own and behaves as before. Node's
 * module itself is not touched.
 *
 * @template {object} T
 * @param {T} original
 * @param {Record<string, unknown>} replacements name -> function
 * @returns {T}
 */
function overlay(original, replacements) {
  const copy = Object.create(Object.getPrototypeOf(original), Object.getOwnPropertyDescriptors(original));
  // Where programs are not to do everything, it is for Node to refuse it.
  if (/** @type {any} */ (process).permission) return copy;
  for (const [name, value] of Object.entries(replacements)) replace(copy, name, value);
  return copy;
}

/**
 * Replaces a function that is there; one that this Node does not have stays away.
 *
 * @param {any} target
 * @param {string} name
 * @param {unknown} value
 */
function replace(target, name, value) {
  const found = Object.getOwnPropertyDescriptor(target, name);
  if (found === undefined) return;
  const replacement = typeof value === 'function' ? like(found.value, value) : value;
  Object.defineProperty(target, name, {
    value: replacement,
    writable: true,
    enumerable: found.enumerable,
    configurable: true,
  });
}

/**
 * A function that can be called in all ways in which Node's can: with `new`, too, when that is no method or arrow function.
 *
 * @param {Function} original
 * @param {Function} value
 * @returns {Function}
 */
function like(original, value) {
  let made = value;
  if (Object.hasOwn(original, 'prototype') && !Object.hasOwn(value, 'prototype')) {
    made = /** @this {any} @param {any[]} given */ function (...given) {
      return value.apply(this, given);
    };
  }
  // Some of Node's have no name.
  if (made.name !== original.name) Object.defineProperty(made, 'name', { value: original.name, configurable: true });
  // How many arguments a function names differs from one Node to the next.
  if (made.length !== original.length)
    Object.defineProperty(made, 'length', { value: original.length, configurable: true });
  return made;
}

module.exports = { overlay, replace };
