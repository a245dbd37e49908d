'use strict';

const types = require('node:util/types');

const { isOfPlatform } = require('../internal/platform-object');

const enumerable = Object.prototype.propertyIsEnumerable;

/**
 * `Bun.deepEquals`: whether two values are alike, as `expect().toEqual()` sees it, or
 * `toStrictEqual()` when strict (then classes, holes and `undefined` properties count).
 *
 * @see https://bun.com/docs/runtime/utils#bun-deepequals
 * @param {unknown} a
 * @param {unknown} b
 * @param {boolean} [strict]
 * @returns {boolean}
 * @throws TypeError when there are fewer than two values
 */
function deepEquals(a, b, strict) {
  if (arguments.length < 2) throw new TypeError('Expected 2 values to compare');
  return equal(a, b, Boolean(strict), []);
}

Object.defineProperty(deepEquals, 'length', { value: 2 });

/** @param {any} a @param {any} b @param {boolean} strict @param {[unknown, unknown][]} open the pairs being compared @returns {boolean} */
function equal(a, b, strict, open) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  for (const [left, right] of open) {
    if (left === a) return right === b;
    if (right === b) return false;
  }
  open.push([a, b]);
  const result = compare(a, b, strict, open);
  open.pop();
  return result;
}

/** @param {any} a @param {any} b @param {boolean} strict @param {[unknown, unknown][]} open */
function compare(a, b, strict, open) {
  if (strict && types.isProxy(a) !== types.isProxy(b)) return false;
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind !== other && !(isPlain(kind) && isPlain(other))) return false;
  switch (kind === other ? kind : 'object') {
    case 'array':
      return arrays(a, b, strict, open);
    case 'date':
      return a.getTime() === b.getTime();
    case 'regexp':
      return a.source === b.source && a.flags === b.flags;
    case 'error':
      return errors(a, b, strict, open);
    case 'map':
      return maps(a, b, strict, open);
    case 'set':
      return sets(a, b, strict, open);
    case 'buffer':
      return Buffer.compare(new Uint8Array(a), new Uint8Array(b)) === 0;
    case 'view':
      return views(a, b, strict) && (!strict || properties(a, b, strict, open, a.length));
    case 'string':
      return (
        String.prototype.valueOf.call(a) === String.prototype.valueOf.call(b) &&
        (!strict || (className(a) === className(b) && properties(a, b, strict, open)))
      );
    case 'boxed':
      return Object.is(a.valueOf(), b.valueOf());
    case 'url':
      return a.href === b.href;
    case 'headers':
    case 'search':
      return pairs(a, b);
    case 'event':
      return a.type === b.type && a.bubbles === b.bubbles && a.cancelable === b.cancelable && a.composed === b.composed;
    default:
      return (!strict || className(a) === className(b)) && properties(a, b, strict, open);
  }
}

/** What Bun compares by its properties, of which the classes of the Web have none, unless both are of one such class. @param {string} kind */
const isPlain = (kind) => kind === 'object' || kind === 'url' || kind === 'headers' || kind === 'search';

/** Values of different kinds are never alike, but for plain ones. @param {any} value */
function kindOf(value) {
  if (Array.isArray(value)) return 'array';
  if (types.isDate(value)) return 'date';
  if (types.isRegExp(value)) return 'regexp';
  if (types.isNativeError(value)) return 'error';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isAnyArrayBuffer(value)) return 'buffer';
  if (types.isTypedArray(value)) return 'view';
  if (types.isStringObject(value)) return 'string';
  if (types.isBoxedPrimitive(value)) return 'boxed';
  if (types.isArgumentsObject(value)) return 'arguments';
  if (value instanceof URL) return 'url';
  if (value instanceof URLSearchParams) return 'search';
  if (value instanceof Headers) return 'headers';
  if (value instanceof Event) return 'event';
  return 'object';
}

