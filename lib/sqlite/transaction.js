'use strict';

const { inspect, types } = require('node:util');

/**
 * Makes the function that `Database.prototype.transaction` returns, with its `deferred`,
 * `immediate` and `exclusive` versions.
 *
 * @see https://bun.com/docs/runtime/sqlite#transactions
 * @param {import('./database').Database} database
 * @param {Record<string, import('./statement').Statement>} control the statements that begin and end it
 * @param {Function} inside
 */
function makeTransaction(database, control, inside) {
  const variants = {
    default: wrap(database, control, control.begin, inside),
    deferred: wrap(database, control, control.deferred, inside),
    immediate: wrap(database, control, control.immediate, inside),
    exclusive: wrap(database, control, control.exclusive, inside),
  };
  /** @type {PropertyDescriptorMap} */
  const properties = {};
  for (const name of /** @type {const} */ (['default', 'deferred', 'immediate', 'exclusive'])) {
    properties[name] = { value: variants[name] };
  }
  properties.database = { value: database, enumerable: true };
  for (const variant of Object.values(variants)) Object.defineProperties(variant, properties);
  return variants.default;
}

/**
 * Inside another transaction it is a savepoint.
 *
 * @param {import('./database').Database} database
 * @param {Record<string, import('./statement').Statement>} control
 * @param {import('./statement').Statement} begin
 * @param {Function} inside
 */
function wrap(database, control, begin, inside) {
  // A method: nobody constructs a transaction, though Bun's function can be.
  const { transaction } = {
    transaction(/** @type {any[]} */ ...args) {
      const nested = database.inTransaction;
      const after = nested ? control.release : control.commit;
      (nested ? control.savepoint : begin).run();
      const undo = () => {
        if (!database.inTransaction) return; // the function, or SQLite after an error, has rolled back
        (nested ? control.rollbackTo : control.rollback).run();
        if (nested) control.release.run();
      };
      try {
        const result = inside.apply(/** @type {any} */ (this), args);
        if (types.isPromise(result) && isRejected(result)) undo();
        else after.run();
        return result;
      } catch (error) {
        undo();
        throw error;
      }
    },
  };
  return transaction;
}

/** Whether a promise is rejected now; Node has no other way to ask without waiting. @param {Promise<unknown>} promise */
function isRejected(promise) {
  return /^[^{]*\{\s*<rejected>/.test(inspect(promise, { depth: 0, customInspect: false }));
}

/** The SQL of the statements that begin and end transactions; messages tell the name of the savepoint. */
const CONTROL = {
  begin: 'BEGIN',
  deferred: 'BEGIN DEFERRED',
  immediate: 'BEGIN IMMEDIATE',
  exclusive: 'BEGIN EXCLUSIVE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  savepoint: 'SAVEPOINT `\t_bs3.\t`',
  release: 'RELEASE `\t_bs3.\t`',
  rollbackTo: 'ROLLBACK TO `\t_bs3.\t`',
};

module.exports = { makeTransaction, CONTROL };
