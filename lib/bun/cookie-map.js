'use strict';

const { codeError, ERR_MISSING_ARGS } = require('../internal/errors');
const { brand } = require('../internal/brand');
const Cookie = require('./cookie');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ESCAPED = /(?:%[0-9A-Fa-f]{2})+|%[^]{0,2}/g;

/** Percent-decodes a value of a request; what is no UTF-8 becomes U+FFFD. @param {string} text */
function decode(text) {
  if (!text.includes('%')) return text;
  return text.replace(ESCAPED, (escape) => {
    try {
      return decodeURIComponent(escape);
    } catch {
      return '\uFFFD';
    }
  });
}

/** Whether a value is a map of cookies, for the members' check of `this`. @type {(value: unknown) => boolean} */
let isCookieMap;

/**
 * `Bun.CookieMap`: the cookies of a request, and the changes to be sent with its answer.
 *
 * @see node_modules/bun-types/docs/runtime/cookies.mdx
 */
class CookieMap {
  /** What the client sent, in order; the first of a name counts, what was changed is gone. @type {([string, string] | undefined)[]} */
  #sent = [];
  /** What was set or deleted, in order of the changes. @type {Cookie[]} */
  #changed = [];

  /** @param {any} [init] the value of a `Cookie` header, pairs, or an object */
  constructor(init = undefined) {
    if (init == null) return;
    if (typeof init === 'string') this.#parse(init);
    else if (Array.isArray(init)) for (const pair of init) this.#sent.push(pairOf(pair));
    else if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('Invalid initializer type');
    else for (const name of Object.getOwnPropertyNames(init)) this.#sent.push([name, `${init[name]}`]);
  }

  static {
    isCookieMap = (value) => typeof value === 'object' && value !== null && #sent in value;
  }

  /** @param {string} text */
  #parse(text) {
    for (const pair of text.split(';')) {
      const equals = pair.indexOf('=');
      if (equals === -1) continue;
      const name = pair.slice(0, equals).trim();
      if (name !== '') this.#sent.push([name, decode(pair.slice(equals + 1).trim())]);
    }
  }

  /** @param {string} name @returns {string | null} */
  get(name) {
    if (arguments.length === 0) return null;
    const key = `${name}`;
    const changed = this.#changed.find((cookie) => cookie.name === key);
    if (changed !== undefined) return isDeletion(changed) ? null : changed.value;
    return this.#sent.find((pair) => pair?.[0] === key)?.[1] ?? null;
  }

  /** @returns {string[]} the values of the `Set-Cookie` headers to be sent */
  toSetCookieHeaders() {
    return this.#changed.map((cookie) => cookie.serialize());
  }

  /** @param {string} name @returns {boolean} */
  has(name) {
    return arguments.length > 0 && this.get(name) !== null;
  }

  /** @param {any} name or a cookie @param {any} value @param {any} [options] */
  set(name, value, options = undefined) {
    if (arguments.length === 0) return;
    if (name instanceof Cookie) return this.#change(name);
    if (typeof name === 'object' && name !== null) return this.#change(new Cookie(name));
    if (arguments.length === 1) throw ERR_MISSING_ARGS('Not enough arguments');
    this.#change(new Cookie(name, value, options));
  }

  /** @param {any} name or `{ name, domain, path }` @param {any} [options] `{ domain, path }` */
  delete(name, options = undefined) {
    if (arguments.length === 0) return;
    const given = typeof name === 'object' && name !== null ? name : { ...options, name };
    if (typeof given.name !== 'string') throw new TypeError('Cookie name is required');
    if (given.name === '') throw new TypeError('Invalid cookie name: contains invalid characters');
    const { domain, path } = given;
    this.#change(new Cookie({ name: given.name, value: '', domain, path, expires: new Date(0) }));
  }

  /** @param {Cookie} cookie */
  #change(cookie) {
    this.#changed = this.#changed.filter(({ name }) => name !== cookie.name);
    this.#changed.push(cookie);
    for (const [index, pair] of this.#sent.entries()) if (pair?.[0] === cookie.name) this.#sent[index] = undefined;
  }

  /**
   * The order is what it is at each step, as the map may change meanwhile: changes first, then what was sent.
   *
   * @returns {IterableIterator<[string, string]>}
   */
  entries() {
    return iterator(this.#entries());
  }

  *#entries() {
    for (let index = 0; ; index++) {
      const changed = this.#changed[index];
      const pair = changed
        ? /** @type {const} */ ([changed.name, changed.value])
        : this.#sent[index - this.#changed.length];
      if (index >= this.#changed.length + this.#sent.length) return;
      if (pair && !(changed && isDeletion(changed))) yield /** @type {[string, string]} */ ([...pair]);
    }
  }

  /** @returns {IterableIterator<string>} */
  keys() {
    return iterator(pick(this.#entries(), 0));
  }

  /** @returns {IterableIterator<string>} */
  values() {
    return iterator(pick(this.#entries(), 1));
  }

  /** @param {(value: string, name: string, map: CookieMap) => void} callback @param {unknown} [thisArg] */
  forEach(callback, thisArg = undefined) {
    if (typeof callback !== 'function') throw ERR_INVALID_ARG_TYPE('Cannot call callback on a non-function');
    for (const [name, value] of this.#entries()) Reflect.apply(callback, thisArg, [value, name, this]);
  }

  /** @returns {Record<string, string>} */
  toJSON() {
    /** @type {Record<string, string>} */
    const object = {};
    for (const [name, value] of this.#entries())
      if (!Object.hasOwn(object, name))
        Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
    return object;
  }

  /** @returns {number} */
  get size() {
    return [...this.#entries()].length;
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    /** @type {number} */ depth,
    /** @type {any} */ options,
    /** @type {any} */ inspect,
  ) {
    return inspect(this.toJSON(), options);
  }
}

/** @param {Iterable<[string, string]>} entries @param {0 | 1} place */
function* pick(entries, place) {
  for (const entry of entries) yield entry[place];
}

const iterators = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), {
  [Symbol.toStringTag]: { value: 'CookieMap Iterator', configurable: true },
});

/** @template T @param {Generator<T>} generator @returns {IterableIterator<T>} what has `next` and is no generator */
function iterator(generator) {
  return Object.create(iterators, { next: { value: () => generator.next() } });
}

/** @param {unknown} pair @returns {[string, string]} */
function pairOf(pair) {
  if (!Array.isArray(pair)) throw new TypeError('Expected each element to be an array of two strings');
  if (pair.length !== 2) throw new TypeError('Expected arrays of exactly two strings');
  return [`${pair[0]}`, `${pair[1]}`];
}

/** @param {Cookie} cookie */
function isDeletion(cookie) {
  return cookie.value === '' && cookie.expires?.getTime() === 0;
}

Object.defineProperties(CookieMap.prototype, {
  [Symbol.iterator]: { value: CookieMap.prototype.entries, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'CookieMap', configurable: true },
});
Object.defineProperty(CookieMap, 'length', { value: 1, configurable: true });
brand(CookieMap, 'CookieMap', isCookieMap);

module.exports = CookieMap;
