'use strict';

const { types } = require('node:util');
const { VERSION, Tag, TERMINATOR, POOLED, OTHER_PROPERTIES, ONE_BYTE } = require('./script-value-format');
const { VIEWS, ERRORS } = require('./script-value-format');

const FIRST_SIZE = 256;
const LIMB = 64n;
/** Two-byte characters. */
// eslint-disable-next-line no-control-regex
const WIDE = /[^\0-\u00ff]/;

/** Writes values in JavaScriptCore's format (see `script-value-format.js`). */
class Writer {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE);
  #at = 0;
  /** @type {Map<string, number>} */
  #strings = new Map();
  /** @type {Map<object, number>} */
  #objects = new Map();

  /** @param {unknown} value @returns {Buffer} @throws {DOMException} DataCloneError */
  static write(value) {
    const writer = new Writer();
    writer.#uint32(VERSION);
    writer.#value(value);
    return writer.#bytes.subarray(0, writer.#at);
  }

  /** @param {unknown} value */
  #value(value) {
    switch (typeof value) {
      case 'undefined':
        return this.#byte(Tag.Undefined);
      case 'boolean':
        return this.#byte(value ? Tag.True : Tag.False);
      case 'number':
        return this.#number(value);
      case 'bigint':
        this.#byte(Tag.BigInt);
        return this.#bigint(value);
      case 'string':
        if (value === '') return this.#byte(Tag.EmptyString);
        this.#byte(Tag.String);
        return this.#string(value);
      case 'object':
        return value === null ? this.#byte(Tag.Null) : this.#object(value);
      default:
        throw refusal();
    }
  }

  /** @param {number} value */
  #number(value) {
    if (value === 1) return this.#byte(Tag.One);
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.#byte(Tag.Double);
      return this.#double(value);
    }
    if (value === 0) return this.#byte(Tag.Zero);
    this.#byte(Tag.Int);
    return this.#uint32(value >>> 0);
  }

  /** @param {any} value */
  #object(value) {
    const place = this.#objects.get(value);
    if (place !== undefined) {
      this.#byte(Tag.ObjectReference);
      return this.#place(place, this.#objects.size);
    }
    // A view's buffer comes before the view.
    if (ArrayBuffer.isView(value)) return this.#view(value);
    this.#objects.set(value, this.#objects.size);
    if (Array.isArray(value)) return this.#array(value);
    if (types.isMap(value)) return this.#map(value);
    if (types.isSet(value)) return this.#set(value);
    if (types.isDate(value)) {
      this.#byte(Tag.Date);
      return this.#double(Date.prototype.getTime.call(value));
    }
    if (types.isRegExp(value)) {
      this.#byte(Tag.RegExp);
      this.#string(value.source);
      return this.#string(value.flags);
    }
    if (value instanceof DOMException) {
      this.#byte(Tag.DOMException);
      this.#string(value.message);
      return this.#string(value.name);
    }
    if (types.isNativeError(value)) return this.#error(value);
    if (types.isAnyArrayBuffer(value)) return this.#buffer(value);
    if (types.isBoxedPrimitive(value)) return this.#boxed(value);
    if (!isPlain(value)) throw refusal();
    this.#byte(Tag.Object);
    this.#properties(value, Object.keys(value));
    return this.#uint32(TERMINATOR);
  }

  /** @param {any} object @param {string[]} keys */
  #properties(object, keys) {
    for (const key of keys) {
      this.#string(key);
      this.#value(object[key]);
    }
  }

  /** @param {any[]} array */
  #array(array) {
    this.#byte(Tag.Array);
    this.#uint32(array.length);
    const keys = Object.keys(array);
    let index = 0; // indices come first
    for (; index < keys.length && isIndex(keys[index]); index++) {
      this.#uint32(Number(keys[index]));
      this.#value(array[Number(keys[index])]);
    }
    if (index < keys.length) {
      this.#uint32(OTHER_PROPERTIES);
      this.#properties(array, keys.slice(index));
    }
    this.#uint32(TERMINATOR);
  }

  /** @param {Map<any, any>} map */
  #map(map) {
    this.#byte(Tag.Map);
    for (const [key, value] of [...Map.prototype.entries.call(map)]) {
      this.#value(key);
      this.#value(value);
    }
    this.#byte(Tag.MapProperties);
    this.#properties(map, Object.keys(map));
    this.#uint32(TERMINATOR);
  }

  /** @param {Set<any>} set */
  #set(set) {
    this.#byte(Tag.Set);
    for (const value of [...Set.prototype.values.call(set)]) this.#value(value);
    this.#byte(Tag.SetProperties);
    this.#properties(set, Object.keys(set));
    this.#uint32(TERMINATOR);
  }

  /** The place in the source is V8's to know: it stands in `stack` alone. @param {Error} error */
  #error(error) {
    const { stack } = error;
    this.#byte(Tag.Error);
    const kind = ERRORS.findLastIndex((each) => each.prototype.isPrototypeOf(error));
    this.#byte(Math.max(kind, 0));
    this.#maybe(Object.hasOwn(error, 'message') ? String(error.message) : undefined);
    this.#uint32(0);
    this.#uint32(0);
    this.#maybe('');
    this.#maybe(typeof stack === 'string' ? stack : undefined);
  }

  /** @param {any} value an object around a primitive */
  #boxed(value) {
    const inner = value.valueOf();
    switch (typeof inner) {
      case 'boolean':
        return this.#byte(inner ? Tag.TrueObject : Tag.FalseObject);
      case 'number':
        this.#byte(Tag.NumberObject);
        return this.#double(inner);
      case 'bigint':
        this.#byte(Tag.BigIntObject);
        return this.#bigint(inner);
      case 'string':
        if (inner === '') return this.#byte(Tag.EmptyStringObject);
        this.#byte(Tag.StringObject);
        return this.#string(inner);
      default:
        throw refusal();
    }
  }

  /** @param {any} buffer */
  #buffer(buffer) {
    const resizable = buffer.resizable === true;
    this.#byte(resizable ? Tag.ResizableArrayBuffer : Tag.ArrayBuffer);
    this.#uint64(BigInt(buffer.byteLength));
    if (resizable) this.#uint64(BigInt(buffer.maxByteLength));
    this.#raw(new Uint8Array(buffer));
  }

  /** @param {any} view */
  #view(view) {
    this.#byte(Tag.ArrayBufferView);
    this.#byte(VIEWS.findIndex((each) => each && view instanceof each));
    this.#uint64(BigInt(view.byteOffset));
    this.#uint64(BigInt(view.byteLength)); // of one that grows with its buffer as well: nothing says which does
    this.#value(view.buffer);
    this.#objects.set(view, this.#objects.size);
  }

  /** @param {bigint} value */
  #bigint(value) {
    this.#byte(value < 0n ? 1 : 0);
    const limbs = [];
    for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= LIMB)
      limbs.push(BigInt.asUintN(Number(LIMB), rest));
    this.#uint32(limbs.length);
    for (const limb of limbs) this.#uint64(limb);
  }

  /** @param {string | undefined} text */
  #maybe(text) {
    this.#uint32(text === undefined ? 1 : 0);
    if (text !== undefined) this.#string(text);
  }

  /** @param {string} text */
  #string(text) {
    const place = this.#strings.get(text);
    if (place !== undefined) {
      this.#uint32(POOLED);
      this.#place(place, this.#strings.size);
      return;
    }
    this.#strings.set(text, this.#strings.size);
    const wide = WIDE.test(text);
    this.#uint32(wide ? text.length : (text.length | ONE_BYTE) >>> 0);
    this.#raw(Buffer.from(text, wide ? 'utf16le' : 'latin1'));
  }

  /** @param {number} place @param {number} count how many there are */
  #place(place, count) {
    if (count <= 0xff) return this.#byte(place);
    if (count > 0xffff) return this.#uint32(place);
    this.#at = this.#room(2).writeUInt16LE(place, this.#at);
  }

  /** @param {number} value */
  #byte(value) {
    this.#room(1)[this.#at++] = value;
  }

  /** @param {number} value */
  #uint32(value) {
    this.#at = this.#room(4).writeUInt32LE(value, this.#at);
  }

  /** @param {bigint} value */
  #uint64(value) {
    this.#at = this.#room(8).writeBigUInt64LE(value, this.#at);
  }

  /** @param {number} value */
  #double(value) {
    this.#at = this.#room(8).writeDoubleLE(value, this.#at);
  }

  /** @param {Uint8Array} bytes */
  #raw(bytes) {
    this.#room(bytes.byteLength).set(bytes, this.#at);
    this.#at += bytes.byteLength;
  }

  /** @param {number} size */
  #room(size) {
    if (this.#bytes.length - this.#at < size) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + size));
      this.#bytes.copy(larger, 0, 0, this.#at);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}

/** @param {string} key */
function isIndex(key) {
  const number = Number(key);
  return number >= 0 && number < OTHER_PROPERTIES && String(number >>> 0) === key;
}

/** Objects of a class of the host's hold what properties do not show. @param {any} value */
function isPlain(value) {
  const { isArgumentsObject, isProxy, isPromise, isWeakMap, isWeakSet } = types;
  if ([isArgumentsObject, isProxy, isPromise, isWeakMap, isWeakSet].some((is) => is(value))) return false;
  for (let proto = Object.getPrototypeOf(value); proto; proto = Object.getPrototypeOf(proto)) {
    const name = proto[Symbol.toStringTag];
    if (typeof name === 'string' && typeof (/** @type {any} */ (globalThis)[name]) === 'function') return false;
  }
  return true;
}

function refusal() {
  return new DOMException('The object can not be cloned.', 'DataCloneError');
}

/** @param {unknown} value @returns {Buffer} @throws {DOMException} DataCloneError when it cannot be cloned */
const writeScriptValue = (value) => Writer.write(value);

module.exports = { writeScriptValue };
