'use strict';

const Cookie = require('./cookie');

/** Percent-decodes a value of a request; what is no UTF-8 becomes U+FFFD. @param {string} text */
function decode(text) {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return '\uFFFD';
  }
}

/**
 * `Bun.CookieMap`: the cookies of a request, and the changes to be sent with its answer.
 *
 * @see node_modules/bun-types/docs/runtime/cookies.mdx
 */
class CookieMap {
  /** What the client sent, in order; the first of a name counts. @type {[string, string][]} */
  #sent = [];
  /** What was set or deleted, by name; the last change counts. @type {Map<string, Cookie>} */
  #changed = new Map();

  /** @param {any} [init] the value of a `Cookie` header, pairs, or an object */
  constructor(init) {
    if (init == null) return;
    if (typeof init === 'string') this.#parse(init);
    else if (typeof init !== 'object') throw new TypeError('Invalid initializer type');
    else if (typeof init[Symbol.iterator] === 'function')
      for (const [name, value] of init) this.#sent.push([String(name), String(value)]);
    else for (const name of Object.keys(init)) this.#sent.push([name, String(init[name])]);
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
    const key = String(name);
    const changed = this.#changed.get(key);
    if (changed !== undefined) return isDeletion(changed) ? null : changed.value;
    return this.#sent.find(([sent]) => sent === key)?.[1] ?? null;
  }

  /** @param {string} name @returns {boolean} */
  has(name) {
    return this.get(name) !== null;
  }

  /** @param {any} name or a cookie @param {any} [value] @param {any} [options] */
  set(name, value, options) {
    const cookie =
      name instanceof Cookie
        ? name
        : typeof name === 'object' && name !== null
          ? new Cookie(name)
          : new Cookie(name, value, options);
    this.#change(cookie);
  }

  /** @param {any} name or `{ name, domain, path }` @param {any} [options] `{ domain, path }` */
  delete(name, options) {
    const given = typeof name === 'object' && name !== null ? name : { ...options, name };
    const { domain, path } = given;
    this.#change(new Cookie({ name: given.name, value: '', domain, path, expires: new Date(0) }));
  }

  /** @param {Cookie} cookie */
  #change(cookie) {
    this.#changed.delete(cookie.name);
    this.#changed.set(cookie.name, cookie);
    this.#sent = this.#sent.filter(([name]) => name !== cookie.name);
  }

  /** @returns {string[]} the values of the `Set-Cookie` headers to be sent */
  toSetCookieHeaders() {
    return [...this.#changed.values()].map((cookie) => cookie.serialize());
  }

  /** @returns {number} */
  get size() {
    return [...this.entries()].length;
  }

  *entries() {
    for (const cookie of this.#changed.values())
      if (!isDeletion(cookie)) yield /** @type {[string, string]} */ ([cookie.name, cookie.value]);
    for (const [name, value] of this.#sent) yield /** @type {[string, string]} */ ([name, value]);
  }

  *keys() {
    for (const [name] of this.entries()) yield name;
  }

  *values() {
    for (const [, value] of this.entries()) yield value;
  }

  /** @param {(value: string, name: string, map: CookieMap) => void} callback */
  forEach(callback) {
    for (const [name, value] of this.entries()) callback(value, name, this);
  }

  /** @returns {Record<string, string>} */
  toJSON() {
    /** @type {Record<string, string>} */
    const object = {};
    for (const [name, value] of this.entries()) object[name] ??= value;
    return object;
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    /** @type {number} */ depth,
    /** @type {any} */ options,
    /** @type {any} */ inspect,
  ) {
    return inspect(this.toJSON(), options);
  }
}

/** @param {Cookie} cookie */
function isDeletion(cookie) {
  return cookie.value === '' && cookie.expires?.getTime() === 0;
}

Object.defineProperties(CookieMap.prototype, {
  [Symbol.iterator]: { value: CookieMap.prototype.entries, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'CookieMap', configurable: true },
});

module.exports = CookieMap;