/** Named properties of arrays do not count, in Bun. @param {unknown[]} a @param {unknown[]} b @param {boolean} strict @param {[unknown, unknown][]} open */
function arrays(a, b, strict, open) {
  if (strict && a.length !== b.length) return false;
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at++) {
    if (strict && at in a !== at in b) return false;
    if (!equal(a[at], b[at], strict, open)) return false;
  }
  return true;
}

/** @param {any} a @param {any} b @param {boolean} strict @param {[unknown, unknown][]} open */
function errors(a, b, strict, open) {
  if (a.name !== b.name || a.message !== b.message) return false;
  if (Object.hasOwn(a, 'cause') !== Object.hasOwn(b, 'cause') || !equal(a.cause, b.cause, strict, open)) return false;
  return properties(a, b, strict, open);
}

/** @param {Map<any, any>} a @param {Map<any, any>} b @param {boolean} strict @param {[unknown, unknown][]} open */
function maps(a, b, strict, open) {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    if (b.has(key)) {
      if (!equal(value, b.get(key), strict, open)) return false;
    } else if (key === null || typeof key !== 'object') {
      return false;
    } else {
      let found = false;
      for (const [otherKey, otherValue] of b) {
        found = equal(key, otherKey, strict, open) && equal(value, otherValue, strict, open);
        if (found) break;
      }
      if (!found) return false;
    }
  }
  return true;
}

/** @param {Set<any>} a @param {Set<any>} b @param {boolean} strict @param {[unknown, unknown][]} open */
function sets(a, b, strict, open) {
  if (a.size !== b.size) return false;
  for (const value of a) {
    if (b.has(value)) continue;
    let found = false;
    for (const other of b) {
      found = equal(value, other, strict, open);
      if (found) break;
    }
    if (!found) return false;
  }
  return true;
}

/** @param {any} a @param {any} b @param {boolean} strict */
function views(a, b, strict) {
  if (a[Symbol.toStringTag] !== b[Symbol.toStringTag] || a.length !== b.length) return false;
  const isFloat = types.isFloat32Array(a) || types.isFloat64Array(a) || a[Symbol.toStringTag] === 'Float16Array';
  if (!isFloat) {
    const left = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
    return Buffer.compare(left, new Uint8Array(b.buffer, b.byteOffset, b.byteLength)) === 0;
  }
  for (let at = 0; at < a.length; at++) {
    if (strict ? !Object.is(a[at], b[at]) : a[at] !== b[at]) return false;
  }
  return true;
}

/** In any order. @param {any} a @param {any} b */
function pairs(a, b) {
  const sorted = (/** @type {Iterable<[string, string]>} */ entries) =>
    [...entries].map((entry) => JSON.stringify(entry)).sort();
  const left = sorted(a);
  const right = sorted(b);
  return left.length === right.length && left.every((entry, at) => entry === right[at]);
}

/**
 * Enumerable own properties, symbols included.
 *
 * @param {any} a @param {any} b @param {boolean} strict @param {[unknown, unknown][]} open
 * @param {number} [skip] how many leading keys are elements that were compared already
 */
function properties(a, b, strict, open, skip = 0) {
  const left = keysOf(a, skip);
  const right = keysOf(b, skip);
  if (strict && left.length !== right.length) return false;
  for (const key of left) {
    if (strict && !enumerable.call(b, key)) return false;
    if (!equal(a[key], Object.hasOwn(b, key) ? b[key] : undefined, strict, open)) return false;
  }
  if (strict) return true;
  return right.every((key) => enumerable.call(a, key) || b[key] === undefined);
}

/** @param {object} object @param {number} skip */
function keysOf(object, skip) {
  const keys = skip ? Object.keys(object).slice(skip) : Object.keys(object);
  const symbols = Object.getOwnPropertySymbols(object).filter((symbol) => enumerable.call(object, symbol));
  return symbols.length > 0 && !isOfPlatform(object) ? [...keys, ...symbols] : keys;
}

/** @param {object} object */
function className(object) {
  if (object instanceof Blob) return 'Blob'; // files, too
  const name = Object.getPrototypeOf(object)?.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

module.exports = deepEquals;
