'use strict';

/**
 * What the parts of a cookie may be, and the text of a `Set-Cookie` header.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265
 */

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_VALUE = codeError(
  TypeError,
  'ERR_INVALID_ARG_VALUE',
  (value) =>
    `The argument 'expires' Invalid expires value. Must be a Date or a number. Received ${require('node:util').inspect(value)}`,
);

const nameText = /^[\x21-\x3a\x3c\x3e-\x7e]*$/;
const domainName = /^[a-z0-9.\-]*$/;
const pathText = /^[\x20-\x3a\x3d-\x7e]*$/;
// eslint-disable-next-line no-control-regex
const headerText = /^(?![ \t])[\x01-\x09\x0b\x0c\x0e-\xff]*(?<![ \t])$/;
const wholeNumber = /^[+-]?\d+/;
const LARGEST_AGE = 2 ** 63;
/** The dates of HTTP, of `asctime` and what is near to them. */
const dateText =
  /^(?:(?:sun|mon|tue|wed|thu|fri|sat)[a-z]*,? )?(?:\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -]\d{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* {1,2}\d{1,2}(?:, \d{4}| \d{2}:\d{2}:\d{2} \d{4}))(?: \d{1,2}:\d{2}(?::\d{2})?)?( (?:gmt|utc|[ecmp][sd]t|[+-]\d{4}))?$/i;
const SECOND = 1000;

/** @param {unknown} value @param {boolean} anyCase @returns {'strict' | 'lax' | 'none'} */
function sameSiteOf(value, anyCase) {
  const text = anyCase ? String(value).toLowerCase() : String(value);
  if (text === 'strict' || text === 'lax' || text === 'none') return text;
  throw new TypeError("Invalid sameSite value. Must be 'strict', 'lax', or 'none'");
}

/** @param {string} text @returns {number} milliseconds since 1970, or NaN */
function parseDate(text) {
  const match = dateText.exec(text);
  if (!match) return NaN;
  return Date.parse(match[1] === undefined ? `${text} GMT` : text);
}

/** @param {any} value seconds since 1970, a `Date` or its text @returns {Date | undefined} */
function expiresOf(value) {
  if (value == null) return undefined;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new RangeError('expires must be a valid Date (or Number)');
    return new Date(value.getTime());
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('expires must be a valid Number (or Date)');
    return new Date(value * SECOND);
  }
  if (typeof value !== 'string') throw ERR_INVALID_ARG_VALUE(value);
  const time = parseDate(value);
  if (Number.isNaN(time)) throw new TypeError('Invalid cookie expiration date');
  return new Date(time);
}

/** @param {unknown} value @returns {string} */
const textOf = (value) => `${/** @type {string} */ (value)}`.toWellFormed();

/** @param {any} value @param {RegExp} allowed @param {string} what @returns {string} */
function checked(value, allowed, what) {
  const text = textOf(value);
  if (!allowed.test(text)) throw new TypeError(`Invalid cookie ${what}: contains invalid characters`);
  return text;
}

/** @param {any} value @returns {number | undefined} */
function maxAgeOf(value) {
  if (value == null) return undefined;
  if (typeof value === 'bigint') throw new TypeError("Conversion from 'BigInt' to 'number' is not allowed.");
  const number = Number(value);
  if (!Number.isFinite(number)) throw new TypeError('The provided value is non-finite');
  return number;
}

/** @param {unknown} value @returns {string} */
function nameOf(value) {
  if (value === '') throw new TypeError('name is required');
  return checked(value, nameText, 'name');
}

/** @param {string} text the value of a `Set-Cookie` header @returns {any} name, value and options; unknown ones are left out */
function parse(text) {
  if (text === '') throw new TypeError('Invalid cookie name: contains invalid characters');
  if (!headerText.test(text)) throw new TypeError('cookie string is not a valid HTTP header value');
  if (text.length < 2) throw new TypeError('Invalid cookie string: empty');
  const [pair, ...attributes] = text.split(';');
  const equals = pair.indexOf('=');
  if (equals === -1) throw new TypeError("Invalid cookie string: no '=' found");
  const name = pair.slice(0, equals).trim();
  if (name === '') throw new TypeError('Invalid cookie string: name cannot be empty');
  /** @type {any} */
  const options = { name: checked(name, nameText, 'name'), value: pair.slice(equals + 1).trim() };
  for (const attribute of attributes) readAttribute(options, ...splitOnce(attribute));
  return options;
}

/** @param {any} options @param {string} name @param {string} [value] */
function readAttribute(options, name, value = '') {
  if (name === 'domain') options.domain = value === '' ? undefined : value.toLowerCase();
  else if (name === 'path') options.path = value.startsWith('/') ? value : '/';
  else if (name === 'expires') {
    const time = parseDate(value);
    if (!Number.isNaN(time)) options.expires = new Date(time);
  } else if (name === 'max-age') {
    const age = Number(wholeNumber.exec(value)?.[0] ?? NaN);
    if (Math.abs(age) <= LARGEST_AGE) options.maxAge = age + 0;
  } else if (name === 'secure') options.secure = true;
  else if (name === 'httponly') options.httpOnly = true;
  else if (name === 'partitioned') options.partitioned = true;
  else if (name === 'samesite' && ['strict', 'lax', 'none'].includes(value.toLowerCase()))
    options.sameSite = value.toLowerCase();
}

/** @param {string} attribute @returns {[string, string?]} */
function splitOnce(attribute) {
  const equals = attribute.indexOf('=');
  if (equals === -1) return [attribute.trim().toLowerCase()];
  return [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim()];
}

module.exports = { checked, domainName, expiresOf, maxAgeOf, nameOf, parse, pathText, sameSiteOf, textOf };
