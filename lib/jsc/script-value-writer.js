'use strict';

const { inspect, types } = require('node:util');
const { VERSION, Tag, TERMINATOR, OTHER_PROPERTIES } = require('./script-value-format');
const { VIEWS, MOST_DEPTH, TooDeep } = require('./script-value-format');
const { ByteWriter } = require('./script-value-bytes');
const { LeafWriter, attached, refusal } = require('./script-value-leaves');
const { isPlainObject } = require('./plain-object');

const { hasOwn } = Object;
/** From here on it pays to ask what else an array has. */
const LONG = 100;
/** Throws for a view that is out of the bounds of its buffer. */
const checkView = Uint8Array.prototype.keys;

/**
 * A container whose inside is being written. What lies in it is written in between: there is no recursion, so that an
 * object may be as deep as in Bun.
 *
 * @typedef {{ object: any, resume: (frame: Frame) => void, keys: string[], at: number, length: number, inside: any }} Frame
 */

/** Writes values in JavaScriptCore's format (see `script-value-format.js`). */
class Writer {
  #out = new ByteWriter();
  #leaves = new LeafWriter(this.#out);
  /** @type {Map<object, number>} */
  #objects = new Map();
  /** @type {Frame[]} */
  #stack = [];

  /** @param {unknown} value @returns {Buffer} @throws {DOMException} DataCloneError */
  static write(value) {
    const writer = new Writer();
    writer.#out.uint32(VERSION);
    writer.#value(value);
    for (const stack = writer.#stack; stack.length > 0;) {
      const frame = stack[stack.length - 1];
      frame.resume.call(writer, frame);
    }
    return writer.#out.take();
  }

