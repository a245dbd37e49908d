'use strict';

/**
 * The prototype of the rows of a statement after `as(Class)`.
 *
 * @see https://bun.com/docs/runtime/sqlite#as-class-map-query-results-to-a-class
 * @param {any} Class undefined: plain objects
 * @returns {object | null}
 * @throws {TypeError}
 */
function prototypeOf(Class) {
  if (Class === undefined) return null;
  if (Class === null || (typeof Class !== 'function' && typeof Class !== 'object')) {
    throw new TypeError('Expected class to be a constructor or undefined');
  }
  if (!isConstructor(Class)) throw new TypeError('Expected a constructor');
  const { prototype } = Class;
  if (prototype === undefined) throw new TypeError('Expected constructor to have a prototype');
  if (prototype === null || (typeof prototype !== 'object' && typeof prototype !== 'function')) {
    throw new TypeError('Expected a constructor prototype to be an object');
  }
  return prototype;
}

/** Asks without calling it, and without a look at its properties. @param {any} value */
function isConstructor(value) {
  const harmless = new Proxy(value, { construct: () => ({}) });
  try {
    Reflect.construct(harmless, []);
    return true;
  } catch {
    return false;
  }
}

module.exports = { prototypeOf };
