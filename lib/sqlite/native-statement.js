'use strict';

/**
 * `Statement.prototype.native`: in Bun the untyped object that does a statement's work. Here it has the same members
 * and passes them on.
 *
 * @see https://bun.com/reference/bun/sqlite/Statement/native
 */
class SQLStatement {
  #statement;
  #handle;

  /** @param {any} statement @param {import('./handle').Handle} handle */
  constructor(statement, handle) {
    this.#statement = statement;
    this.#handle = handle;
  }

  /** @param {any} [_changes] @param {any} [values] a list or an object, as for the methods below */
  run(_changes, values) {
    this.#statement.run(...listed(values));
  }
  /** @param {any} [values] */
  get(values) {
    return this.#statement.get(...listed(values));
  }
  /** @param {any} [values] */
  all(values) {
    return this.#statement.all(...listed(values));
  }
  /** @param {any} [values] */
  values(values) {
    return this.#statement.values(...listed(values));
  }
  /** @param {any} [values] */
  raw(values) {
    return this.#statement.raw(...listed(values));
  }

  /** Begins to give rows. @param {any} [values] @returns {any} the first, or null */
  iterate(values) {
    const handle = this.#handle;
    return handle.next(handle.begin(handle.bind(listed(values))));
  }
  /** @param {number} run the `runCount` after `iterate` */
  iterateNext(run) {
    return this.#handle.next(run);
  }
  /** @param {number} run */
  iterateEnd(run) {
    this.#handle.end(run);
  }
  get runCount() {
    return this.#handle.runs();
  }

  /** @param {any} [Class] */
  as(Class) {
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
    return this.columns.length;
  }
  get paramsCount() {
    return this.#statement.paramsCount;
  }
  get isFinalized() {
    return this.#statement.isFinalized;
  }
  get readonly() {
    return this.#statement.readonly;
  }
  get columnTypes() {
    return this.#statement.columnTypes;
  }
  get declaredTypes() {
    return this.#statement.declaredTypes;
  }
  get safeIntegers() {
    return this.#statement.safeIntegers();
  }
  set safeIntegers(enabled) {
    this.#statement.safeIntegers(Boolean(enabled));
  }
}

/** @param {any} values @returns {any[]} the arguments of a statement's method */
function listed(values) {
  if (values === undefined) return [];
  if (values === null || typeof values !== 'object') throw new TypeError('Expected object or array');
  return [values];
}

module.exports = { SQLStatement };
