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
  // How many arguments a function names differs from one Node to the next.
  if (typeof value === 'function' && value.length !== found.value.length)
    Object.defineProperty(value, 'length', { value: found.value.length, configurable: true });
  Object.defineProperty(target, name, { value, writable: true, enumerable: found.enumerable, configurable: true });
}

module.exports = { overlay, replace };
