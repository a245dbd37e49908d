'use strict';

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = require('../internal/errors');
const { Scope } = require('./scope');
const { Source } = require('./source');
const { Query } = require('./query');
const { makeHelper } = require('./helper');
const { checkedName } = require('./name');
const { begin, savepoint } = require('./transaction');

/**
 * Makes a client: a function with the methods as properties of its own.
 *
 * @see https://bun.com/docs/runtime/sql
 * @param {object} prototype
 * @param {any} adapter
 * @param {any} options
 */
function makeClient(prototype, adapter, options) {
  const scope = new Scope(adapter);
  const inside = (/** @type {any} */ inner) => makeTransactionClient(prototype, options, inner);
  const client = makeTag(prototype, scope);
  Object.assign(client, shared(client, scope, options), {
    flush: bound('flushClient', () => {}),
    ...aliases(
      ['transaction', 'begin'],
      bound('begin', (first, second) => begin(adapter, inside, first, second), 2),
    ),
    ...aliases(
      ['distributed', 'beginDistributed'],
      bound(
        'begin',
        async (name, fn) => {
          if (typeof name !== 'string') throw ERR_INVALID_ARG_VALUE('name', name, 'must be a string');
          if (typeof fn !== 'function') throw ERR_INVALID_ARG_VALUE('fn', fn, 'must be a function');
          return adapter.beginDistributed(name, fn);
        },
        2,
      ),
    ),
    ...closing(async (given) => {
      checkTimeout(given);
      return adapter.close();
    }),
  });
  return client;
}

/** The client of a transaction or a savepoint. @param {object} prototype @param {any} options @param {any} scope */
function makeTransactionClient(prototype, options, scope) {
  const inside = (/** @type {any} */ inner) => makeTransactionClient(prototype, options, inner);
  const client = makeTag(prototype, scope);
  const refuse = (/** @type {string} */ name) => () => {
    const message = `cannot call ${name} inside a transaction use savepoint() instead`;
    throw scope.error(message, 'INVALID_TRANSACTION_STATE');
  };
  Object.assign(client, shared(client, scope, options), {
    flush: bound('flushClient', () => {}),
    ...aliases(['transaction', 'begin'], named('beginInsideTransaction', refuse('begin'), 0)),
    ...aliases(['distributed', 'beginDistributed'], named('beginInsideTransaction', refuse('beginDistributed'), 0)),
    savepoint: bound('savepoint', (label, fn) => savepoint(scope, inside, label, fn), 2),
    ...closing(async (given) => {
      checkTimeout(given);
      scope.close();
    }),
  });
  return client;
}

/** The function itself. @param {object} prototype @param {Scope} scope */
function makeTag(prototype, scope) {
  const sql = (/** @type {any} */ first, /** @type {any[]} */ ...rest) => {
    if (Array.isArray(first) && Object.hasOwn(first, 'raw')) {
      if (Object.prototype.propertyIsEnumerable.call(first, 'raw')) {
        const reason =
          "has an enumerable 'raw' property, so it is not a template object. Use sql.unsafe(), or define 'raw' with Object.defineProperty()";
        throw ERR_INVALID_ARG_VALUE('strings', first, reason);
      }
      return new Query(scope, new Source('template', { strings: /** @type {any} */ (first), values: rest }));
    }
    if (typeof first === 'string') return new Query(scope, new Source('identifier', { text: checkedName(first) }));
    if (typeof first === 'object' && !Source.of(first)) return makeHelper(first, rest);
    return new Query(scope, new Source('misused', {}));
  };
  return Object.setPrototypeOf(sql, prototype);
}

/** What every client has. @param {any} client @param {Scope} scope @param {any} options */
function shared(client, scope, options) {
  const { adapter } = scope;
  const query = (/** @type {'unsafe' | 'file'} */ kind, /** @type {any} */ text, /** @type {any} */ values) =>
    new Query(scope, new Source(kind, { text, values: Array.isArray(values) ? [...values] : values }));
  return {
    unsafe: bound(
      'unsafe',
      (text, values) =>
        typeof text === 'string' ? query('unsafe', text, values) : new Query(scope, new Source('misused', {})),
      2,
    ),
    file: bound('file', (path, values) => query('file', path, values), 2),
    notify: bound(
      'notify',
      (channel, payload) => {
        checkChannel(channel);
        if (payload !== undefined && typeof payload !== 'string')
          throw ERR_INVALID_ARG_TYPE('payload', 'of type string', payload);
        return adapter.notify(channel, payload);
      },
      2,
    ),
    ...aliases(
      ['commitDistributed', 'rollbackDistributed'],
      bound('finishDistributed', async (name) => adapter.finishDistributed(name), 1),
    ),
    reserve: bound('reserve', async (given) => adapter.reserve(given), 1),
    listen: bound(
      'listen',
      async (channel, onnotify, onlisten) => {
        checkChannel(channel);
        if (typeof onnotify !== 'function') throw ERR_INVALID_ARG_TYPE('onnotify', 'of type function', onnotify);
        if (onlisten !== undefined && typeof onlisten !== 'function') {
          throw ERR_INVALID_ARG_TYPE('onlisten', 'of type function', onlisten);
        }
        return adapter.listen(channel, onnotify, onlisten);
      },
      3,
    ),
    array: bound('array', (values, type) => adapter.array(values, type), 2),
    json: bound('json', (value) => adapter.json(value), 1),
    options,
    connect: bound('connectClient', async () => {
      await adapter.connect();
      return client;
    }),
  };
}

/** @param {(options: any) => Promise<void>} close */
function closing(close) {
  const method = bound('closeClient', close, 1);
  return { end: method, close: method, [Symbol.asyncDispose]: bound('closeClient', () => close(undefined)) };
}

/** @param {string[]} names @param {Function} method */
const aliases = (names, method) => Object.fromEntries(names.map((name) => [name, method]));

/** Gives a method the name and length that it has in Bun. @param {string} name @param {(...values: any[]) => any} method */
const bound = (name, method, length = 0) => named(`bound ${name}`, method, length);

/** @template {Function} F @param {string} name @param {F} method @param {number} length @returns {F} */
const named = (name, method, length) =>
  Object.defineProperties(method, { name: { value: name }, length: { value: length } });

/** @param {any} options */
function checkTimeout(options) {
  if (options?.timeout === undefined) return;
  const timeout = Number(options.timeout);
  if (timeout >= 0 && timeout < 2 ** 31) return;
  throw ERR_INVALID_ARG_VALUE('options.timeout', timeout, 'must be a non-negative integer less than 2^31');
}

/** @param {any} channel */
function checkChannel(channel) {
  if (typeof channel !== 'string' || channel === '') {
    throw ERR_INVALID_ARG_VALUE('channel', channel, 'must be a non-empty string');
  }
  if (Buffer.byteLength(channel) > 63) throw ERR_INVALID_ARG_VALUE('channel', channel, 'must be at most 63 bytes');
}

module.exports = { makeClient };
