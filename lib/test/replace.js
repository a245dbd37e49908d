'use strict';

/** A property with something else in its place, and back: of objects, and of namespaces of modules. */

const { types } = require('node:util');

/** @param {any} object @param {PropertyKey} key @returns {PropertyDescriptor | undefined} */
function describe(object, key) {
  for (let at = object; at; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found) return found;
  }
  return undefined;
}

/** @param {any} object @param {PropertyKey} key @param {any} spy @param {boolean} method @param {PropertyDescriptor | undefined} descriptor */
function replace(object, key, spy, method, descriptor) {
  if (types.isModuleNamespaceObject(object)) return replaceExport(object, key, spy);
  const enumerable = descriptor?.enumerable ?? true;
  const configurable = !Object.hasOwn(object, key) || descriptor?.configurable !== false;
  if (method) Object.defineProperty(object, key, { value: spy, writable: true, configurable, enumerable });
  else Object.defineProperty(object, key, { get: spy, configurable: true, enumerable });
}

/** @param {any} object @param {PropertyKey} key @param {unknown} original @param {PropertyDescriptor | undefined} descriptor */
function putBack(object, key, original, descriptor) {
  if (types.isModuleNamespaceObject(object)) return replaceExport(object, key, original);
  const own = descriptor ?? { writable: true, configurable: true, enumerable: true };
  Object.defineProperty(object, key, { ...own, value: original });
}

/** @param {any} namespace @param {PropertyKey} key @param {unknown} value */
function replaceExport(namespace, key, value) {
  if (require('../loader').replaceExport(namespace, String(key), value)) return;
  throw new TypeError(`spyOn(target, prop): the export ${String(key)} of this module cannot be replaced`);
}

module.exports = { describe, replace, putBack };
