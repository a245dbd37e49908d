'use strict';

const { Operation, Word, TYPES, VALUES } = require('./exchange');
const { valuesOf, encode, keysOf, isNamed, isEmptyList, checked } = require('./parameters');
const { failure } = require('./failed-binding');
const { Reader } = require('./reader');
const { prototypeOf } = require('./row-class');
const { SQLStatement } = require('./handle');

const {
  GET,
  ALL,
  MORE,
  RUN,
  ITERATE,
  NEXT,
  END,
  RAW,
  BIND,
  FINALIZE,
  IS_FINALIZED,
  CHECK,
  COLUMNS,
  CLASSES,
  PARAMETERS,
  SET_BIG,
} = Operation;
const { COUNT, ROWS, DONE, VERSION, HANDED_OVER, RUN: RUN_NUMBER, CHANGES_F, LAST_ROWID_F, ARRAY } = Word;

/** What `Database` alone may use: binds at once; tells of `finalize()`. */
const bindNow = Symbol('bindNow');
const wasFinalized = Symbol('wasFinalized');

/**
 * A prepared statement, made by `Database.prototype.prepare` and `query`.
 *
 * @see https://bun.com/docs/runtime/sqlite#statements
 */
class Statement {
  /** The statement in the addon: does the operation in word 0 of the exchange buffer. */
  #native;
  #exchange;
  #words;
  #doubles;
  #count;
  #strict;
  #big;
  /** @type {object | undefined} */ #handle;
  /** @type {object | null} */ #prototype = null;
  /** @type {Reader} */ #reader = /** @type {any} */ (undefined);
  #version = 0;
  /** @type {import('./parameters').Key[] | undefined} */ #keys;
  #isFinal = false;

  /** @param {import('./database').Prepared} prepared */
  constructor(prepared) {
    if (!prepared?.exchange) throw new TypeError('A Statement is made by db.prepare() and db.query()');
    this.#native = prepared.native;
    this.#exchange = prepared.exchange;
    this.#words = prepared.exchange.words;
    this.#doubles = prepared.exchange.doubles;
    this.#count = prepared.count;
    this.#strict = prepared.strict;
    this.#big = prepared.big;
  }

