'use strict';

const { isProxy } = require('node:util/types');

/**
 * `Bun.deepMatch`: whether everything in `subset` is in `object` too, as `expect().toMatchObject()` sees it.
 * Inherited enumerable properties count; arrays must have as many elements and properties.
 *
 * @param {unknown} subset
 * @param {unknown} object
 * @returns {boolean}
 * @throws TypeError when there are fewer than two values, or one is no object
 */
function deepMatch(subset, object) {
  if (arguments.length < 2) throw new TypeError('Expected 2 values to compare');
  if (!isObject(subset) || !isObject(object)) throw new TypeError('Expected 2 objects to match');
  return matches(subset, object, new Set());
}

/** @param {any} subset @param {any} object @param {Set<unknown>} open @returns {boolean} */
function matches(subset, object, open) {
  if (subset === object || open.has(subset)) return true;
  if (isArray(subset)) {
    if (!isArray(object) || subset.length !== object.length) return false;
    if (Reflect.ownKeys(subset).length !== Reflect.ownKeys(object).length) return false;
  } else if (Array.isArray(subset) && Array.isArray(object)) {
    return false;
  }
  open.add(subset);
  const result = keysOf(subset).every((key) => key in object && alike(subset[key], object[key], open));
  open.delete(subset);
  return result && !(isArray(object) && Array.isArray(subset) && !isArray(subset));
}

/** @param {unknown} subset @param {unknown} value @param {Set<unknown>} open */
function alike(subset, value, open) {
  if (Object.is(subset, value)) return true;
  return isObject(subset) && isObject(value) && matches(subset, value, open);
}

/** Enumerable keys, own and inherited. @param {any} object @returns {(string | symbol)[]} */
function keysOf(object) {
  /** @type {(string | symbol)[]} */
  const keys = [];
  for (const key in object) keys.push(key);
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (Object.prototype.propertyIsEnumerable.call(object, symbol)) keys.push(symbol);
  }
  return keys;
}

/** Bun takes a proxied array for no array here. @param {unknown} value @returns {value is unknown[]} */
function isArray(value) {
  return Array.isArray(value) && !isProxy(value);
}

/** @param {unknown} value */
function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

module.exports = deepMatch;
