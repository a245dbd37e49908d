'use strict';

const errors = require('./errors');
const { presets } = require('./transform');
const { parseOptions } = require('./options');
const { makeClient } = require('./client');

/**
 * `Bun.SQL`: makes a client of a database, with or without `new`.
 *
 * @see https://bun.com/docs/runtime/sql
 * @this {unknown}
 */
function SQL(/** @type {any} */ _first, /** @type {any} */ _second) {
  if (new.target !== undefined && new.target !== SQL) {
    throw new TypeError(
      'Bun.SQL cannot be subclassed. Its methods are own properties of the client, so a subclass cannot override them. Wrap the client instead.',
    );
  }
  const options = parseOptions(arguments[0], arguments[1]);
  const adapter =
    options.adapter === 'sqlite'
      ? new (require('./sqlite-adapter').SQLiteAdapter)(options)
      : new (require('./server-adapter').ServerAdapter)(options);
  return makeClient(SQL.prototype, adapter, options);
}

Object.setPrototypeOf(SQL.prototype, Function.prototype);
Object.defineProperties(SQL, { length: { value: 0 }, prototype: { writable: false } });
Object.assign(SQL, errors, presets);

module.exports = SQL;
