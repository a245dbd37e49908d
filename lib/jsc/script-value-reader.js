'use strict';

const { VERSION, Tag, TERMINATOR, POOLED, OTHER_PROPERTIES, ONE_BYTE, TRACKING } = require('./script-value-format');
const { VIEWS, ERRORS } = require('./script-value-format');

const LIMB = 64n;

/** Reads values in JavaScriptCore's format (see `script-value-format.js`). */
class Reader {
  #bytes;
  #at = 0;
  /** @type {string[]} */
  #strings = [];
  /** @type {object[]} */
  #objects = [];

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** @returns {unknown} @throws when the bytes are no serialized value */
  read() {
    const version = this.#uint32();
    if (version === 0 || version > VERSION) throw malformed();
    return this.#value(this.#byte());
  }

  /** @param {number} tag @returns {any} */
  #value(tag) {
    switch (tag) {
      case Tag.Undefined:
        return undefined;
      case Tag.Null:
        return null;
      case Tag.True:
        return true;
      case Tag.False:
        return false;
      case Tag.Zero:
        return 0;
      case Tag.One:
        return 1;
      case Tag.Int:
        return this.#uint32() | 0;
      case Tag.Double:
        return this.#double();
      case Tag.EmptyString:
        return '';
      case Tag.String:
        return this.#string(this.#uint32());
      case Tag.BigInt:
        return this.#bigint();
      case Tag.ObjectReference:
        return this.#earlier(this.#objects);
      case Tag.ArrayBufferView:
        return this.#view();
      default:
        return this.#object(tag);
    }
  }

  /** @param {number} tag @returns {any} */
  #object(tag) {
    switch (tag) {
      case Tag.Object:
        return this.#properties(this.#keep({}));
      case Tag.Array:
        return this.#array();
      case Tag.Map:
        return this.#map();
      case Tag.Set:
        return this.#set();
      case Tag.Date:
        return this.#keep(new Date(this.#double()));
      case Tag.RegExp:
        return this.#keep(new RegExp(this.#string(this.#uint32()), this.#string(this.#uint32())));
      case Tag.Error:
        return this.#error();
      case Tag.DOMException:
        return this.#keep(new DOMException(this.#string(this.#uint32()), this.#string(this.#uint32())));
      case Tag.ArrayBuffer:
      case Tag.ResizableArrayBuffer:
        return this.#buffer(tag === Tag.ResizableArrayBuffer);
      default:
        return this.#keep(Object(this.#boxed(tag)));
    }
  }

  /** @param {number} tag */
  #boxed(tag) {
    switch (tag) {
      case Tag.TrueObject:
        return true;
      case Tag.FalseObject:
        return false;
      case Tag.NumberObject:
        return this.#double();
      case Tag.EmptyStringObject:
        return '';
      case Tag.StringObject:
        return this.#string(this.#uint32());
      case Tag.BigIntObject:
        return this.#bigint();
      default:
        throw malformed();
    }
  }

  /** @template {object} T @param {T} object @returns {T} */
  #keep(object) {
    this.#objects.push(object);
    return object;
  }

  /** @template {object} T @param {T} object @returns {T} */
  #properties(object) {
    for (let length = this.#uint32(); length !== TERMINATOR; length = this.#uint32()) {
      const key = this.#string(length);
      const value = this.#value(this.#byte());
      // `__proto__` is a name like others here.
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  #array() {
    const length = this.#uint32();
    const array = this.#keep(/** @type {any[]} */ ([]));
    array.length = length;
    for (;;) {
      const index = this.#uint32();
      if (index === TERMINATOR) return array;
      if (index === OTHER_PROPERTIES) return this.#properties(array);
      if (index >= length) throw malformed();
      array[index] = this.#value(this.#byte());
    }
  }

  #map() {
    const map = this.#keep(new Map());
    for (let tag = this.#byte(); tag !== Tag.MapProperties; tag = this.#byte()) {
      const key = this.#value(tag);
      map.set(key, this.#value(this.#byte()));
    }
    return this.#properties(map);
  }

  #set() {
    const set = this.#keep(new Set());
    for (let tag = this.#byte(); tag !== Tag.SetProperties; tag = this.#byte()) set.add(this.#value(tag));
    return this.#properties(set);
  }

  #error() {
    const kind = ERRORS[this.#byte()];
    if (!kind) throw malformed();
    const message = this.#maybe();
    this.#uint32(); // line
    this.#uint32(); // column
    this.#maybe(); // the source's address
    const stack = this.#maybe();
    const error = this.#keep(new kind(message));
    Object.defineProperty(error, 'stack', { value: stack, writable: true, enumerable: false, configurable: true });
    return error;
  }

  /** @param {boolean} resizable */
  #buffer(resizable) {
    const length = Number(this.#uint64());
    const most = resizable ? Number(this.#uint64()) : undefined;
    const bytes = this.#raw(length);
    const buffer = this.#keep(
      most === undefined ? new ArrayBuffer(length) : new ArrayBuffer(length, { maxByteLength: most }),
    );
    new Uint8Array(buffer).set(bytes);
    return buffer;
  }

  #view() {
    const View = VIEWS[this.#byte()];
    const offset = Number(this.#uint64());
    const size = this.#uint64();
    const buffer = this.#value(this.#byte());
    if (!View || !(buffer instanceof ArrayBuffer)) throw malformed();
    if (size === TRACKING) return this.#keep(new View(buffer, offset));
    return this.#keep(new View(buffer, offset, Number(size) / (View.BYTES_PER_ELEMENT ?? 1)));
  }

  #bigint() {
    const negative = this.#byte() === 1;
    let value = 0n;
    for (let shift = 0n, rest = this.#uint32(); rest > 0; rest--, shift += LIMB) value |= this.#uint64() << shift;
    return negative ? -value : value;
  }

  /** @returns {string | undefined} */
  #maybe() {
    return this.#uint32() === 0 ? this.#string(this.#uint32()) : undefined;
  }

  /** @param {number} length as it was written @returns {string} */
  #string(length) {
    if (length === POOLED) return this.#earlier(this.#strings);
    const wide = (length & ONE_BYTE) === 0;
    const size = length & ~ONE_BYTE;
    const text = wide ? this.#raw(size * 2).toString('utf16le') : this.#raw(size).toString('latin1');
    this.#strings.push(text);
    return text;
  }

  /** @template T @param {T[]} pool @returns {T} */
  #earlier(pool) {
    const place = pool.length <= 0xff ? this.#byte() : pool.length <= 0xffff ? this.#uint16() : this.#uint32();
    if (place >= pool.length) throw malformed();
    return pool[place];
  }

  /** @param {number} size */
  #raw(size) {
    const end = this.#at + size;
    if (!(end <= this.#bytes.length)) throw malformed();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  #byte() {
    return this.#raw(1)[0];
  }

  #uint16() {
    return this.#raw(2).readUInt16LE();
  }

  #uint32() {
    return this.#raw(4).readUInt32LE();
  }

  #uint64() {
    return this.#raw(8).readBigUInt64LE();
  }

  #double() {
    return this.#raw(8).readDoubleLE();
  }
}

function malformed() {
  return new TypeError('Unable to deserialize data.');
}

/** @param {Buffer} bytes @returns {any} @throws {TypeError} when they are no serialized value */
const readScriptValue = (bytes) => new Reader(bytes).read();

module.exports = { readScriptValue };