  /** The inside of a container follows when its frame is resumed. @param {unknown} value */
  #value(value) {
    switch (typeof value) {
      case 'undefined':
        return this.#out.byte(Tag.Undefined);
      case 'boolean':
        return this.#out.byte(value ? Tag.True : Tag.False);
      case 'number':
        return this.#leaves.number(value);
      case 'bigint':
        this.#out.byte(Tag.BigInt);
        return this.#leaves.bigint(value);
      case 'string':
        if (value === '') return this.#out.byte(Tag.EmptyString);
        this.#out.byte(Tag.String);
        return this.#leaves.string(value);
      case 'object':
        return value === null ? this.#out.byte(Tag.Null) : this.#object(value);
      default:
        throw refusal();
    }
  }

  /** @param {any} value */
  #object(value) {
    const place = this.#objects.get(value);
    if (place !== undefined) {
      this.#out.byte(Tag.ObjectReference);
      return this.#leaves.place(place, this.#objects.size);
    }
    // A view's buffer comes before the view.
    if (ArrayBuffer.isView(value)) return this.#view(value);
    this.#objects.set(value, this.#objects.size);
    if (Array.isArray(value) && !types.isProxy(value)) {
      this.#out.byte(Tag.Array);
      this.#out.uint32(value.length);
      return this.#enter(value, this.#elements, [], value.length);
    }
    const proto = Object.getPrototypeOf(value);
    if (proto !== Object.prototype && proto !== null) {
      if (types.isMap(value)) return this.#map(value);
      if (types.isSet(value)) return this.#set(value);
      if (this.#leaves.leaf(value)) return;
    }
    if (!isPlainObject(value, proto)) throw refusal();
    this.#out.byte(Tag.Object);
    this.#enter(value, this.#properties, Object.keys(value), 0);
  }

  /**
   * @param {any} object
   * @param {(frame: Frame) => void} resume a method
   * @param {string[]} keys
   * @param {number} length
   * @param {any} [inside]
   */
  #enter(object, resume, keys, length, inside) {
    if (this.#stack.length >= MOST_DEPTH) throw new TooDeep();
    this.#stack.push({ object, resume, keys, at: 0, length, inside });
  }

  /** The properties and the end. A getter may have taken away what comes later. @param {Frame} frame */
  #properties(frame) {
    const { object, keys } = frame;
    const depth = this.#stack.length;
    while (frame.at < keys.length) {
      const key = keys[frame.at++];
      if (!hasOwn(object, key)) continue;
      const value = object[key];
      this.#leaves.string(key);
      this.#value(value);
      if (this.#stack.length !== depth) return;
    }
    this.#out.uint32(TERMINATOR);
    this.#stack.pop();
  }

  /** The elements up to the first hole. @param {Frame} frame */
  #elements(frame) {
    const { object, length } = frame;
    const depth = this.#stack.length;
    let { at } = frame;
    while (at < length) {
      const value = showsOwn(object, at) || hasOwn(object, at) ? object[at] : undefined;
      if (value === undefined && !hasOwn(object, at)) {
        frame.keys = Object.keys(object);
        frame.inside = at;
        frame.at = 0;
        frame.resume = this.#sparse;
        return;
      }
      this.#out.uint32(at);
      frame.at = ++at;
      this.#value(value);
      if (this.#stack.length !== depth) return;
    }
    this.#others(frame);
  }

  /** The elements behind a hole. @param {Frame} frame */
  #sparse(frame) {
    const { object, keys, length, inside: first } = frame;
    const depth = this.#stack.length;
    while (frame.at < keys.length && isIndex(keys[frame.at])) {
      const key = Number(keys[frame.at++]);
      if (key < first || key >= length || !hasOwn(object, key)) continue;
      this.#out.uint32(key);
      this.#value(object[key]);
      if (this.#stack.length !== depth) return;
    }
    this.#others(frame);
  }

  /** What an array has besides elements. @param {Frame} frame */
  #others(frame) {
    const keys = hasElementsOnly(frame.object) ? [] : Object.keys(frame.object);
    const first = keys.length > 0 && isIndex(keys[keys.length - 1]) ? -1 : keys.findIndex((key) => !isIndex(key));
    frame.keys = first === -1 ? [] : keys.slice(first);
    if (first !== -1) this.#out.uint32(OTHER_PROPERTIES);
    frame.at = 0;
    frame.resume = this.#properties;
  }

  /** @param {Map<any, any>} map */
  #map(map) {
    this.#out.byte(Tag.Map);
    this.#enter(map, this.#entries, [], 0, Map.prototype.entries.call(map));
  }

  /** Of what a getter does to the map one sees everything. @param {Frame} frame */
  #entries(frame) {
    const depth = this.#stack.length;
    if (frame.length === 1) {
      // The value of the key that was written last.
      frame.length = 0;
      const [value] = frame.keys;
      this.#value(value);
      if (this.#stack.length !== depth) return;
    }
    for (let next = frame.inside.next(); !next.done; next = frame.inside.next()) {
      const [key, value] = next.value;
      this.#value(key);
      if (this.#stack.length !== depth) {
        frame.length = 1;
        frame.keys = [value];
        return;
      }
      this.#value(value);
      if (this.#stack.length !== depth) return;
    }
    this.#rest(frame, Tag.MapProperties);
  }

  /** @param {Set<any>} set */
  #set(set) {
    this.#out.byte(Tag.Set);
    this.#enter(set, this.#members, [], 0, Set.prototype.values.call(set));
  }

  /** @param {Frame} frame */
  #members(frame) {
    const depth = this.#stack.length;
    for (let next = frame.inside.next(); !next.done; next = frame.inside.next()) {
      this.#value(next.value);
      if (this.#stack.length !== depth) return;
    }
    this.#rest(frame, Tag.SetProperties);
  }

  /** What a map or a set has besides members. @param {Frame} frame @param {number} tag */
  #rest(frame, tag) {
    this.#out.byte(tag);
    frame.keys = Object.keys(frame.object);
    frame.at = 0;
    frame.resume = this.#properties;
  }

  /** @param {any} view */
  #view(view) {
    attached(() => (view instanceof DataView ? view.byteOffset : checkView.call(view)));
    this.#out.byte(Tag.ArrayBufferView);
    this.#out.byte(VIEWS.findIndex((each) => each && view instanceof each));
    this.#out.uint64(view.byteOffset);
    this.#out.uint64(view.byteLength); // of one that grows with its buffer as well: nothing says which does
    this.#value(view.buffer);
    this.#objects.set(view, this.#objects.size);
  }
}

/**
 * Whether a long array is known to have no properties but its elements. Node can tell without a text for each index.
 *
 * @param {any[]} array
 */
function hasElementsOnly(array) {
  if (array.length < LONG) return false;
  const shown = inspect(array, { maxArrayLength: 0, depth: 0, customInspect: false, maxStringLength: 0 });
  return /^\[ \.\.\. \d+ more items \]$/.test(shown);
}

/**
 * Whether an element would be undefined if it were a hole: what is read is the array's own. Asked for each, as a getter may
 * give the prototype elements; it costs a fraction of what `hasOwn` does. Once V8 has seen the length, the prototype is that
 * of a hidden class which it knows, and no call.
 *
 * @param {any[]} array
 * @param {number} at
 */
function showsOwn(array, at) {
  return at < array.length && Object.getPrototypeOf(array) === Array.prototype && !(at in Array.prototype);
}

/** @param {string} key */
function isIndex(key) {
  const number = Number(key);
  return number >= 0 && number < OTHER_PROPERTIES && String(number >>> 0) === key;
}

/** @param {unknown} value @returns {Buffer} @throws {DOMException} DataCloneError when it cannot be cloned */
const writeScriptValue = (value) => Writer.write(value);

module.exports = { writeScriptValue };
