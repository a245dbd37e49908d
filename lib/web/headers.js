'use strict';

/**
 * `Headers`, light: the header block of a request stays text (`\nname:value\n…`) until it is
 * changed or walked through, so that `get` is one `indexOf` and a slice.
 *
 * @see https://fetch.spec.whatwg.org/#headers-class
 */

const { ERR_MISSING_ARGS } = require('../internal/errors');
const { lower, needleOf } = require('./header-names');

/** Marks the constructor calls of this package: `new Headers(TEXT, block)`. */
const TEXT = Symbol('text');
/** Flat triples of a list: lower-case name, value, name as it was given. */
const STEP = 3;

const illegalValue = /[^\t\x20-\x7e\x80-\xff]/;
const edges = /^[\t\n\r ]+|[\t\n\r ]+$/g;

/** @param {unknown} value @param {string} name @returns {string} */
function normalize(value, name) {
  const text = typeof value === 'string' ? value : String(value);
  if (illegalValue.test(text) || text.charCodeAt(0) <= 32 || text.charCodeAt(text.length - 1) <= 32) {
    const trimmed = text.replace(edges, '');
    if (illegalValue.test(trimmed)) throw new TypeError(`Header '${name}' has invalid value`);
    return trimmed;
  }
  return text;
}

class Headers {
  /** @type {string | null} `\nname:value\n…`, names lower-case and unique */
  #text = null;
  /** @type {string[] | null} */
  #list = null;

  /** @param {any} [init] @param {string} [text] */
  constructor(init, text) {
    if (init === TEXT) {
      this.#text = /** @type {string} */ (text);
      return;
    }
    this.#list = [];
    if (init === undefined) return;
    if (init === null || typeof init !== 'object') throw new TypeError('Type error');
    if (#list in init) {
      this.#list = init.#entries().slice();
    } else if (typeof init[Symbol.iterator] === 'function') {
      this.#fillPairs(init);
    } else {
      for (const name of Object.keys(init)) this.#append(name, init[name]);
    }
  }

