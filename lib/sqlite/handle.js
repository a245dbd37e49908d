'use strict';

/**
 * `Statement.prototype.native`: in Bun the object under a statement. What it tells is what programs
 * read of it; what it does goes through the statement.
 *
 * @see https://bun.com/reference/bun/sqlite/Statement/native
 */
class SQLStatement {
  #statement;

  /** @param {import('./statement').Statement} statement */
  constructor(statement) {
    this.#statement = statement;
  }

  get(/** @type {any[]} */ ...values) {
    return this.#statement.get(...values);
  }
  all(/** @type {any[]} */ ...values) {
    return this.#statement.all(...values);
  }
  values(/** @type {any[]} */ ...values) {
    return this.#statement.values(...values);
  }
  raw(/** @type {any[]} */ ...values) {
    return this.#statement.raw(...values);
  }
  run(/** @type {any[]} */ ...values) {
    return this.#statement.run(...values);
  }
  iterate(/** @type {any[]} */ ...values) {
    return this.#statement.iterate(...values);
  }
  as(/** @type {any} */ Class) {
    this.#statement.as(Class);
  }
  finalize() {
    this.#statement.finalize();
  }
  toString() {
    return this.#statement.toString();
  }
  get columns() {
    return this.#statement.columnNames;
  }
  get columnsCount() {
    return this.#statement.columnNames.length;
  }
  get columnTypes() {
    return this.#statement.columnTypes;
  }
  get declaredTypes() {
    return this.#statement.declaredTypes;
  }
  get paramsCount() {
    return this.#statement.paramsCount;
  }
  get readonly() {
    return this.#statement.readonly;
  }
  get isFinalized() {
    return this.#statement.isFinalized;
  }
  /** @returns {any} */
  get safeIntegers() {
    return this.#statement.safeIntegers();
  }
  set safeIntegers(enabled) {
    this.#statement.safeIntegers(enabled);
  }
}

module.exports = { SQLStatement };
