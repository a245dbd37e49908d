'use strict';

/**
 * The error classes of `Bun.SQL`. Their properties are own and enumerable, as in Bun.
 *
 * @see https://bun.com/docs/runtime/sql#error-classes
 */

class SQLError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'SQLError';
  }
}

/** Gives an error those of its options that are set. @param {any} error @param {any} options @param {string[]} names */
function assign(error, options, names) {
  for (const name of names) if (options[name] !== undefined) error[name] = options[name];
}

class SQLiteError extends SQLError {
  /** @param {string} message @param {{ code: string, errno: number, byteOffset?: number }} options */
  constructor(message, { code, errno, byteOffset }) {
    super(message);
    this.name = 'SQLiteError';
    this.code = code;
    this.errno = errno;
    if (byteOffset !== undefined) this.byteOffset = byteOffset;
  }
}

class PostgresError extends SQLError {
  static #names = [
    'errno',
    'detail',
    'hint',
    'severity',
    'position',
    'internalPosition',
    'internalQuery',
    'where',
  ].concat(['schema', 'table', 'column', 'dataType', 'constraint', 'file', 'line', 'routine']);

  /** @param {string} message @param {Record<string, any> & { code: string }} options */
  constructor(message, options) {
    super(message);
    this.name = 'PostgresError';
    this.code = options.code;
    assign(this, options, PostgresError.#names);
  }
}

class MySQLError extends SQLError {
  /** @param {string} message @param {{ code: string, errno?: number, sqlState?: string }} options */
  constructor(message, options) {
    super(message);
    this.name = 'MySQLError';
    this.code = options.code;
    assign(this, options, ['errno', 'sqlState']);
  }
}

module.exports = { SQLError, SQLiteError, PostgresError, MySQLError };
