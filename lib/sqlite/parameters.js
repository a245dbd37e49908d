'use strict';

/**
 * What `bun:sqlite` makes of the arguments of `get`, `all`, `run`, …: which values go to which parameters.
 *
 * @see https://bun.com/docs/runtime/sqlite#parameters
 */

const { types } = require('node:util');
const { isBytes } = require('./encode');
const { Interrupted } = require('./failed-binding');

const { hasOwn } = Object;
const { toString } = Object.prototype;

/** @typedef {{ first: string | number, second: string | number, missing: string }} Key where the value of a parameter is looked for */

/**
 * Finds the values of a call: a list or an object of named values.
 *
 * @param {ArrayLike<any>} given the arguments of the call, at least one
 * @param {number} count the statement's parameters
 * @param {() => Key[]} keys of the parameters
 * @param {boolean} strict
 * @returns {ArrayLike<any>}
 * @throws {Error} for missing or extra values
 */
function valuesOf(given, count, keys, strict) {
  const first = given[0];
  if (typeof first === 'object' && first !== null) {
    if (isList(first)) return listed(first, count);
    if (isPlain(first)) return named(first, keys(), strict);
    if (!isBytes(first) && isRecord(first)) return named(first, keys(), strict);
  }
  return counted(given, count);
}

/** The values of a list. @param {any[]} list @param {number} count */
function listed(list, count) {
  return counted(copyOf(list), count);
}

/** A copy, since getters of the list's elements may run anything. @param {any[]} list */
function copyOf(list) {
  const copy = new Array(list.length);
  let index = 0;
  try {
    for (; index < copy.length; index++) copy[index] = list[index];
  } catch (error) {
    throw new Interrupted(error, copy.slice(0, index));
  }
  return copy;
}

/** @param {ArrayLike<any>} values @param {number} count */
function counted(values, count) {
  if (values.length !== count) {
    throw new Error(`SQLite query expected ${count} values, received ${values.length}`);
  }
  return values;
}

/**
 * Takes the values of an object's own properties. A key may have the prefix of the parameter or
 * leave it out: with both, the one with the prefix wins, in strict mode the one without.
 *
 * @param {any} record
 * @param {Key[]} keys
 * @param {boolean} strict
 */
function named(record, keys, strict) {
  const values = new Array(keys.length);
  let index = 0;
  try {
    for (; index < keys.length; index++) {
      const { first, second, missing } = keys[index];
      if (hasOwn(record, first)) values[index] = record[first];
      else if (hasOwn(record, second)) values[index] = record[second];
      else if (strict && !mayLack(record, missing)) throw new Error(`Missing parameter "${missing}"`);
    }
  } catch (error) {
    throw new Interrupted(error, values.slice(0, index));
  }
  return values;
}

/** Real Bun does not notice that a proxy lacks an index. @param {object} record @param {string} missing with its prefix: an index */
function mayLack(record, missing) {
  return /^[?$:@]/.test(missing) && types.isProxy(record);
}

/**
 * Names the keys of each parameter of a statement.
 *
 * @param {(string | null)[]} names with their prefix, null for `?`
 * @param {boolean} strict
 * @returns {Key[]}
 */
function keysOf(names, strict) {
  return names.map((name, index) => {
    if (name === null) return { first: index, second: index, missing: `?${index + 1}` };
    const bare = name[0] === '?' ? index : name.slice(1);
    const missing = name[0] === '?' || /^[0-9]+$/.test(name.slice(1)) ? name : name.slice(1);
    return strict ? { first: bare, second: name, missing } : { first: name, second: bare, missing };
  });
}

/** @param {object} value */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && value !== globalThis;
}

/** Whether an argument holds named values. @param {any} value */
function isNamed(value) {
  return typeof value === 'object' && value !== null && !isBytes(value) && isRecord(value);
}

/** Objects of the platform, by their `Symbol.toStringTag`, that hold no named values. */
const PLATFORM_OBJECTS = new Set([
  'URL',
  'URLSearchParams',
  'Request',
  'Response',
  'Headers',
  'FormData',
  'Event',
  'Blob',
  'File',
  'TextDecoder',
  'CustomEvent',
  'Crypto',
  'CryptoHasher',
  'Array Iterator',
  'String Iterator',
  'RegExp String Iterator',
  'Iterator Helper',
]);

/** Objects that hold named values: plain ones, instances of classes, `arguments`. @param {object} value */
function isRecord(value) {
  if (types.isProxy(value)) return true;
  // Most instances of classes: without a tag, none of the built-in kinds below calls itself so.
  if (!(Symbol.toStringTag in value) && toString.call(value) === '[object Object]') return value !== globalThis;
  return !(
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isPromise(value) ||
    types.isStringObject(value) ||
    types.isNumberObject(value) ||
    types.isBooleanObject(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    (types.isNativeError(value) && !(value instanceof DOMException)) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    value === globalThis ||
    (Symbol.toStringTag in value && PLATFORM_OBJECTS.has(/** @type {any} */ (value)[Symbol.toStringTag]))
  );
}

/** @param {any} value */
function isScalar(value) {
  const kind = typeof value;
  return kind === 'number' || kind === 'string' || kind === 'boolean' || value == null;
}

/** An empty list sets all parameters to NULL, whatever their number. @param {ArrayLike<any>} given */
function isEmptyList(given) {
  return isList(given[0]) && given[0].length === 0;
}

/** Whether an argument is a list of values. A proxy of an array holds named ones, as any other proxy. @param {any} value */
function isList(value) {
  return Array.isArray(value) && !types.isProxy(value);
}

module.exports = { listed, isScalar, isList, isEmptyList, valuesOf, keysOf, isNamed, isPlain, mayLack };
