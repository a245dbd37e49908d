'use strict';

/**
 * Writes the values of a call to the exchange buffer, where `src/sqlite/parameters.rs` reads them.
 */

const { types } = require('node:util');
const { lengthOf } = require('../internal/real-length');
const { Unbindable } = require('./error');
const { words, doubles, integers, bytes, text, Word, SLOTS, TYPES, VALUES, TEXT, TEXT_END } = require('./exchange');

/** Of a value in the buffer; `dx_sqlite::Binder::bind_packed` has all but the last. */
const Kind = Object.freeze({
  NULL: 0,
  INT32: 1,
  REAL: 2,
  TEXT: 3,
  BIGINT: 4,
  SAFE_INTEGER: 5,
  BLOB: 6,
  TEXT_ARGUMENT: 7,
});
const { NULL, INT32, REAL, TEXT: TEXT_TYPE, BIGINT, SAFE_INTEGER, BLOB } = Kind;
/** What word `GIVEN` says: texts are arguments of the call. */
const TEXTS = 2;

/** Longer ones are read by the addon where they are. */
const SMALL_BLOB = 1024;
/** Short strings are copied character by character: calling `utf8Write` costs more. */
const SHORT = 32;
/** Longer arguments are read by the addon: that costs as much as about so many characters here. */
const FAR = SHORT + 1;
/** Where the text ends when a value did not fit into the buffer. */
const FULL = 1 << 20;

const { charCodeAt } = String.prototype;

/**
 * Writes one value. No code of the program runs meanwhile.
 *
 * @param {number} index of the parameter
 * @param {any} value
 * @param {number} end of the text written so far
 * @param {boolean} big whether a bigint beyond 64 bits is an error
 * @returns {number} the end of the text; `FULL` when the value must go as an element of a list, or is none that can be bound
 */
function put(index, value, end, big) {
  if (typeof value === 'number') return putNumber(index, value, end);
  if (typeof value === 'string') return putText(index, value, end);
  return putOther(index, value, end, big);
}

/** @param {number} index @param {number} value @param {number} end */
function putNumber(index, value, end) {
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
    words[TYPES + index] = INT32;
    words[2 * (VALUES + index)] = value;
  } else {
    words[TYPES + index] = Number.isSafeInteger(value) && value !== 0 ? SAFE_INTEGER : REAL;
    doubles[VALUES + index] = value;
  }
  return end;
}

/** @param {number} index @param {string} value @param {number} last where the text of the parameters before ends */
function putText(index, value, last) {
  const { length } = value;
  // A text starts at a word, so that four characters are one store.
  const end = (last + 3) & ~3;
  if (length * 3 > TEXT_END - end) return FULL;
  let written = 0;
  if (length <= SHORT) {
    for (let word = end >> 2; written + 3 < length; written += 4) {
      const first = charCodeAt.call(value, written);
      const second = charCodeAt.call(value, written + 1);
      const third = charCodeAt.call(value, written + 2);
      const fourth = charCodeAt.call(value, written + 3);
      if ((first | second | third | fourth) > 127) break;
      words[word++] = first | (second << 8) | (third << 16) | (fourth << 24);
    }
    for (; written < length; written++) {
      const code = charCodeAt.call(value, written);
      if (code > 127) break;
      bytes[end + written] = code;
    }
  }
  if (written < length) {
    written = length <= SHORT ? putWide(value, written, end) : text.utf8Write(value, end, TEXT_END - end);
  }
  words[TYPES + index] = TEXT_TYPE;
  words[2 * (VALUES + index)] = end - TEXT;
  words[2 * (VALUES + index) + 1] = written;
  return end + written;
}

/**
 * Goes on from the first character that is not ASCII; a lone surrogate becomes U+FFFD.
 *
 * @param {string} value
 * @param {number} from characters written so far, a byte each
 * @param {number} start
 * @returns {number} the bytes of the whole
 */
function putWide(value, from, start) {
  let at = start + from;
  for (let index = from; index < value.length; index++) {
    let code = charCodeAt.call(value, index);
    if (code < 0x80) {
      bytes[at++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
    } else {
      if ((code & 0xf800) === 0xd800) {
        const next = charCodeAt.call(value, index + 1);
        if (code < 0xdc00 && (next & 0xfc00) === 0xdc00) {
          code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff);
          index++;
        } else code = 0xfffd;
      }
      if (code < 0x10000) {
        bytes[at++] = 0xe0 | (code >> 12);
      } else {
        bytes[at++] = 0xf0 | (code >> 18);
        bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (code & 0x3f);
  }
  return at - start;
}

/** @param {number} index @param {any} value @param {number} end @param {boolean} big */
function putOther(index, value, end, big) {
  if (value === null || value === undefined) {
    words[TYPES + index] = NULL;
    return end;
  }
  switch (typeof value) {
    case 'boolean':
      words[TYPES + index] = INT32;
      words[2 * (VALUES + index)] = value ? 1 : 0;
      return end;
    case 'bigint':
      if (big && BigInt.asIntN(64, value) !== value) return FULL;
      words[TYPES + index] = BIGINT;
      integers[VALUES + index] = value;
      return end;
    case 'object': {
      if (!types.isUint8Array(value)) return FULL;
      const length = lengthOf(value);
      if (length > SMALL_BLOB || length > TEXT_END - end) return FULL;
      // A detached buffer counts as empty, but cannot be copied.
      if (length > 0) bytes.set(value, end);
      words[TYPES + index] = BLOB;
      words[2 * (VALUES + index)] = end - TEXT;
      words[2 * (VALUES + index) + 1] = length;
      return end + length;
    }
    default:
      return FULL;
  }
}

/**
 * Writes the values of a list.
 *
 * @param {ArrayLike<any>} values
 * @param {boolean} big whether a bigint beyond 64 bits is an error
 * @returns {any[] | undefined} the values themselves when they do not fit into the buffer
 * @throws {Unbindable}
 * @throws {RangeError}
 */
function encode(values, big) {
  const count = values.length;
  let end = count > SLOTS ? FULL : TEXT;
  for (let index = 0; index < count && end < FULL; index++) end = put(index, values[index], end, big);
  return finish(count, end) ? undefined : checked(values, big);
}

/** Ends writing the values of a call; tells whether they are in the buffer. @param {number} count @param {number} end */
function finish(count, end) {
  words[Word.COUNT] = count;
  words[Word.TEXT_END] = end;
  return end < FULL;
}

/** @param {bigint} value */
function checkRange(value) {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`BigInt value '${value}' is out of range`);
}

/** @param {object} value */
function isBytes(value) {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
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

module.exports = { put, putText, encode, finish, checked, checkRange, isBytes, Kind, FAR, TEXTS, FULL };
