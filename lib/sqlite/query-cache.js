'use strict';

const { handleOf } = require('./statement');

/** @typedef {import('./statement').Statement} Statement */

/** Longer texts are not kept. */
const LONGEST = 65536;

/**
 * The statements that `db.query()` keeps, least recently used first.
 *
 * @see https://bun.com/docs/runtime/sqlite#query
 */
class QueryCache {
  /** @type {Map<string, Statement>} */ #statements = new Map();
  /** The key of the last entry. */ #newest = '';

  get size() {
    return this.#statements.size;
  }

  /** @param {string} sql @returns {Statement | undefined} one that `finalize()` has not ended */
  get(sql) {
    const statement = this.#statements.get(sql);
    return statement === undefined || handleOf(statement).isFinal ? undefined : statement;
  }

  /** Notes that a statement was asked for. @param {string} sql @param {Statement} statement */
  touch(sql, statement) {
    if (sql === this.#newest) return;
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    this.#newest = sql;
  }

  /** @param {string} sql @param {Statement} statement @param {number} limit */
  add(sql, statement, limit) {
    if (sql.length > LONGEST || !(limit > 0)) return;
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size < limit) break;
      this.#statements.delete(oldest);
    }
    this.#newest = '';
    this.touch(sql, statement);
  }

  /** Empties the cache. @returns {Statement[]} what was in it */
  clear() {
    const statements = [...this.#statements.values()];
    this.#statements.clear();
    this.#newest = '';
    return statements;
  }
}

module.exports = { QueryCache };
