'use strict';

/**
 * Deep equality as `toEqual` (loose) and `toStrictEqual` (strict) understand it in Bun. Unlike Jest,
 * Bun compares classes by name, iterators by their properties and errors by all that they carry.
 */

const { types } = require('node:util');
const { isOfPlatform } = require('../internal/platform-object');
const { isAsymmetric } = require('./asymmetric');
const { bytesEqual, mapsEqual, setsEqual } = require('./equality-collections');

/** @typedef {{ strict: boolean, pairs: [object, object][] }} Walk */

/** @param {unknown} a @param {unknown} b @returns {boolean} */
const deepEqual = (a, b) => same(a, b, { strict: false, pairs: [] });

/** @param {unknown} a @param {unknown} b @returns {boolean} */
const strictlyEqual = (a, b) => same(a, b, { strict: true, pairs: [] });

/** @param {any} a @param {any} b @param {Walk} walk @returns {boolean} */
function same(a, b, walk) {
  if (isAsymmetric(b)) return isAsymmetric(a) ? a === b : b.asymmetricMatch(a);
  if (isAsymmetric(a)) return a.asymmetricMatch(b);
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  for (const [left, right] of walk.pairs) {
    if (left === a) return right === b;
    if (right === b) return false; // a circle on one side only
  }
  walk.pairs.push([a, b]);
  try {
    return sameObjects(a, b, walk);
  } finally {
    walk.pairs.pop();
  }
}

/** @param {any} a @param {any} b @param {Walk} walk @returns {boolean} */
function sameObjects(a, b, walk) {
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind !== other && !(isPlain(kind) && isPlain(other))) return false;
  const inner = (/** @type {unknown} */ x, /** @type {unknown} */ y) => same(x, y, walk);
  if (walk.strict && !sameClass(a, b)) return false;
  switch (kind === other ? kind : 'object') {
    case 'array':
      return sameArrays(a, b, walk);
    case 'map':
      return mapsEqual(a, b, inner);
    case 'set':
      return setsEqual(a, b, inner);
    case 'date':
      return a.getTime() === b.getTime();
    case 'regexp':
      return a.source === b.source && a.flags === b.flags;
    case 'error':
      return a.name === b.name && a.message === b.message && inner(a.cause, b.cause) && sameProperties(a, b, walk);
    case 'bytes':
      return bytesEqual(a, b, walk.strict);
    case 'boxed':
      return Object.is(a.valueOf(), b.valueOf()) && sameBoxes(a, b, walk);
    case 'url':
      return a.href === b.href;
    case 'event':
      return a.type === b.type && a.bubbles === b.bubbles && a.cancelable === b.cancelable && a.composed === b.composed;
    case 'headers':
    case 'search':
      return inner([...a], [...b]);
    default:
      return sameProperties(a, b, walk);
  }
}

/** What Bun compares by its properties, of which the classes of the Web have none, unless both are of one such class. @param {string} kind */
const isPlain = (kind) => kind === 'object' || kind === 'url' || kind === 'headers' || kind === 'search';

/** @param {any} value */
function kindOf(value) {
  if (Array.isArray(value)) return 'array';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isDate(value)) return 'date';
  if (types.isRegExp(value)) return 'regexp';
  if (types.isNativeError(value) && !(value instanceof DOMException)) return 'error';
  if (ArrayBuffer.isView(value) && !types.isDataView(value)) return 'bytes';
  if (types.isAnyArrayBuffer(value)) return 'bytes';
  if (types.isBoxedPrimitive(value)) return 'boxed';
  if (value instanceof URL) return 'url';
  if (value instanceof Event) return 'event';
  if (value instanceof URLSearchParams) return 'search';
  if (value instanceof Headers) return 'headers';
  return 'object';
}

/** @param {any} a @param {any} b */
function sameClass(a, b) {
  if (types.isProxy(a) !== types.isProxy(b)) return false;
  if (types.isUint8Array(a) && types.isUint8Array(b)) return true; // Buffer is one
  if (types.isNativeError(a)) return true;
  return className(a) === className(b);
}

