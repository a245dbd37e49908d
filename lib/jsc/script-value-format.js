'use strict';

/**
 * JavaScriptCore's format for structured clones, as Bun writes it: what `bun:jsc` serializes and what Bun processes send
 * each other with `serialization: "advanced"`.
 *
 * A value is a tag and what belongs to it, numbers little-endian. Strings and objects that came before are named by
 * their place in the order of coming, in as few bytes as the count so far needs.
 */

/** Of the format; the first four bytes. */
const VERSION = 14;

const Tag = Object.freeze({
  Array: 1,
  Object: 2,
  Undefined: 3,
  Null: 4,
  Int: 5,
  Zero: 6,
  One: 7,
  False: 8,
  True: 9,
  Double: 10,
  Date: 11,
  String: 16,
  EmptyString: 17,
  RegExp: 18,
  ObjectReference: 19,
  ArrayBuffer: 21,
  ArrayBufferView: 22,
  TrueObject: 24,
  FalseObject: 25,
  StringObject: 26,
  EmptyStringObject: 27,
  NumberObject: 28,
  Set: 29,
  Map: 30,
  MapProperties: 31,
  SetProperties: 32,
  BigInt: 47,
  BigIntObject: 48,
  DOMException: 51,
  ResizableArrayBuffer: 54,
  Error: 55,
});

/** Ends the properties of an object. */
const TERMINATOR = 0xffffffff;
/** In place of a string's length: a place among those that came before. */
const POOLED = 0xfffffffe;
/** In place of an index: an array's other properties follow. */
const OTHER_PROPERTIES = 0xfffffffd;
/** With a string's length: its characters are bytes. */
const ONE_BYTE = 0x80000000;
/** A view that grows with its buffer. */
const TRACKING = 0xffffffffffffffffn;

/** By subtag. `Float16Array` is younger than some of the runtimes. */
const VIEWS = [
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  /** @type {any} */ (globalThis).Float16Array,
];

/** By the byte that stands for them. */
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** How many objects may lie in each other. */
const MOST_DEPTH = 40_001;
/** A failure of the writer and of the reader. */
class TooDeep extends RangeError {
  static {
    Object.defineProperty(this.prototype, 'constructor', { value: RangeError });
  }

  constructor() {
    super('Maximum call stack size exceeded.');
  }
}

module.exports = {
  VERSION,
  Tag,
  TERMINATOR,
  POOLED,
  OTHER_PROPERTIES,
  ONE_BYTE,
  TRACKING,
  VIEWS,
  ERRORS,
  MOST_DEPTH,
  TooDeep,
};
