'use strict';

const { words, Operation, Word } = require('./exchange');
const { Connection } = require('./connection');
const { Handle } = require('./handle');
const { RowIterator } = require('./iterator');
const { SQLStatement } = require('./native-statement');
const { prototypeOf } = require('./row-class');
const { methodsOf, FEW } = require('./arguments');

const { FINALIZE, IS_FINALIZED, CHECK } = Operation;
const { COLUMNS, COLUMN_TYPES, DECLARED_TYPES, READER, READONLY, TO_STRING, SET_BIG } = Operation;
const { COUNT } = Word;

/** What only this library uses. @type {(statement: Statement) => Handle} */
let handleOf;

/**
 * A prepared statement, made by `Database.prototype.prepare` and `query`.
 *
 * @see https://bun.com/docs/runtime/sqlite#statements
 */
class Statement {
  #handle;
  /** @type {SQLStatement | undefined} */ #native;

  /** One parameter counts, as in Bun. @param {Connection} connection @param {string} sql @param {number} [flags] @param {boolean} [owned] */
  constructor(connection, sql = '', flags = undefined, owned = undefined) {
    if (!(connection instanceof Connection)) throw new TypeError('A Statement is made by db.prepare() and db.query()');
    this.#handle = new Handle(connection, sql, flags, owned);
    const { count } = this.#handle;
    const methods = Statement.#methodsFor(count);
    // Own properties in this order, as in Bun.
    this.get = methods.get;
    this.all = methods.all;
    this.iterate = methods.iterate;
    this.values = methods.values;
    this.raw = methods.raw;
    this.run = methods.run;
  }

  static {
    handleOf = (statement) => statement.#handle;
  }

  [Symbol.iterator]() {
    return this.iterate();
  }

  /**
   * Makes `get`, `all` and `iterate` give instances of a class, without calling its constructor.
   *
   * @param {Function} [Class] undefined: plain objects again
   * @returns {this}
   * @throws {TypeError}
   */
  as(Class) {
    const handle = this.#handle;
    handle.do(IS_FINALIZED) || handle.do(CHECK);
    handle.prototype = prototypeOf(Class);
    handle.version = 0;
    return this;
  }

  /** @param {boolean} [enabled] */
  safeIntegers(enabled) {
    const handle = this.#handle;
    handle.do(CHECK);
    if (enabled === undefined) return handle.big;
    handle.big = Boolean(enabled);
    handle.do(SET_BIG, handle.big);
    return this;
  }

  finalize() {
    this.#handle.do(FINALIZE);
    this.#handle.isFinal = true;
  }

  [Symbol.dispose]() {
    if (!this.isFinalized) this.finalize();
  }

  toString() {
    return this.#handle.do(TO_STRING);
  }

  toJSON() {
    return {
      sql: this.toString(),
      isFinalized: this.isFinalized,
      paramsCount: this.paramsCount,
      columnNames: this.columnNames,
    };
  }

  get columnNames() {
    return this.#handle.do(COLUMNS);
  }
  get columnTypes() {
    return this.#handle.do(COLUMN_TYPES);
  }
  get declaredTypes() {
    return this.#handle.do(DECLARED_TYPES);
  }
  get reader() {
    return this.#handle.do(READER);
  }
  get readonly() {
    return this.#handle.do(READONLY);
  }
  get isFinalized() {
    return this.#handle.do(IS_FINALIZED);
  }
  get native() {
    return (this.#native ??= new SQLStatement(this, this.#handle));
  }
  get paramsCount() {
    this.#handle.do(CHECK);
    return this.#handle.count;
  }

  get [Symbol.toStringTag]() {
    return `"${this.toString()}"`;
  }

  /** @type {Methods} */ static #noArgs = named('NoArgs', {
    get() {
      words[COUNT] = -1;
      return this.#handle.first(undefined);
    },
    all() {
      words[COUNT] = -1;
      return this.#handle.collect(undefined, false);
    },
    iterate() {
      return new RowIterator(this.#handle, []);
    },
    values() {
      words[COUNT] = -1;
      return this.#handle.collect(undefined, true);
    },
    raw() {
      words[COUNT] = -1;
      return this.#handle.raw(undefined);
    },
    run() {
      words[COUNT] = -1;
      return this.#handle.run(undefined);
    },
  });

  /** @type {Methods} */ static #manyArgs = named('', {
    get(...given) {
      const handle = this.#handle;
      return handle.first(handle.bind(given));
    },
    all(...given) {
      const handle = this.#handle;
      return handle.collect(handle.bind(given), false);
    },
    iterate(...given) {
      return new RowIterator(this.#handle, given);
    },
    values(...given) {
      const handle = this.#handle;
      return handle.collect(handle.bind(given), true);
    },
    raw(...given) {
      const handle = this.#handle;
      return handle.raw(handle.bind(given));
    },
    run(...given) {
      const handle = this.#handle;
      return handle.run(handle.bind(given));
    },
  });

  /** By the number of parameters. @type {Methods[]} */ static #fewArgs = [];

  /** @param {number} count of the parameters */
  static #methodsFor(count) {
    if (count === 0) return Statement.#noArgs;
    if (count > FEW) return Statement.#manyArgs;
    return (Statement.#fewArgs[count] ??= Statement.#methodsForFew(count));
  }

  /** @param {number} count */
  static #methodsForFew(count) {
    const generated = methodsOf(count, handleOf);
    return generated ? named('', { ...Statement.#manyArgs, ...generated }) : Statement.#manyArgs;
  }
}

/** @typedef {Record<'get' | 'all' | 'iterate' | 'values' | 'raw' | 'run', (this: any, ...values: any[]) => any>} Methods */

/** Gives methods the names and lengths that they have in Bun. @param {string} suffix @param {Methods} methods */
function named(suffix, methods) {
  for (const [name, method] of Object.entries(methods)) {
    const label = `#${name}${name === 'raw' && suffix === '' ? 'Values' : suffix}`;
    Object.defineProperties(method, { name: { value: label }, length: { value: 0 } });
  }
  return methods;
}

module.exports = { Statement, handleOf };
