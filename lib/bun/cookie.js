'use strict';

/**
 * `Bun.Cookie`.
 *
 * @see node_modules/bun-types/docs/runtime/cookies.mdx
 * @see https://www.rfc-editor.org/rfc/rfc6265
 */

const { ERR_MISSING_ARGS } = require('../internal/errors');
const { brand } = require('../internal/brand');

const {
  checked,
  domainName,
  expiresOf,
  maxAgeOf,
  nameOf,
  parse,
  pathText,
  sameSiteOf,
  textOf,
} = require('./cookie-text');

/** Whether a value is a cookie, for the members' check of `this`. @type {(value: unknown) => boolean} */
let isCookie;

class Cookie {
  #name;
  #value = '';
  /** @type {string | null} */
  #domain = null;
  #path = '/';
  /** @type {Date | undefined} */
  #expires;
  /** @type {number | undefined} */
  #maxAge;
  #secure = false;
  /** @type {'strict' | 'lax' | 'none'} */
  #sameSite = 'lax';
  #httpOnly = false;
  #partitioned = false;

  /** @param {any} name or the text of a cookie, or all of it @param {any} [value] @param {any} [options] */
  constructor(name, value, options) {
    if (arguments.length > 1) {
      if (options != null && typeof options !== 'object') throw new TypeError('Options must be an object');
      this.#name = nameOf(name);
      this.#assign(textOf(value), options ?? {});
      return;
    }
    if (typeof name === 'string') {
      const { name: key, value: text, ...rest } = parse(name);
      this.#name = key;
      this.#assign(text, rest);
      return;
    }
    if (typeof name !== 'object' || name === null) throw ERR_MISSING_ARGS('Not enough arguments');
    this.#name = name.name === undefined && !('name' in name) ? nameOf('') : nameOf(name.name);
    this.#assign(textOf(name.value), name);
  }

  static {
    isCookie = (value) => typeof value === 'object' && value !== null && #name in value;
  }

  /** @param {string} value @param {any} options */
  #assign(value, options) {
    this.#value = value;
    const { domain, path, expires, maxAge, secure, sameSite, httpOnly, partitioned } = options;
    if (domain != null) this.#domain = checked(domain, domainName, 'domain');
    if (path != null) this.#path = checked(path, pathText, 'path');
    this.#expires = expiresOf(expires);
    if (typeof maxAge === 'number' && !Number.isNaN(maxAge)) this.#maxAge = maxAge;
    this.#secure = Boolean(secure);
    if (sameSite != null) this.#sameSite = sameSiteOf(sameSite, false);
    this.#httpOnly = Boolean(httpOnly);
    this.#partitioned = Boolean(partitioned);
  }

  get name() {
    return this.#name;
  }

  /** The name stays what it is; Bun does not throw either, not even in strict mode. */
  set name(value) {}

  get value() {
    return this.#value;
  }

  set value(value) {
    this.#value = textOf(value);
  }

  get domain() {
    return this.#domain;
  }

  set domain(value) {
    this.#domain = checked(value, domainName, 'domain');
  }

  get path() {
    return this.#path;
  }

  set path(value) {
    this.#path = checked(value, pathText, 'path');
  }

  get expires() {
    return this.#expires;
  }

  set expires(value) {
    this.#expires = expiresOf(value);
  }

  get maxAge() {
    return this.#maxAge;
  }

  set maxAge(value) {
    this.#maxAge = maxAgeOf(value);
  }

  get secure() {
    return this.#secure;
  }

  set secure(value) {
    this.#secure = Boolean(value);
  }

  get httpOnly() {
    return this.#httpOnly;
  }

  set httpOnly(value) {
    this.#httpOnly = Boolean(value);
  }

  get sameSite() {
    return this.#sameSite;
  }

  set sameSite(value) {
    this.#sameSite = sameSiteOf(value, true);
  }

  get partitioned() {
    return this.#partitioned;
  }

  set partitioned(value) {
    this.#partitioned = Boolean(value);
  }

  /** @returns {boolean} */
  isExpired() {
    if (this.#maxAge !== undefined) return this.#maxAge <= 0;
    return this.#expires !== undefined && this.#expires.getTime() <= Date.now();
  }

  /** @returns {string} the value of a `Set-Cookie` header */
  serialize() {
    let text = `${this.#name}=${encodeURIComponent(this.#value)}`;
    if (this.#domain) text += `; Domain=${this.#domain}`;
    if (this.#path !== '') text += `; Path=${this.#path}`;
    if (this.#expires !== undefined) text += `; Expires=${this.#expires.toUTCString()}`;
    if (this.#maxAge !== undefined) text += `; Max-Age=${this.#maxAge}`;
    if (this.#secure) text += '; Secure';
    if (this.#httpOnly) text += '; HttpOnly';
    if (this.#partitioned) text += '; Partitioned';
    return `${text}; SameSite=${this.#sameSite[0].toUpperCase()}${this.#sameSite.slice(1)}`;
  }

  toString() {
    return this.serialize();
  }

  /** @returns {Record<string, any>} */
  toJSON() {
    const object = Object.create(null);
    object.name = this.#name;
    object.value = this.#value;
    if (this.#domain) object.domain = this.#domain;
    object.path = this.#path;
    if (this.#expires !== undefined) object.expires = this.#expires;
    if (this.#maxAge !== undefined) object.maxAge = this.#maxAge;
    object.secure = this.#secure;
    object.sameSite = this.#sameSite;
    object.httpOnly = this.#httpOnly;
    object.partitioned = this.#partitioned;
    return object;
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    /** @type {number} */ depth,
    /** @type {any} */ options,
    /** @type {any} */ inspect,
  ) {
    return inspect(this.toJSON(), options);
  }

  /** @param {string} text the value of a `Set-Cookie` header @returns {Cookie} */
  static parse(text) {
    if (arguments.length === 0) throw ERR_MISSING_ARGS('Not enough arguments');
    return new Cookie(textOf(text));
  }

  /** @param {string} name @param {string} value @param {any} options @returns {Cookie} */
  static from(name, value, options) {
    if (arguments.length < 2) throw ERR_MISSING_ARGS('Not enough arguments');
    return new Cookie(name, value, typeof options === 'object' ? options : undefined);
  }
}

Object.defineProperty(Cookie.prototype, Symbol.toStringTag, { value: 'Cookie', configurable: true });
Object.defineProperty(Cookie, 'length', { value: 2, configurable: true });
brand(Cookie, 'Cookie', isCookie);

module.exports = Cookie;
