'use strict';

/**
 * User functions, aggregates and hooks. The addon calls the wrappers made here from inside a step
 * (`src/sqlite/callback.rs`): a wrapper keeps what the user's function throws, which the call that
 * runs the statement throws again, and gives back only what SQLite can store.
 *
 * @see https://bun.com/docs/runtime/sqlite#user-defined-functions
 */

const { ERR_INVALID_ARG_VALUE } = require('../internal/errors');
const { words, handedOver, DatabaseOperation, Word } = require('./exchange');
const { isBytes, checkRange } = require('./encode');

const DETERMINISTIC = 1;
const DIRECT_ONLY = 2;

/** @typedef {import('./connection').Connection} Connection */

/**
 * Backs `Database.prototype.function`.
 *
 * @param {Connection} connection
 * @param {any} name
 * @param {any} options
 * @param {any} fn
 * @throws {TypeError}
 */
function defineFunction(connection, name, options, fn) {
  checkName(name);
  if (typeof options === 'function') [options, fn] = [undefined, options];
  if (typeof fn !== 'function') throw new TypeError('Expected last argument to be a function');
  if (options != null && typeof options !== 'object')
    throw new TypeError('Expected second argument to be an options object');
  const { flags, varargs, big } = readOptions(options ?? {}, connection.big);
  const arity = varargs ? -1 : lengthOf(fn, 'function');
  checkNotEmpty(name);
  const finish = resultOf(name, big);
  const wrapper = guard(connection, (/** @type {any[]} */ ...args) => finish(Reflect.apply(fn, undefined, args)));
  connection.native(DatabaseOperation.FUNCTION, name, arity, flags, wrapper, big);
}

const Phase = { START: 0, STEP: 1, INVERSE: 2, RESULT: 3, END: 4 };

/**
 * Backs `Database.prototype.aggregate`.
 *
 * @param {Connection} connection
 * @param {any} name
 * @param {any} options
 * @throws {TypeError}
 */
function defineAggregate(connection, name, options) {
  checkName(name);
  if (options === null || typeof options !== 'object')
    throw new TypeError('Expected second argument to be an options object');
  const { start = null, step, inverse, result } = options;
  if (step === undefined) throw new TypeError('Missing required option "step"');
  checkOption('step', step, false);
  checkOption('inverse', inverse, true);
  checkOption('result', result, true);
  const { flags, varargs, big } = readOptions(options, connection.big);
  const arity = varargs ? -1 : Math.max(lengthOf(step, 'step') - 1, 0);
  checkNotEmpty(name);
  const finish = resultOf(name, big);
  /** @type {Map<number, any>} the accumulators of the groups under way */
  const groups = new Map();
  const wrapper = (/** @type {number} */ phase, /** @type {number} */ group, /** @type {any[]} */ ...args) => {
    switch (phase) {
      case Phase.START:
        groups.set(group, typeof start === 'function' ? Reflect.apply(start, undefined, []) : start);
        return;
      case Phase.END:
        groups.delete(group);
        return;
      case Phase.RESULT: {
        const accumulator = groups.get(group);
        return finish(result ? Reflect.apply(result, undefined, [accumulator]) : accumulator);
      }
      default: {
        const next = Reflect.apply(phase === Phase.STEP ? step : inverse, undefined, [groups.get(group), ...args]);
        if (next !== undefined) groups.set(group, next);
      }
    }
  };
  connection.native(DatabaseOperation.AGGREGATE, name, arity, flags, guard(connection, wrapper), big, Boolean(inverse));
}

/** What SQLite calls the changes of a row. */
const Hook = { onDelete: 9, onInsert: 18, onUpdate: 23 };

/**
 * Gives SQLite one hook for `onInsert`, `onUpdate` and `onDelete`, or none.
 *
 * @param {Connection} connection
 * @param {import('./database').Database} database
 * @param {Record<string, Function | null>} hooks
 */
function setHooks(connection, database, hooks) {
  const wrapper = (
    /** @type {number} */ operation,
    /** @type {string} */ table,
    /** @type {bigint} */ rowid,
    /** @type {string} */ schema,
  ) => {
    const hook =
      operation === Hook.onInsert ? hooks.onInsert : operation === Hook.onUpdate ? hooks.onUpdate : hooks.onDelete;
    if (!hook) return;
    connection.callbacks++;
    try {
      hook.call(database, database, table, connection.big ? rowid : Number(rowid), schema);
    } catch (error) {
      report(error);
    } finally {
      connection.callbacks--;
    }
  };
  const any = hooks.onInsert || hooks.onUpdate || hooks.onDelete;
  connection.native(DatabaseOperation.HOOK, any ? wrapper : null);
}

/** Reports what a hook threw as an uncaught exception: it cannot stop the statement. @param {unknown} error */
function report(error) {
  if (process.listenerCount('uncaughtException') > 0)
    process.emit('uncaughtException', /** @type {Error} */ (error), 'uncaughtException');
  else
    queueMicrotask(() => {
      throw error;
    });
}

/** Keeps what `body` throws for the call that runs the statement. @param {Connection} connection @param {Function} body */
function guard(connection, body) {
  return (/** @type {any[]} */ ...args) => {
    connection.callbacks++;
    try {
      return body(...args);
    } catch (error) {
      handedOver.thrown = error;
      words[Word.THROWN] = 1;
    } finally {
      connection.callbacks--;
    }
  };
}

/** @param {string} name @param {boolean} big */
function resultOf(name, big) {
  return (/** @type {any} */ value) => {
    switch (typeof value) {
      case 'bigint':
        if (big) checkRange(value);
        return value;
      case 'symbol':
      case 'function':
        break;
      case 'object':
        if (value === null || isBytes(value)) return value;
        break;
      default:
        return value;
    }
    throw new TypeError(`User-defined function ${name}() returned an invalid value`);
  };
}

/** @param {any} name */
function checkName(name) {
  if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
}

/** @param {string} name */
function checkNotEmpty(name) {
  if (name === '') throw new TypeError('User-defined function name cannot be an empty string');
  if (name.includes('\0')) throw ERR_INVALID_ARG_VALUE('name', name, 'must be a string without null bytes');
}

/** @param {any} options @param {boolean} defaultBig */
function readOptions(options, defaultBig) {
  /** @type {Record<string, boolean>} */
  const read = {};
  for (const name of ['varargs', 'deterministic', 'directOnly', 'safeIntegers']) {
    const value = options[name];
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`Expected the "${name}" option to be a boolean`);
    read[name] = value ?? (name === 'safeIntegers' && defaultBig);
  }
  const flags = (read.deterministic ? DETERMINISTIC : 0) | (read.directOnly ? DIRECT_ONLY : 0);
  return { flags, varargs: read.varargs, big: read.safeIntegers };
}

/** @param {string} name @param {any} value @param {boolean} optional */
function checkOption(name, value, optional) {
  if (typeof value === 'function' || (optional && value == null)) return;
  throw new TypeError(`Expected the "${name}" option to be a function`);
}

/** @param {Function} fn @param {string} label */
function lengthOf(fn, label) {
  const { length } = fn;
  if (!Number.isInteger(length) || length < 0) throw new TypeError(`Expected ${label}.length to be a positive integer`);
  return length;
}

module.exports = { defineFunction, defineAggregate, setHooks };
