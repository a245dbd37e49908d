'use strict';

/** @type {WeakMap<object, Source>} */
const sources = new WeakMap();

/**
 * What a query is made of. It is read when the query starts, not when it is written down, and a
 * query may be a part of others, as often as one likes.
 */
class Source {
  /**
   * @param {'template' | 'identifier' | 'unsafe' | 'file' | 'misused'} kind
   * @param {{ text?: string, strings?: ArrayLike<string>, values?: any }} parts
   */
  constructor(kind, { text, strings = [], values }) {
    this.kind = kind;
    this.text = /** @type {string} */ (text);
    this.strings = strings;
    /** A list; for `sql.unsafe` and `sql.file` whatever was given. @type {any} */ this.values = values;
  }

  /** Says what a query is made of. @param {object} query @param {Source} source */
  static bind(query, source) {
    sources.set(query, source);
  }

  /** The source of a query; undefined for anything else. @param {any} value @returns {Source | undefined} */
  static of(value) {
    return typeof value === 'object' && value !== null ? sources.get(value) : undefined;
  }
}

module.exports = { Source };
