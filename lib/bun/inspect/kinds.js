'use strict';

/** What kind of value the formatter has before it. */

const types = require('node:util/types');
const { read } = require('./properties');

/** @param {string} text */
function stylize(text) {
  return text;
}

/** @param {object} proxy @returns {any} */
function proxyTarget(proxy) {
  const { native } = require('../../internal/native');
  return native('bun-core', 'bun').proxyTarget(proxy);
}

/**
 * Node's own classes carry a printer in Node's format, which Bun's do not. What a program's class, or an object, has of
 * its own is not meant.
 *
 * @param {any} value
 * @param {symbol} custom the name of the printer
 */
function hasNodesPrinter(value, custom) {
  return (
    isNodesPrinter(value, custom) && !Object.hasOwn(value, custom) && require('./special').find(value) !== undefined
  );
}

/** Whether the printer of a value is one of Node's own classes. @param {any} value @param {symbol} custom */
function isNodesPrinter(value, custom) {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  let owner = value;
  while (owner !== null && !Object.hasOwn(owner, custom)) owner = Object.getPrototypeOf(owner);
  if (owner === null) return false;
  const Class = read(owner, 'constructor');
  return Class?.prototype === owner && /** @type {any} */ (globalThis)[read(Class, 'name')] === Class;
}

/** A subclass or a foreign prototype may hide that an object is no Map. @param {object} prototype @param {object} value */
function isSound(prototype, value) {
  return Object.prototype.isPrototypeOf.call(prototype, value);
}

/** Strings, their objects and regular expressions. @param {unknown} value */
function isStringLike(value) {
  return typeof value === 'string' || types.isStringObject(value);
}

/** What may stand behind the opening bracket of an array. @param {unknown} value */
function isPrimitiveLike(value) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return true;
  return (
    types.isStringObject(value) || types.isNumberObject(value) || types.isBooleanObject(value) || types.isRegExp(value)
  );
}

/** How many elements are missing from `index` on. @param {unknown[]} array @param {number} index @param {number} length */
function holeAt(array, index, length) {
  let end = index;
  while (end < length && !Object.hasOwn(array, end)) end += 1;
  return end - index;
}

/** @param {{ key: string | symbol, descriptor: PropertyDescriptor }[]} found */
function sorted(found) {
  const symbols = found.filter(({ key }) => typeof key === 'symbol');
  const strings = found.filter(({ key }) => typeof key === 'string');
  strings.sort((/** @type {any} */ a, /** @type {any} */ b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return [...strings, ...symbols];
}

module.exports = {
  stylize,
  proxyTarget,
  hasNodesPrinter,
  isNodesPrinter,
  isSound,
  isStringLike,
  isPrimitiveLike,
  holeAt,
  sorted,
};
