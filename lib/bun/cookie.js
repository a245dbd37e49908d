'use strict';

/**
 * `Bun.Cookie`.
 *
 * @see node_modules/bun-types/docs/runtime/cookies.mdx
 * @see https://www.rfc-editor.org/rfc/rfc6265
 */

const { ERR_MISSING_ARGS } = require('../internal/errors');

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const domainName = /^[a-z0-9.\-]*$/;
const pathText = /^[\x20-\x3a\x3c-\x7e]*$/;
const SECOND = 1000;

/** @param {unknown} value @returns {'strict' | 'lax' | 'none'} */
function sameSiteOf(value) {
  const text = String(value).toLowerCase();
  if (text === 'strict' || text === 'lax' || text === 'none') return text;
  throw new TypeError("Invalid sameSite value. Must be 'strict', 'lax', or 'none'");
}

/** @param {any} value seconds since 1970, a `Date` or its text @returns {Date | undefined} */
function expiresOf(value) {
  if (value == null) return undefined;
  const time =
    typeof value === 'number' ? value * SECOND : value instanceof Date ? value.getTime() : Date.parse(String(value));
  if (!Number.isFinite(time)) throw new RangeError('expires must be a valid Number (or Date)');
  return new Date(time);
}

/** @param {any} value @param {RegExp} allowed @param {string} what @returns {string} */
function checked(value, allowed, what) {
  const text = String(value);
  if (!allowed.test(text)) throw new TypeError(`Invalid cookie ${what}: contains invalid characters`);
  return text;
}

class Cookie {
  #name;
  #value = '';
  /** @type {string | undefined} */
  #domain;
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
    if (arguments.length === 0) throw ERR_MISSING_ARGS('Not enough arguments');
    if (arguments.length === 1 && typeof name === 'string') {
      const parsed = Cookie.parse(name);
      this.#name = parsed.#name;
      this.#assign(parsed.#value, parsed.toJSON());
      return;
    }
    const all = typeof name === 'object' && name !== null ? name : { ...options, name, value };
    const text = String(all.name ?? '');
    if (text === '') throw new TypeError('name is required');
    this.#name = checked(text, token, 'name');
    this.#assign(String(all.value ?? ''), all);
  }

  /** @param {string} value @param {any} options */
  #assign(value, options) {
    this.#value = value;
    const { domain, path, expires, maxAge, secure, sameSite, httpOnly, partitioned } = options;
    if (domain != null && domain !== '') this.#domain = checked(domain, domainName, 'domain');
    if (path != null) this.#path = checked(path, pathText, 'path');
    this.#expires = expiresOf(expires);
    if (typeof maxAge === 'number') this.#maxAge = maxAge;
    this.#secure = Boolean(secure);
    if (sameSite != null) this.#sameSite = sameSiteOf(sameSite);
    this.#httpOnly = Boolean(httpOnly);
    this.#partitioned = Boolean(partitioned);
  }

  get name() {
    return this.#name;
  }

  get value() {
    return this.#value;
  }

  set value(value) {
    this.#value = String(value);
  }

  get domain() {
    return this.#domain;
  }

  set domain(value) {
    this.#domain = value == null || value === '' ? undefined : checked(value, domainName, 'domain');
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
    this.#maxAge = value == null ? undefined : Number(value);
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
    this.#sameSite = sameSiteOf(value);
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
    let text = `${this.#name}=${encodeURIComponent(this.#value.toWellFormed())}`;
    if (this.#domain !== undefined) text += `; Domain=${this.#domain}`;
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
    if (this.#domain !== undefined) object.domain = this.#domain;
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
    const [pair, ...attributes] = String(text).split(';');
    if (String(text) === '') throw new TypeError('Invalid cookie name: contains invalid characters');
    const equals = pair.indexOf('=');
    if (equals === -1) throw new TypeError("Invalid cookie string: no '=' found");
    /** @type {any} */
    const options = { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() };
    for (const attribute of attributes) {
      const [name, value = ''] = splitOnce(attribute);
      if (name === 'domain') options.domain = value.toLowerCase();
      else if (name === 'path') options.path = value.startsWith('/') ? value : '/';
      else if (name === 'expires' && Number.isFinite(Date.parse(value))) options.expires = new Date(value);
      else if (name === 'max-age' && /^-?\d+$/.test(value)) options.maxAge = Number(value);
      else if (name === 'secure') options.secure = true;
      else if (name === 'httponly') options.httpOnly = true;
      else if (name === 'partitioned') options.partitioned = true;
      else if (name === 'samesite' && ['strict', 'lax', 'none'].includes(value.toLowerCase())) options.sameSite = value;
    }
    return new Cookie(options);
  }

  /** @param {string} name @param {string} value @param {any} [options] @returns {Cookie} */
  static from(name, value, options) {
    return new Cookie(name, value, options);
  }
}

/** @param {string} attribute @returns {string[]} */
function splitOnce(attribute) {
  const equals = attribute.indexOf('=');
  if (equals === -1) return [attribute.trim().toLowerCase()];
  return [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim()];
}

Object.defineProperty(Cookie.prototype, Symbol.toStringTag, { value: 'Cookie', configurable: true });

module.exports = Cookie;
