'use strict';

const SQL = require('./index');

/**
 * `Bun.sql`: the client that the environment configures, made when it is first used.
 *
 * @see https://bun.com/docs/runtime/sql#database-environment-variables
 */

/** @type {any} */ let client;
const made = () => (client ??= new /** @type {any} */ (SQL)());

/** @type {any} */
const sql = Object.setPrototypeOf(
  Object.defineProperty((/** @type {any[]} */ ...values) => made()(...values), 'name', { value: 'sql' }),
  SQL.prototype,
);

for (const name of [
  ...['unsafe', 'file', 'notify', 'commitDistributed', 'rollbackDistributed', 'reserve', 'listen', 'array', 'json'],
  ...['connect', 'flush', 'begin', 'transaction', 'beginDistributed', 'distributed', 'close', 'end'],
]) {
  const method = (/** @type {any[]} */ ...values) => made()[name](...values);
  sql[name] = Object.defineProperty(method, 'name', { value: 'bound callDefaultSQL' });
}

Object.defineProperties(sql, {
  options: { get: () => made().options },
  [Symbol.asyncDispose]: { get: () => made()[Symbol.asyncDispose] },
});

module.exports = sql;
