'use strict';

const { types } = require('node:util');
const { Tag, POOLED, ONE_BYTE, ERRORS } = require('./script-value-format');

/** Digits of a limb of a big integer. */
const LIMB_DIGITS = 16;
/** Two-byte characters. */
// eslint-disable-next-line no-control-regex
const WIDE = /[^\0-\u00ff]/;

const { hasOwn } = Object;
/** @param {object} object @param {string} name @returns {() => any} */
const getter = (object, name) => /** @type {any} */ (Object.getOwnPropertyDescriptor(object, name)?.get);
const sourceOf = getter(RegExp.prototype, 'source');
const flagsOf = getter(RegExp.prototype, 'flags');

/** Writes what holds no other values. */
class LeafWriter {
  #out;
  /** @type {Map<string, number>} */
  #strings = new Map();

  /** @param {import('./script-value-bytes').ByteWriter} out */
  constructor(out) {
    this.#out = out;
  }

  /** @param {any} value @returns {boolean} whether it is such an object as holds no others */
  leaf(value) {
    if (types.isDate(value)) {
      this.#out.byte(Tag.Date);
      this.#out.double(Date.prototype.getTime.call(value));
    } else if (types.isRegExp(value)) {
      this.#out.byte(Tag.RegExp);
      this.string(sourceOf.call(value));
      this.string(flagsOf.call(value));
    } else if (value instanceof DOMException) {
      this.#out.byte(Tag.DOMException);
      this.string(value.message);
      this.string(value.name);
    } else if (types.isNativeError(value)) this.#error(value);
    else if (types.isAnyArrayBuffer(value)) this.#buffer(value);
    else if (types.isBoxedPrimitive(value)) this.#boxed(value);
    else return false;
    return true;
  }

  /** @param {number} value */
  number(value) {
    if (value === 1) return this.#out.byte(Tag.One);
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.#out.byte(Tag.Double);
      return this.#out.double(value);
    }
    if (value === 0) return this.#out.byte(Tag.Zero);
    this.#out.byte(Tag.Int);
    return this.#out.uint32(value >>> 0);
  }

  /** The place in the source is V8's to know: it stands in `stack` alone. @param {Error} error */
  #error(error) {
    const { stack } = error;
    this.#out.byte(Tag.Error);
    const kind = ERRORS.findLastIndex((each) => each.prototype.isPrototypeOf(error));
    this.#out.byte(Math.max(kind, 0));
    const message = Object.getOwnPropertyDescriptor(error, 'message');
    this.maybe(message && hasOwn(message, 'value') ? String(message.value) : undefined);
    this.#out.uint32(0);
    this.#out.uint32(0);
    this.maybe('');
    this.maybe(typeof stack === 'string' ? stack : undefined);
  }

  /** @param {any} value an object around a primitive */
  #boxed(value) {
    if (types.isNumberObject(value)) {
      this.#out.byte(Tag.NumberObject);
      this.#out.double(Number.prototype.valueOf.call(value));
    } else if (types.isBooleanObject(value)) {
      this.#out.byte(Boolean.prototype.valueOf.call(value) ? Tag.TrueObject : Tag.FalseObject);
    } else if (types.isBigIntObject(value)) {
      this.#out.byte(Tag.BigIntObject);
      this.bigint(BigInt.prototype.valueOf.call(value));
    } else if (types.isStringObject(value)) {
      const text = String.prototype.valueOf.call(value);
      this.#out.byte(text === '' ? Tag.EmptyStringObject : Tag.StringObject);
      if (text !== '') this.string(text);
    } else throw refusal();
  }

  /** @param {any} buffer */
  #buffer(buffer) {
    const bytes = attached(() => new Uint8Array(buffer));
    const resizable = buffer.resizable === true;
    this.#out.byte(resizable ? Tag.ResizableArrayBuffer : Tag.ArrayBuffer);
    this.#out.uint64(bytes.length);
    if (resizable) this.#out.uint64(buffer.maxByteLength);
    this.#out.raw(bytes);
  }

  /** @param {bigint} value */
  bigint(value) {
    this.#out.byte(value < 0n ? 1 : 0);
    if (value === 0n) return this.#out.uint32(0);
    // Digits of 16 are the one way whose time is that of the length.
    const digits = (value < 0n ? -value : value).toString(16);
    const limbs = Math.ceil(digits.length / LIMB_DIGITS);
    this.#out.uint32(limbs);
    this.#out.raw(Buffer.from(digits.padStart(limbs * LIMB_DIGITS, '0'), 'hex').reverse());
  }

  /** @param {string | undefined} text */
  maybe(text) {
    this.#out.uint32(text === undefined ? 1 : 0);
    if (text !== undefined) this.string(text);
  }

  /** @param {string} text */
  string(text) {
    const place = this.#strings.get(text);
    if (place !== undefined) {
      this.#out.uint32(POOLED);
      return this.place(place, this.#strings.size);
    }
    this.#strings.set(text, this.#strings.size);
    const oneByte = (text.length | ONE_BYTE) >>> 0;
    if (this.#out.shortLatin1(oneByte, text)) return;
    if (WIDE.test(text)) {
      this.#out.uint32(text.length);
      return this.#out.utf16(text);
    }
    this.#out.uint32(oneByte);
    return this.#out.latin1(text);
  }

  /** @param {number} place @param {number} count how many there are */
  place(place, count) {
    if (count <= 0xff) return this.#out.byte(place);
    return count <= 0xffff ? this.#out.uint16(place) : this.#out.uint32(place);
  }
}

/** @template T @param {() => T} look throws for a buffer that is detached or too short @returns {T} */
function attached(look) {
  try {
    return look();
  } catch {
    throw refusal();
  }
}

function refusal() {
  return new DOMException('The object can not be cloned.', 'DataCloneError');
}

module.exports = { LeafWriter, attached, refusal };
