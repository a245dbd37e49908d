'use strict';

/**
 * One message of the console: values side by side, and the specifiers of a text among them.
 *
 * Any text takes part, not only the first, as long as values follow it. Values that fill a text are
 * never read as text with specifiers themselves.
 *
 * @see https://console.spec.whatwg.org/#formatter (Bun differs: `%d` and `%i` read as `parseInt` does)
 */

const { Formatter } = require('../bun/inspect/formatter');
const { isStringObject } = require('node:util/types');

const LARGEST_INTEGER = 2 ** 63;

/** @typedef {{ depth: number, colors: boolean, groups: number, open?: string, warns?: boolean }} Settings */

class Message {
  #formatter;

  /** @param {Settings} settings `groups`: how far it is indented; `open`: what stands before it */
  constructor({ depth, colors, groups, open = '', warns = false }) {
    const inspect = require('../bun/inspect');
    this.#formatter = new Formatter({ depth, colors, sorted: false, compact: false, inspect, warns }, groups);
    this.#formatter.append('  '.repeat(groups) + open);
  }

  /** What is formatted so far. */
  get text() {
    return this.#formatter.text;
  }

  /** @param {string} text */
  end(text) {
    this.#formatter.append(text);
  }

  /** @param {unknown} value */
  value(value) {
    this.#formatter.top(value);
  }

  /** Values after a head, specifiers left alone. @param {unknown[]} values */
  each(values) {
    for (const value of values) {
      this.#formatter.append(' ');
      this.value(value);
    }
  }

  /** @param {unknown[]} values */
  line(values) {
    for (let index = 0; index < values.length;) {
      const value = values[index++];
      if (index > 1) this.#formatter.append(' ');
      if (index < values.length && isText(value)) index = this.#fill(String(value), values, index);
      else this.value(value);
    }
  }

  /**
   * Fills the specifiers of a text with the values from `next` on.
   *
   * @param {string} text
   * @param {unknown[]} values
   * @param {number} next
   * @returns {number} the first value that it did not take
   */
  #fill(text, values, next) {
    this.#formatter.lengthen(Buffer.byteLength(text)); // Bun counts the specifiers too
    let written = 0;
    for (
      let at = text.indexOf('%');
      at !== -1 && at + 1 < text.length && next < values.length;
      at = text.indexOf('%', at)
    ) {
      const kind = text[at + 1];
      if (kind === '%') {
        this.#formatter.append(text.slice(written, at + 1));
        written = at + 2;
        at += 3; // Bun does not look at the character after `%%`
        continue;
      }
      const convert = conversions[kind];
      if (convert === undefined) {
        at += 1;
        continue;
      }
      this.#formatter.append(text.slice(written, at));
      written = at += 2;
      convert(this.#formatter, values[next++]);
    }
    this.#formatter.append(text.slice(written));
    return next;
  }
}

/** @type {Record<string, (formatter: Formatter, value: any) => void>} */
const conversions = {
  __proto__: /** @type {any} */ (null),
  s: (formatter, value) => (isStringObject(value) ? formatter.top(value) : formatter.count(`${value}`)),
  d: (formatter, value) => digits(formatter, integer(number(value))),
  i: (formatter, value) => digits(formatter, integer(number(value))),
  f: (formatter, value) => digits(formatter, String(number(value))),
  o: (formatter, value) => formatter.top(value),
  O: (formatter, value) => formatter.top(value),
  j: (formatter, value) => formatter.count(JSON.stringify(value) ?? ''),
  c() {},
};

/** A whole number counts as one character, of whatever length. @param {Formatter} formatter @param {string} text */
function digits(formatter, text) {
  formatter.append(text);
  formatter.lengthen(/^-?\d+$/.test(text) ? 1 : text.length);
}

/** @param {unknown} value */
function number(value) {
  if (typeof value === 'symbol') return NaN;
  if (typeof value === 'bigint') throw new TypeError("Conversion from 'BigInt' to 'number' is not allowed.");
  return Number(value);
}

/** As `parseInt` of the number, within 64 bits. @param {number} value */
function integer(value) {
  const whole = parseInt(String(value), 10);
  if (Number.isNaN(whole)) return 'NaN';
  if (whole >= LARGEST_INTEGER) return '9223372036854775807';
  if (whole <= -LARGEST_INTEGER) return '-9223372036854775807';
  return String(whole === 0 ? 0 : BigInt(whole));
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === 'string' || isStringObject(value);
}

/**
 * What the second argument of `console.dir` asks for.
 *
 * @param {any} options
 * @returns {{ depth?: number, colors?: boolean }}
 */
function dirSettings(options) {
  if (options === null || typeof options !== 'object') return {};
  /** @type {{ depth?: number, colors?: boolean }} */
  const settings = {};
  const { depth, colors } = options;
  if (depth === null) settings.depth = Infinity;
  else if (typeof depth === 'number') settings.depth = Math.max(0, Math.trunc(depth) || 0);
  if (colors !== undefined) settings.colors = Boolean(colors);
  return settings;
}

module.exports = { Message, dirSettings };
