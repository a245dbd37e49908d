'use strict';

/**
 * Whether an object is an instance of a class of the Web that Node has: what it is stands under symbols, which are no
 * properties of a program's.
 *
 * @param {any} object
 */
function isOfPlatform(object) {
  const tag = object[Symbol.toStringTag];
  if (typeof tag !== 'string') return false;
  const Class = /** @type {any} */ (globalThis)[tag];
  return typeof Class === 'function' && object instanceof Class;
}

module.exports = { isOfPlatform };
