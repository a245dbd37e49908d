'use strict';

const { ERR_INVALID_ARG_VALUE } = require('../internal/errors');
const { Scope } = require('./scope');
const { Query } = require('./query');
const { Source } = require('./source');
const { SQLResultArray } = require('./result');

/** A transaction or a savepoint in it. */
class TransactionScope extends Scope {
  isTransaction = true;
  /** @type {'open' | 'ended' | 'closed'} */ state = 'open';
  #savepoints = 0;

  /**
   * @param {any} adapter
   * @param {TransactionScope} [parent] of a savepoint
   * @param {() => void} [leave] lets the next transaction begin
   */
  constructor(adapter, parent, leave) {
    super(adapter);
    this.parent = parent;
    this.leave = leave;
    /** @type {TransactionScope} the transaction */ this.root = parent ? parent.root : this;
  }

  check() {
    super.check();
    if (this.root.state === 'closed') throw this.error('Connection closed', 'CONNECTION_CLOSED');
    if (this.state === 'ended') {
      throw this.error('cannot run a query after its transaction or savepoint ended', 'INVALID_TRANSACTION_STATE');
    }
    this.parent?.check();
  }

  /** Rolls the transaction back; the next may begin. */
  close() {
    const { root } = this;
    if (root.state !== 'open') return;
    root.state = 'closed';
    rollBack(this.adapter, 'ROLLBACK');
    root.leave?.();
  }

  /** A name that no other savepoint of the transaction has. @param {unknown} label */
  nameSavepoint(label) {
    const { root } = this;
    return `s${root.#savepoints++}${label ? `_${String(label).replace(/\W/g, '_')}` : ''}`;
  }
}

/** SQLite may have rolled back already. @param {any} adapter @param {string} sql */
function rollBack(adapter, sql) {
  try {
    adapter.control(sql);
  } catch {}
}

/**
 * `sql.begin`.
 *
 * @param {any} adapter
 * @param {(scope: TransactionScope) => any} makeClient
 * @param {any} options of BEGIN, or the function
 * @param {any} fn
 */
async function begin(adapter, makeClient, options, fn) {
  if (typeof options === 'function') [options, fn] = ['', options];
  if (typeof options !== 'string') throw ERR_INVALID_ARG_VALUE('options', options, 'must be a string');
  if (typeof fn !== 'function') throw ERR_INVALID_ARG_VALUE('fn', fn, 'must be a function');
  if (/[^a-z ,]/i.test(options)) throw new Error('Transaction options can only contain letters, spaces, and commas.');
  adapter.check();
  return adapter.turn.take((/** @type {() => void} */ leave) =>
    run(new TransactionScope(adapter, undefined, leave), makeClient, `BEGIN ${options}`, fn),
  );
}

/** @param {TransactionScope} scope @param {(scope: TransactionScope) => any} makeClient @param {string} sql @param {Function} fn */
async function run(scope, makeClient, sql, fn) {
  const { adapter } = scope;
  await new Query(new Scope(adapter), new Source('unsafe', { text: sql }));
  try {
    scope.check();
    const result = await settled(fn(makeClient(scope)));
    scope.check();
    scope.state = 'ended';
    adapter.control('COMMIT');
    return result;
  } catch (error) {
    if (scope.state !== 'closed') {
      scope.state = 'ended';
      rollBack(adapter, 'ROLLBACK');
    }
    throw error;
  }
}

/** What a callback gives; of a list, what each of its promises gives. @param {any} result */
async function settled(result) {
  const value = await result;
  return Array.isArray(value) && !(value instanceof SQLResultArray) ? Promise.all(value) : value;
}

/**
 * `tx.savepoint`.
 *
 * @param {TransactionScope} parent
 * @param {(scope: TransactionScope) => any} makeClient
 * @param {any} label or the function
 * @param {any} fn
 */
async function savepoint(parent, makeClient, label, fn) {
  if (fn === undefined) [label, fn] = [undefined, label];
  if (typeof fn !== 'function') throw ERR_INVALID_ARG_VALUE('fn', fn, 'must be a function');
  parent.check();
  const { adapter } = parent;
  const scope = new TransactionScope(adapter, parent);
  const name = parent.nameSavepoint(label);
  await new Query(parent, new Source('unsafe', { text: `SAVEPOINT ${name}` }));
  try {
    const result = await settled(fn(makeClient(scope)));
    scope.check();
    scope.state = 'ended';
    adapter.control(`RELEASE SAVEPOINT ${name}`);
    return result;
  } catch (error) {
    scope.state = 'ended';
    if (parent.root.state === 'open') rollBack(adapter, `ROLLBACK TO SAVEPOINT ${name}`);
    throw error;
  }
}

module.exports = { begin, savepoint };
