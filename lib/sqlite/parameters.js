'use strict';

/**
 * What `bun:sqlite` makes of the arguments of `get`, `all`, `run`, …: which values go to which
 * parameters, and their encoding in the exchange buffer (`src/sqlite/parameters.rs` reads it).
 *
 * @see https://bun.com/docs/runtime/sqlite#parameters
 */

const { types } = require('node:util');
const { Unbindable } = require('./error');
const { Interrupted } = require('./failed-binding');
const { Word, SLOTS, TYPES, VALUES, TEXT, TEXT_END } = require('./exchange');

const NULL = 0;
const INT32 = 1;
const REAL = 2;
const TEXT_TYPE = 3;
const BIGINT = 4;
const SAFE_INTEGER = 5;
const BLOB = 6;

/** Longer ones are read by the addon where they are. */
const SMALL_BLOB = 1024;

/** Short strings are copied character by character: calling `utf8Write` costs more. */
const SHORT = 24;

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
    if (Array.isArray(first)) return counted(copyOf(first), count);
    if (isPlain(first)) return named(first, keys(), strict);
    if (!isBytes(first) && isRecord(first)) return named(first, keys(), strict);
  }
  return counted(given, count);
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
      else if (strict) throw new Error(`Missing parameter "${missing}"`);
    }
  } catch (error) {
    throw new Interrupted(error, values.slice(0, index));
  }
  return values;
}

const { hasOwn } = Object;

/** @typedef {{ first: string | number, second: string | number, missing: string }} Key where the value of a parameter is looked for */

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

/** @param {object} value */
function isBytes(value) {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
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
  'Array Iterator',
  'String Iterator',
]);

/** Objects that hold named values: plain ones, instances of classes, `arguments`. @param {object} value */
function isRecord(value) {
  if (types.isProxy(value)) return true;
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
    types.isNativeError(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    value === globalThis ||
    (Symbol.toStringTag in value && PLATFORM_OBJECTS.has(/** @type {any} */ (value)[Symbol.toStringTag]))
  );
}

/**
 * Writes values to the exchange buffer.
 *
 * @param {import('./exchange').Exchange} exchange
 * @param {ArrayLike<any>} values
 * @param {boolean} big whether a bigint beyond 64 bits is an error
 * @returns {any[] | undefined} the values themselves when they do not fit into the buffer
 * @throws {Unbindable}
 * @throws {RangeError}
 */
function encode(exchange, values, big) {
  const { words, doubles, integers, text } = exchange;
  const count = values.length;
  if (count > SLOTS) return checked(values, big);
  let end = TEXT;
  for (let index = 0; index < count; index++) {
    const value = values[index];
    switch (typeof value) {
      case 'number':
        if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
          words[TYPES + index] = INT32;
          words[2 * (VALUES + index)] = value;
        } else {
          words[TYPES + index] = Number.isSafeInteger(value) && value !== 0 ? SAFE_INTEGER : REAL;
          doubles[VALUES + index] = value;
        }
        break;
      case 'string': {
        const { length } = value;
        if (length * 3 > TEXT_END - end) return checked(values, big);
        const written = length <= SHORT ? writeShort(exchange, value, end) : text.utf8Write(value, end, TEXT_END - end);
        words[TYPES + index] = TEXT_TYPE;
        words[2 * (VALUES + index)] = end;
        words[2 * (VALUES + index) + 1] = written;
        end += written;
        break;
      }
      case 'boolean':
        words[TYPES + index] = INT32;
        words[2 * (VALUES + index)] = value ? 1 : 0;
        break;
      case 'undefined':
        words[TYPES + index] = NULL;
        break;
      case 'bigint':
        if (big) checkRange(value);
        words[TYPES + index] = BIGINT;
        integers[VALUES + index] = value;
        break;
      default:
        if (value === null) words[TYPES + index] = NULL;
        else if (value instanceof Uint8Array && value.length <= SMALL_BLOB && value.length <= TEXT_END - end) {
          // A detached buffer counts as empty, but cannot be copied.
          if (value.length > 0) exchange.bytes.set(value, end);
          words[TYPES + index] = BLOB;
          words[2 * (VALUES + index)] = end;
          words[2 * (VALUES + index) + 1] = value.length;
          end += value.length;
        } else return checked(values, big);
    }
  }
  words[Word.COUNT] = count;
}

/** @param {import('./exchange').Exchange} exchange @param {string} value @param {number} start @returns {number} bytes written */
function writeShort({ bytes, text }, value, start) {
  const { length } = value;
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    if (code > 127) return /** @type {any} */ (text).utf8Write(value, start, TEXT_END - start);
    bytes[start + index] = code;
  }
  return length;
}

/** @param {bigint} value */
function checkRange(value) {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`BigInt value '${value}' is out of range`);
}

/** Checks values that the addon reads from an array. @param {ArrayLike<any>} values @param {boolean} big */
function checked(values, big) {
  const array = Array.from(values);
  for (let index = 0; index < array.length; index++) {
    const value = array[index];
    if (typeof value === 'bigint') {
      if (big) checkRange(value);
    } else if (
      typeof value === 'object'
        ? value !== null && !isBytes(value)
        : typeof value === 'symbol' || typeof value === 'function'
    ) {
      throw new Unbindable(index);
    } else if (value instanceof SharedArrayBuffer) array[index] = new Uint8Array(value).slice();
    else if (ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer) {
      array[index] = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    }
  }
  return array;
}

/** @param {any} value */
function isScalar(value) {
  const kind = typeof value;
  return kind === 'number' || kind === 'string' || kind === 'boolean' || value == null;
}

/** An empty list sets all parameters to NULL, whatever their number. @param {ArrayLike<any>} given */
function isEmptyList(given) {
  return Array.isArray(given[0]) && given[0].length === 0;
}

module.exports = {
  isScalar,
  isEmptyList,
  checked,
  valuesOf,
  encode,
  keysOf,
  isBytes,
  isNamed,
  checkRange,
};
