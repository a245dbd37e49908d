'use strict';

const { registerClass } = require('../internal/errors');

let constructing = false;

/**
 * An error from SQLite, with `code`, `errno` and `byteOffset`. Only `bun:sqlite` makes it.
 *
 * @see https://bun.com/reference/bun/sqlite/SQLiteError
 */
class SQLiteError extends Error {
  /** The errors of `Bun.SQL` count, too: the name decides. @param {any} value */
  static [Symbol.hasInstance](value) {
    return value?.name === 'SQLiteError';
  }

  constructor() {
    if (!constructing) throw new Error('SQLiteError can only be constructed by bun:sqlite');
    super(arguments[0]);
    Object.defineProperty(this, 'name', {
      value: 'SQLiteError',
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }
}

/** Makes the error of an engine's fault; `lib/internal/errors.js` adds the properties. */
function makeSQLiteError(/** @type {string} */ message) {
  constructing = true;
  try {
    return new /** @type {any} */ (SQLiteError)(message);
  } finally {
    constructing = false;
  }
}

registerClass('SQLiteError', /** @type {any} */ (makeSQLiteError));

/** A value that cannot be bound, and how many before it can. */
class Unbindable extends TypeError {
  /** @param {number} index */
  constructor(index) {
    super('Binding expected string, TypedArray, boolean, number, bigint or null');
    this.index = index;
  }
}

module.exports = { Unbindable, SQLiteError };