  /** @param {Iterable<any>} pairs */
  #fillPairs(pairs) {
    for (const pair of pairs) {
      const both = Array.isArray(pair) ? pair : [...pair];
      if (both.length !== 2) throw new TypeError('Header sub-sequence must contain exactly two items');
      this.#append(both[0], both[1]);
    }
  }

  /** The list of triples; made of the text on first use. */
  #entries() {
    if (this.#list !== null) return this.#list;
    const text = /** @type {string} */ (this.#text);
    /** @type {string[]} */
    const list = [];
    for (let start = 1, end; (end = text.indexOf('\n', start)) !== -1; start = end + 1) {
      const colon = text.indexOf(':', start);
      const name = text.slice(start, colon);
      list.push(name, text.slice(colon + 1, end), name);
    }
    this.#text = null;
    return (this.#list = list);
  }

  /** @param {unknown} name @param {unknown} value */
  #append(name, value) {
    const key = lower(name);
    const text = normalize(value, String(name));
    const list = this.#entries();
    if (key !== 'set-cookie') {
      for (let at = 0; at < list.length; at += STEP) {
        if (list[at] === key) {
          list[at + 1] += (key === 'cookie' ? '; ' : ', ') + text;
          return;
        }
      }
    }
    list.push(key, text, String(name));
  }

  /** @param {string} name @param {string} value */
  append(name, value) {
    if (arguments.length < 2) throw ERR_MISSING_ARGS('Not enough arguments');
    this.#append(name, value);
  }

  /** @param {string} name @returns {string | null} */
  get(name) {
    if (arguments.length < 1) throw ERR_MISSING_ARGS('Not enough arguments');
    const key = lower(name);
    const text = this.#text;
    if (text !== null) {
      const needle = needleOf(key);
      const found = text.indexOf(needle);
      if (found === -1) return null;
      const start = found + needle.length;
      return text.slice(start, text.indexOf('\n', start));
    }
    const list = this.#entries();
    /** @type {string | null} */
    let value = null;
    for (let at = 0; at < list.length; at += STEP) {
      if (list[at] === key) {
        if (value === null) value = list[at + 1];
        else value += `, ${list[at + 1]}`;
      }
    }
    return value;
  }

  /** @param {string} name @returns {boolean} */
  has(name) {
    if (arguments.length < 1) throw ERR_MISSING_ARGS('Not enough arguments');
    const key = lower(name);
    if (this.#text !== null) return this.#text.includes(needleOf(key));
    const list = this.#entries();
    for (let at = 0; at < list.length; at += STEP) if (list[at] === key) return true;
    return false;
  }

  /** @param {string} name @param {string} value */
  set(name, value) {
    if (arguments.length < 2) throw ERR_MISSING_ARGS('Not enough arguments');
    const key = lower(name);
    const text = normalize(value, String(name));
    const list = this.#entries();
    for (let at = 0; at < list.length; at += STEP) {
      if (list[at] === key) {
        list[at + 1] = text;
        this.#remove(key, at + STEP);
        return;
      }
    }
    list.push(key, text, String(name));
  }

  /** @param {string} name */
  delete(name) {
    if (arguments.length < 1) throw ERR_MISSING_ARGS('Not enough arguments');
    const key = lower(name);
    if (this.#text !== null && !this.#text.includes(needleOf(key))) return;
    this.#remove(key, 0);
  }

  /** @param {string} key @param {number} from */
  #remove(key, from) {
    const list = this.#entries();
    for (let at = list.length - STEP; at >= from; at -= STEP) if (list[at] === key) list.splice(at, STEP);
  }

  /** @returns {string[]} */
  getSetCookie() {
    const list = this.#entries();
    const values = [];
    for (let at = 0; at < list.length; at += STEP) if (list[at] === 'set-cookie') values.push(list[at + 1]);
    return values;
  }

  /** @see https://bun.com/reference/globals/Headers/getAll @param {string} name @returns {string[]} */
  getAll(name) {
    if (arguments.length < 1) throw ERR_MISSING_ARGS('Missing argument');
    if (lower(name) !== 'set-cookie') throw new TypeError('Only "set-cookie" is supported.');
    return this.getSetCookie();
  }

  /** @returns {number} */
  get count() {
    return this.#entries().length / STEP;
  }

  /** @returns {Record<string, any>} */
  toJSON() {
    const list = this.#entries();
    /** @type {Record<string, any>} */
    const object = {};
    for (let at = 0; at < list.length; at += STEP) {
      if (list[at] !== 'set-cookie') object[list[at]] = list[at + 1];
      else (object['set-cookie'] ??= []).push(list[at + 1]);
    }
    return object;
  }

  /** Pairs in the order of iteration: sorted by name, `set-cookie` last and one by one. */
  #sorted() {
    const list = this.#entries();
    /** @type {[string, string][]} */
    const pairs = [];
    /** @type {[string, string][]} */
    const cookies = [];
    for (let at = 0; at < list.length; at += STEP) {
      (list[at] === 'set-cookie' ? cookies : pairs).push([list[at], list[at + 1]]);
    }
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : 1));
    return pairs.concat(cookies);
  }

  *entries() {
    yield* this.#sorted();
  }

  *keys() {
    for (const [name] of this.#sorted()) yield name;
  }

  *values() {
    for (const [, value] of this.#sorted()) yield value;
  }

  /** @param {(value: string, name: string, headers: Headers) => void} callback @param {unknown} [receiver] */
  forEach(callback, receiver) {
    if (typeof callback !== 'function') throw new TypeError('Cannot call callback on a non-function');
    for (const [name, value] of this.#sorted()) callback.call(receiver, value, name, this);
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    /** @type {number} */ depth,
    /** @type {any} */ options,
    /** @type {any} */ inspect,
  ) {
    return `Headers ${inspect(this.toJSON(), options)}`;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    if (this !== Headers) return Function.prototype[Symbol.hasInstance].call(this, value);
    return isHeaders(value) || require('./node-classes').isNodes('Headers', value);
  }

  static {
    isHeaders = (value) => typeof value === 'object' && value !== null && #list in value;
    triples = (headers) => headers.#entries();
  }
}

/** Whether a value is one of our `Headers`. @type {(value: any) => boolean} */
var isHeaders;
/** The live list of `name, value, given name`. @type {(headers: Headers) => string[]} */
var triples;

Object.defineProperties(Headers.prototype, {
  [Symbol.iterator]: { value: Headers.prototype.entries, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'Headers', configurable: true },
});
for (const name of [
  'append',
  'delete',
  'get',
  'getAll',
  'has',
  'set',
  'entries',
  'keys',
  'values',
  'forEach',
  'toJSON',
  'count',
  'getSetCookie',
]) {
  Object.defineProperty(Headers.prototype, name, { enumerable: true });
}

module.exports = { Headers, TEXT, STEP, isHeaders, triples };
