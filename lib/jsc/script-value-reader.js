'use strict';

const { VERSION, Tag, TERMINATOR, POOLED, OTHER_PROPERTIES, ONE_BYTE, TRACKING } = require('./script-value-format');
const { VIEWS, ERRORS, MOST_DEPTH, TooDeep } = require('./script-value-format');
const { ByteReader, malformed } = require('./script-value-bytes');

const LIMB_BYTES = 8;

/**
 * A container whose inside is being read. It is in its place already; there is no recursion, so that an object may be
 * as deep as in Bun.
 *
 * @typedef {{ object: any, resume: (frame: Frame) => void, length: number, key: unknown, hasKey: boolean }} Frame
 */

/** Reads values in JavaScriptCore's format (see `script-value-format.js`). */
class Reader {
  #in;
  /** @type {string[]} */
  #strings = [];
  /** @type {object[]} */
  #objects = [];
  /** @type {Frame[]} */
  #stack = [];

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.#in = new ByteReader(bytes);
  }

  /** @returns {unknown} @throws when the bytes are no serialized value */
  read() {
    const version = this.#in.uint32();
    if (version === 0 || version > VERSION) throw malformed();
    const value = this.#value(this.#in.byte());
    for (const stack = this.#stack; stack.length > 0;) {
      const frame = stack[stack.length - 1];
      frame.resume.call(this, frame);
    }
    return value;
  }

  /**
   * @template {object} T
   * @param {T} object
   * @param {(frame: Frame) => void} resume a method
   * @param {number} [length]
   * @returns {T}
   */
  #enter(object, resume, length = 0) {
    if (this.#stack.length >= MOST_DEPTH) throw new TooDeep();
    this.#stack.push({ object, resume, length, key: undefined, hasKey: false });
    return this.#keep(object);
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
        return this.#in.uint32() | 0;
      case Tag.Double:
        return this.#in.double();
      case Tag.EmptyString:
        return '';
      case Tag.String:
        return this.#string(this.#in.uint32());
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
        return this.#enter({}, this.#plain);
      case Tag.Array:
        return this.#enter([], this.#elements, this.#in.uint32());
      case Tag.Map:
        return this.#enter(new Map(), this.#entries);
      case Tag.Set:
        return this.#enter(new Set(), this.#members);
      case Tag.Date:
        return this.#keep(new Date(this.#in.double()));
      case Tag.RegExp:
        return this.#keep(new RegExp(this.#string(this.#in.uint32()), this.#string(this.#in.uint32())));
      case Tag.Error:
        return this.#error();
      case Tag.DOMException:
        return this.#keep(new DOMException(this.#string(this.#in.uint32()), this.#string(this.#in.uint32())));
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
        return this.#in.double();
      case Tag.EmptyStringObject:
        return '';
      case Tag.StringObject:
        return this.#string(this.#in.uint32());
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

  /** The properties of an object that has no others. @param {Frame} frame */
  #plain(frame) {
    const { object } = frame;
    const depth = this.#stack.length;
    for (let length = this.#in.uint32(); length !== TERMINATOR; length = this.#in.uint32()) {
      const key = this.#string(length);
      const value = this.#value(this.#in.byte());
      if (key in Object.prototype) define(object, key, value);
      else object[key] = value;
      if (this.#stack.length !== depth) return;
    }
    this.#stack.pop();
  }

  /** The properties of any other object. @param {Frame} frame */
  #properties(frame) {
    const depth = this.#stack.length;
    for (let length = this.#in.uint32(); length !== TERMINATOR; length = this.#in.uint32()) {
      const key = this.#string(length);
      define(frame.object, key, this.#value(this.#in.byte()));
      if (this.#stack.length !== depth) return;
    }
    this.#stack.pop();
  }

  /** @param {Frame} frame */
  #elements(frame) {
    const { object, length } = frame;
    const depth = this.#stack.length;
    for (;;) {
      const index = this.#in.uint32();
      if (index >= length) {
        if (index < OTHER_PROPERTIES || index === POOLED) throw malformed();
        object.length = length; // now, as V8 takes long for an array that is empty and large
        if (index === TERMINATOR) this.#stack.pop();
        else frame.resume = this.#properties;
        return;
      }
      object[index] = this.#value(this.#in.byte());
      if (this.#stack.length !== depth) return;
    }
  }

  /** @param {Frame} frame */
  #entries(frame) {
    const { object } = frame;
    const depth = this.#stack.length;
    for (let tag = this.#in.byte(); frame.hasKey || tag !== Tag.MapProperties; tag = this.#in.byte()) {
      const value = this.#value(tag);
      if (frame.hasKey) object.set(frame.key, value);
      frame.key = value;
      frame.hasKey = !frame.hasKey;
      if (this.#stack.length !== depth) return;
    }
    frame.resume = this.#properties;
  }

  /** @param {Frame} frame */
  #members(frame) {
    const depth = this.#stack.length;
    for (let tag = this.#in.byte(); tag !== Tag.SetProperties; tag = this.#in.byte()) {
      frame.object.add(this.#value(tag));
      if (this.#stack.length !== depth) return;
    }
    frame.resume = this.#properties;
  }

  #error() {
    const kind = ERRORS[this.#in.byte()];
    if (!kind) throw malformed();
    const message = this.#maybe();
    this.#in.uint32(); // line
    this.#in.uint32(); // column
    this.#maybe(); // the source's address
    const stack = this.#maybe();
    const error = this.#keep(new kind(message));
    Object.defineProperty(error, 'stack', { value: stack, writable: true, enumerable: false, configurable: true });
    return error;
  }

  /** @param {boolean} resizable */
  #buffer(resizable) {
    const length = Number(this.#in.uint64());
    const most = resizable ? Number(this.#in.uint64()) : undefined;
    const bytes = this.#in.raw(length);
    const buffer = this.#keep(
      most === undefined ? new ArrayBuffer(length) : new ArrayBuffer(length, { maxByteLength: most }),
    );
    new Uint8Array(buffer).set(bytes);
    return buffer;
  }

  #view() {
    const View = VIEWS[this.#in.byte()];
    const offset = Number(this.#in.uint64());
    const size = this.#in.uint64();
    const buffer = this.#value(this.#in.byte());
    if (!View || !(buffer instanceof ArrayBuffer)) throw malformed();
    if (size === TRACKING) return this.#keep(new View(buffer, offset));
    return this.#keep(new View(buffer, offset, Number(size) / (View.BYTES_PER_ELEMENT ?? 1)));
  }

  #bigint() {
    const negative = this.#in.byte() === 1;
    const limbs = this.#in.raw(this.#in.uint32() * LIMB_BYTES);
    if (limbs.length === 0) return 0n;
    // Digits of 16 are the one way whose time is that of the length.
    const value = BigInt(`0x${Buffer.from(limbs).reverse().toString('hex')}`);
    return negative ? -value : value;
  }

  /** @returns {string | undefined} */
  #maybe() {
    return this.#in.uint32() === 0 ? this.#string(this.#in.uint32()) : undefined;
  }

  /** @param {number} length as it was written @returns {string} */
  #string(length) {
    if (length === POOLED) return this.#earlier(this.#strings);
    const size = length & ~ONE_BYTE;
    const text = (length & ONE_BYTE) === 0 ? this.#in.utf16(size * 2) : this.#in.latin1(size);
    this.#strings.push(text);
    return text;
  }

  /** @template T @param {T[]} pool @returns {T} */
  #earlier(pool) {
    const place = pool.length <= 0xff ? this.#in.byte() : pool.length <= 0xffff ? this.#in.uint16() : this.#in.uint32();
    if (place >= pool.length) throw malformed();
    return pool[place];
  }
}

/** As a property of the object's own, whatever it inherits. @param {object} object @param {string} key @param {unknown} value */
function define(object, key, value) {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** @param {Buffer} bytes @returns {any} @throws {TypeError} when they are no serialized value */
const readScriptValue = (bytes) => new Reader(bytes).read();

module.exports = { readScriptValue };
