'use strict';

const exchange = require('./exchange');
const { encode, finish, checked } = require('./encode');
const { valuesOf, listed, keysOf, isNamed, isPlain, isList } = require('./parameters');
const { failure } = require('./failed-binding');
const { binderOf } = require('./record');

const { words, call, TEXT } = exchange;
const { BIND, CHECK, PARAMETERS } = exchange.Operation;
const { OPERATION, STATEMENT, COUNT, GIVEN, STATEMENTS } = exchange.Word;
const { PREPARE } = exchange.DatabaseOperation;

/** Calls with an object before a function is generated that reads it. */
const COLD_CALLS = 8;

/**
 * Garbage beside each statement. V8 collects when its own heap has grown, and of a statement it sees the smaller part: a
 * loop that prepares statements and drops them would pile up what SQLite has of them.
 *
 * @type {{ array?: any[] }}
 */
const beside = {};
const WEIGHT = 512;
/** Below so many statements there is none. */
const FEW_STATEMENTS = 256;

/**
 * A prepared statement and how the arguments of a call become its values. They are left in the exchange buffer, or given
 * as a list where the buffer does not hold them.
 */
class Binding {
  /** @type {import('./parameters').Key[] | undefined} */ keys = undefined;
  /** @type {import('./record').Binder | undefined} */ binder = undefined;
  calls = 0;

  /** @param {import('./connection').Connection} connection @param {string} sql @param {number} [flags] @param {boolean} [owned] */
  constructor(connection, sql, flags, owned) {
    connection.native(PREPARE, sql, flags, connection.big, owned, this);
    if (words[STATEMENTS] > FEW_STATEMENTS) beside.array = new Array(WEIGHT);
    /** Names the statement to the addon, which keeps it as long as this object lives. */
    this.id = words[STATEMENT];
    this.count = words[COUNT];
    this.strict = connection.strict;
    this.big = connection.big;
  }

  /** @param {number} operation @param {any} [value] @returns {any} */
  do(operation, value) {
    words[OPERATION] = operation;
    words[STATEMENT] = this.id;
    return call(value);
  }

  /** Leaves bound what is bound. @returns {undefined} */
  keep() {
    words[COUNT] = -1;
  }

  /** Binds the only argument of a call that is no value, or is not the only one. @param {any} value @returns {any[] | undefined} */
  bindObject(value) {
    if (this.binder !== undefined && typeof value === 'object' && value !== null && isPlain(value)) {
      return this.bindRecord(this.binder, value);
    }
    return this.bind([value]);
  }

  /** @param {import('./record').Binder} binder @param {any} record */
  bindRecord(binder, record) {
    try {
      return inArray(binder(record, this.big));
    } catch (error) {
      throw this.failed([], error);
    }
  }

  /** @param {any[]} given @returns {any[] | undefined} */
  bind(given) {
    if (this.count === 0 || given.length === 0) {
      words[COUNT] = -1;
      return;
    }
    /** @type {ArrayLike<any>} */
    let values = given;
    try {
      const first = given[0];
      if (isList(first)) {
        if (first.length === 0) {
          finish(0, TEXT);
          return;
        }
        values = listed(first, this.count);
      } else if (given.length !== this.count || (typeof first === 'object' && first !== null)) {
        values = valuesOf(given, this.count, () => this.parameterKeys(), this.strict);
        if (++this.calls === COLD_CALLS && isNamed(first)) this.binder = binderOf(this.parameterKeys(), this.strict);
      }
      return inArray(encode(values, this.big));
    } catch (error) {
      throw this.failed(values, error);
    }
  }

  /** Binds at once, for `db.prepare(sql, params)`. @param {any} params */
  bindNow(params) {
    // A single value for several parameters is ignored here, unlike in the other methods.
    if (isList(params)) {
      if (this.count === 0 && params.length > 0)
        throw new Error(`SQLite query expected 0 values, received ${params.length}`);
    } else if (this.count !== 1 && !isNamed(params)) return;
    this.do(BIND, this.bind([params]));
  }

  /** Where values are looked for in an object. */
  parameterKeys() {
    return (this.keys ??= keysOf(this.do(PARAMETERS), this.strict));
  }

  /**
   * The statement's own state comes first: finalized, closed, busy.
   *
   * @param {ArrayLike<any>} values
   * @param {any} error
   */
  failed(values, error) {
    this.do(CHECK);
    const failed = failure(error, values, (read) => checked(read, this.big));
    finish(failed.bound.length, TEXT);
    this.do(BIND, inArray(failed.bound));
    return failed.error;
  }
}

/** @param {any[] | undefined} values */
function inArray(values) {
  if (values !== undefined) words[GIVEN] = 1;
  return values;
}

module.exports = { Binding };