  /** @returns {any} the first row, or null */
  get(value) {
    const words = this.#words;
    const values =
      arguments.length === 0 ? keep(words) : arguments.length === 1 ? this.#bindOne(value) : this.#bind(arguments);
    words[0] = GET;
    const text = this.#native(values);
    if (words[ROWS] === 0) return null;
    if (words[VERSION] !== this.#version) this.#renew();
    const row = this.#reader.one(this.#exchange, words, this.#doubles, text ?? '');
    if (words[HANDED_OVER] !== 0) this.#exchange.handedOver.length = 0;
    return row;
  }

  /** @returns {any[]} all rows */
  all(value) {
    const words = this.#words;
    const values =
      arguments.length === 0 ? keep(words) : arguments.length === 1 ? this.#bindOne(value) : this.#bind(arguments);
    return this.#collect(values, false);
  }

  /** @returns {any[][]} all rows as arrays */
  values(value) {
    const words = this.#words;
    const values =
      arguments.length === 0 ? keep(words) : arguments.length === 1 ? this.#bindOne(value) : this.#bind(arguments);
    return this.#collect(values, true);
  }

  /** @param {any} values @param {boolean} arrays */
  #collect(values, arrays) {
    const words = this.#words;
    /** @type {any[]} */
    const out = [];
    words[0] = ALL;
    let text = this.#native(values);
    for (;;) {
      const rows = words[ROWS];
      if (rows !== 0) {
        if (words[VERSION] !== this.#version) this.#renew();
        const reader = this.#reader;
        if (arrays) reader.values(this.#exchange, words, this.#doubles, text ?? '', rows, out);
        else reader.many(this.#exchange, words, this.#doubles, text ?? '', rows, out);
        if (words[HANDED_OVER] !== 0) this.#exchange.handedOver.length = 0;
      }
      if (words[DONE] !== 0) return out;
      words[0] = MORE;
      text = this.#native();
    }
  }

  /** @returns {{ changes: number, lastInsertRowid: number | bigint }} */
  run(value) {
    const words = this.#words;
    const values =
      arguments.length === 0 ? keep(words) : arguments.length === 1 ? this.#bindOne(value) : this.#bind(arguments);
    words[0] = RUN;
    this.#native(values);
    return {
      changes: this.#doubles[CHANGES_F],
      lastInsertRowid: this.#big ? this.#exchange.integers[LAST_ROWID_F] : this.#doubles[LAST_ROWID_F],
    };
  }

  /** @returns {(Uint8Array | null)[][]} all rows, every value as bytes */
  raw() {
    const values = arguments.length === 0 ? keep(this.#words) : this.#bind(arguments);
    this.#words[0] = RAW;
    return this.#native(values);
  }

  /** Steps the statement once for each row that is asked for. */
  *iterate() {
    const words = this.#words;
    const values = arguments.length === 0 ? keep(words) : this.#bind(arguments);
    words[0] = ITERATE;
    this.#native(values);
    const run = words[RUN_NUMBER];
    let ended = false;
    try {
      for (;;) {
        words[0] = NEXT;
        words[RUN_NUMBER] = run;
        const text = this.#native();
        if (words[ROWS] === 0) {
          ended = true;
          return;
        }
        if (words[VERSION] !== this.#version) this.#renew();
        const row = this.#reader.one(this.#exchange, words, this.#doubles, text ?? '');
        if (words[HANDED_OVER] !== 0) this.#exchange.handedOver.length = 0;
        yield row;
      }
    } finally {
      if (!ended) {
        words[0] = END;
        words[RUN_NUMBER] = run;
        this.#native();
      }
    }
  }

  [Symbol.iterator]() {
    return this.iterate();
  }

  /** Binds the one argument of a call; an integer or a short text without a detour. @param {any} value */
  #bindOne(value) {
    if (this.#count === 1 && typeof value === 'number' && (value | 0) === value && (value !== 0 || 1 / value > 0)) {
      const words = this.#words;
      words[COUNT] = 1;
      words[TYPES] = 1;
      words[2 * VALUES] = value;
      return;
    }
    return this.#bind([value]);
  }

  /** @param {ArrayLike<any>} given @returns {any[] | undefined} the values, when the exchange buffer does not hold them */
  #bind(given) {
    if (this.#count === 0) return keep(this.#words);
    if (isEmptyList(given)) {
      this.#words[COUNT] = 0;
      return;
    }
    let values = given;
    try {
      const first = given[0];
      if (given.length === this.#count && (typeof first !== 'object' || first === null)) {
        const array = encode(this.#exchange, given, this.#big);
        if (array === undefined) return;
        this.#words[COUNT] = this.#count;
        this.#words[ARRAY] = 1;
        return array;
      }
      values = valuesOf(given, this.#count, () => this.#parameterKeys(), this.#strict);
      const array = encode(this.#exchange, values, this.#big);
      if (array) {
        this.#words[COUNT] = this.#count;
        this.#words[ARRAY] = 1;
      }
      return array;
    } catch (error) {
      throw this.#failedBinding(values, error);
    }
  }

  /**
   * The statement's own state comes first: finalized, closed, busy.
   *
   * @param {ArrayLike<any>} values
   * @param {any} error
   */
  #failedBinding(values, error) {
    this.#do(CHECK);
    const failed = failure(error, values, (read) => checked(read, this.#big));
    this.#words[COUNT] = failed.bound.length;
    this.#words[ARRAY] = 1;
    this.#do(BIND, failed.bound);
    return failed.error;
  }

  /** @param {any} params */
  [bindNow](params) {
    // A single value for several parameters is ignored here, unlike in the other methods.
    if (Array.isArray(params)) {
      if (this.#count === 0 && params.length > 0)
        throw new Error(`SQLite query expected 0 values, received ${params.length}`);
    } else if (this.#count !== 1 && !isNamed(params)) return;
    const values = this.#bind([params]);
    this.#words[0] = BIND;
    this.#native(values);
  }

  /** Where values are looked for in an object. */
  #parameterKeys() {
    return (this.#keys ??= keysOf(this.#do(PARAMETERS), this.#strict));
  }

  /** Makes the reader anew: the columns, or the classes of their values, have changed. */
  #renew() {
    this.#version = this.#words[VERSION];
    this.#reader = new Reader(this.#do(COLUMNS), this.#do(CLASSES), this.#prototype);
  }

  /** @param {number} operation @param {any} [value] @returns {any} */
  #do(operation, value) {
    this.#words[0] = operation;
    return this.#native(value);
  }

  /**
   * Makes `get`, `all` and `iterate` give instances of a class, without calling its constructor.
   *
   * @param {Function} [Class] undefined: plain objects again
   * @returns {this}
   * @throws {TypeError}
   */
  as(Class) {
    this.#do(IS_FINALIZED) || this.#do(CHECK);
    this.#prototype = prototypeOf(Class);
    this.#version = 0;
    return this;
  }

  /** @param {boolean} [enabled] */
  safeIntegers(enabled) {
    this.#do(CHECK);
    if (enabled === undefined) return this.#big;
    this.#big = Boolean(enabled);
    this.#do(SET_BIG, this.#big);
    return this;
  }

  finalize() {
    this.#do(FINALIZE);
    this.#isFinal = true;
  }

  /** Whether `finalize` was called; closing the database does not count. @param {Statement} statement */
  static [wasFinalized](statement) {
    return statement.#isFinal;
  }

  [Symbol.dispose]() {
    if (!this.isFinalized) this.finalize();
  }

  toString() {
    return this.#do(Operation.TO_STRING);
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
    return this.#do(COLUMNS);
  }
  get columnTypes() {
    return this.#do(Operation.COLUMN_TYPES);
  }
  get declaredTypes() {
    return this.#do(Operation.DECLARED_TYPES);
  }
  get reader() {
    return this.#do(Operation.READER);
  }
  get readonly() {
    return this.#do(Operation.READONLY);
  }
  get isFinalized() {
    return this.#do(IS_FINALIZED);
  }
  get native() {
    return (this.#handle ??= new SQLStatement(this));
  }
  get paramsCount() {
    this.#do(CHECK);
    return this.#count;
  }

  get [Symbol.toStringTag]() {
    return `"${this.toString()}"`;
  }
}

/** No arguments: what is bound stays bound. @param {Int32Array} words @returns {undefined} */
function keep(words) {
  words[COUNT] = -1;
}

module.exports = { Statement, bindNow, wasFinalized };