/** @param {any} value */
function className(value) {
  if (value instanceof Blob) return 'Blob';
  const tag = value[Symbol.toStringTag];
  if (typeof tag === 'string') return tag;
  if (types.isArgumentsObject(value)) return 'Arguments';
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' ? name : 'Object';
}

/** Strings with properties of their own are equal without them where equality is loose. @param {any} a @param {any} b @param {Walk} walk */
function sameBoxes(a, b, walk) {
  if (!(a instanceof String) || !(b instanceof String)) return sameProperties(a, b, walk);
  return className(a) === className(b) && (!walk.strict || sameProperties(a, b, walk));
}

/** @param {unknown[]} a @param {unknown[]} b @param {Walk} walk */
function sameArrays(a, b, walk) {
  if (walk.strict && a.length !== b.length) return false;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (walk.strict && i in a !== i in b) return false;
    if (!same(a[i], b[i], walk) && !same(dataOf(a, i), dataOf(b, i), walk)) return false;
  }
  return sameSymbols(a, b, walk) && (!walk.strict || sameSymbols(b, a, walk));
}

/** What accessors give does not count in arrays. @param {unknown[]} array @param {number} index */
const dataOf = (array, index) => Object.getOwnPropertyDescriptor(array, index)?.value;

/** Properties of the array received count if symbols name them. @param {any} a @param {any} b @param {Walk} walk */
const sameSymbols = (a, b, walk) =>
  Object.getOwnPropertySymbols(a).every((key) => (!walk.strict || Object.hasOwn(b, key)) && same(a[key], b[key], walk));

/** @param {object} object */
const keysOf = (object) =>
  (isOfPlatform(object) ? Object.keys(object) : Reflect.ownKeys(object)).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(object, key),
  );

/** @param {any} a @param {any} b @param {Walk} walk */
function sameProperties(a, b, walk) {
  const keys = keysOf(a);
  const others = keysOf(b);
  if (walk.strict && keys.length !== others.length) return false;
  for (const key of keys) {
    if (walk.strict && !Object.hasOwn(b, key)) return false;
    if (!Object.hasOwn(b, key) ? a[key] !== undefined : !same(a[key], b[key], walk)) return false;
  }
  return others.every((key) => Object.hasOwn(a, key) || b[key] === undefined);
}

/**
 * Whether `received` has everything that `expected` has, as `toMatchObject` asks.
 *
 * @param {any} received
 * @param {any} expected
 * @param {object[]} [above] the objects of `expected` around this one
 * @returns {boolean}
 */
function matchesSubset(received, expected, above = []) {
  if (isAsymmetric(expected) || isAsymmetric(received)) return deepEqual(received, expected);
  if (Object.is(received, expected)) return true;
  if (!isObject(received) || !isObject(expected)) return deepEqual(received, expected);
  if (above.includes(expected) || expected instanceof FormData) return true;
  const inner = [...above, expected];
  if (Array.isArray(expected)) {
    if (!Array.isArray(received) || keysOf(received).length !== keysOf(expected).length) return false;
    return (
      received.length === expected.length &&
      keysOf(expected).every(
        (key) =>
          key in received &&
          matchesSubset(/** @type {any} */ (received)[key], /** @type {any} */ (expected)[key], inner),
      )
    );
  }
  if (types.isNativeError(expected) && types.isNativeError(received) && expected.message !== received.message)
    return false;
  if (above.length > 0 && typeof expected === 'object' && kindOf(expected) !== 'object')
    return deepEqual(received, expected);
  const inherited = Object.keys(Object.getPrototypeOf(expected) ?? {});
  return [...keysOf(expected), ...inherited].every(
    (key) => key in received && matchesSubset(received[key], expected[key], inner),
  );
}

/** @param {unknown} value */
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

module.exports = { deepEqual, strictlyEqual, matchesSubset };
