'use strict';

const { isMainThread } = require('node:worker_threads');
require('./error'); // registers SQLiteError before the addon can need it
const { words, call, changes, Operation, DatabaseOperation, Word } = require('./exchange');
const { encode, checked, isBytes } = require('./encode');
const { valuesOf, keysOf, isScalar, isEmptyList } = require('./parameters');
const { failure } = require('./failed-binding');
const { Connection } = require('./connection');
const { Statement, handleOf } = require('./statement');
const { QueryCache } = require('./query-cache');
const { openFlags, wantsWal, checkFilename, withoutNul, checkFileControl } = require('./options');
const { makeTransaction, CONTROL } = require('./transaction');
const { defineFunction, defineAggregate, setHooks } = require('./function');

const { RUN, IN_TRANSACTION, CLOSE, SERIALIZE, LOAD_EXTENSION, FILE_CONTROL, CHECK, STOP_WITH_THREAD } =
  DatabaseOperation;
const PERSISTENT = 1; // SQLITE_PREPARE_PERSISTENT
const READWRITE_CREATE = 6;

/**
 * A SQLite database.
 *
 * @see https://bun.com/docs/runtime/sqlite#database
 */
class Database {
  static MAX_QUERY_CACHE_SIZE = 20;

  #connection;
  #handle;
  #closed = false;
  #cache = new QueryCache();
  /** @type {Record<string, Statement> | undefined} */ #control;
  /** @type {Record<string, Function | null>} */ #hooks = { onInsert: null, onUpdate: null, onDelete: null };

  /**
   * @param {string | ArrayBufferView} [filename] `:memory:` or empty: in memory; bytes: as `deserialize`
   * @param {number | import('bun:sqlite').DatabaseOptions & { wal?: boolean }} [options]
   * @throws {SQLiteError} `SQLITE_CANTOPEN`, `SQLITE_NOTADB`, …
   */
  constructor(filename, options) {
    const settings = typeof options === 'object' && options !== null ? options : {};
    const [strict, big] = [Boolean(settings.strict), Boolean(settings.safeIntegers)];
    let native;
    if (ArrayBuffer.isView(filename)) {
      this.filename = ':memory:';
      if (filename.byteLength === 0) throw new Error('ArrayBuffer must not be empty');
      const bytes = Buffer.from(view(filename)); // a copy: the bytes may be shared with another thread
      const readonly = Boolean(settings.readonly);
      words[Word.OPERATION] = Operation.DESERIALIZE;
      native = call(bytes, READWRITE_CREATE, readonly);
    } else {
      this.filename = filename === undefined ? ':memory:' : checkFilename(filename);
      const flags = openFlags(this.filename, options);
      const wal = wantsWal(settings);
      words[Word.OPERATION] = Operation.OPEN;
      native = call(this.filename || ':memory:', flags, wal);
    }
    this.#handle = words[Word.RUN];
    this.#connection = new Connection(native, strict, big);
    // A worker that is terminated does not wait for the end of a long query.
    if (!isMainThread) native(STOP_WITH_THREAD);
  }

  /** As `new Database()`. @param {any} filename @param {any} options */
  static open(filename, options) {
    return new Database(filename, options);
  }

  /**
   * @param {ArrayBufferView | ArrayBufferLike} serialized
   * @param {boolean | import('bun:sqlite').DatabaseOptions} [options] true: read-only
   * @returns {Database}
   */
  static deserialize(serialized, options = false) {
    if (typeof serialized !== 'object' || serialized === null || !isBytes(serialized)) {
      throw new TypeError(`Expected 'serialized' to be a TypedArray or ArrayBuffer, got '${typeof serialized}'`);
    }
    return new Database(view(serialized), typeof options === 'object' ? options : { readonly: options === true });
  }

  /** @param {string} path @returns {boolean} false: SQLite is linked into the addon */
  static setCustomSQLite(path) {
    if (typeof path !== 'string') throw new Error('Expected SQLite path');
    return false;
  }

  get handle() {
    this.#connection.checkIdle();
    return this.#handle;
  }

  get inTransaction() {
    return this.#connection.native(IN_TRANSACTION);
  }

  /**
   * @param {string} sql the first statement of it is compiled
   * @param {any} [params] bound at once
   * @param {number} [flags] SQLITE_PREPARE_*
   * @returns {Statement}
   */
  prepare(sql, params, flags = 0) {
    const statement = this.#prepare(sql, flags, false);
    if (params !== undefined) handleOf(statement).bindNow(params);
    return statement;
  }

  /** @param {any} sql @param {number | undefined} flags @param {boolean} owned @returns {Statement} */
  #prepare(sql, flags, owned) {
    if (typeof sql !== 'string') throw new Error('Expected SQL string');
    return new Statement(this.#connection, sql, flags, owned);
  }

  /** How many statements of `query()` are kept. */
  get [Symbol.for('Bun.Database.cache.count')]() {
    return this.#cache.size;
  }

  /** @param {string} sql @returns {Statement} the same one for the same SQL, from a cache */
  query(sql) {
    if (typeof sql !== 'string') throw new TypeError(`Expected 'query' to be a string, got '${typeof sql}'`);
    if (sql === '') throw new Error('SQL query cannot be empty.');
    const cache = this.#cache;
    let statement = cache.get(sql);
    if (statement !== undefined) {
      this.#connection.checkIdle();
      cache.touch(sql, statement);
      return statement;
    }
    statement = this.#prepare(sql, PERSISTENT, true);
    cache.add(sql, statement, Database.MAX_QUERY_CACHE_SIZE);
    return statement;
  }

  clearQueryCache() {
    const statements = this.#cache.clear();
    for (const statement of statements) statement.finalize();
  }

  /**
   * Runs every statement of a string.
   *
   * @param {string} sql
   * @param {...any} params for the first statement
   * @returns {{ changes: number, lastInsertRowid: number | bigint }}
   */
  run(sql, ...params) {
    if (typeof sql !== 'string') throw new Error('Expected SQL string');
    if (sql === '' && !this.#closed) throw new Error("SQL string mustn't be blank");
    const { native, big } = this.#connection;
    native(RUN, sql, big, this.#binderOf(params));
    return changes(big);
  }

  /**
   * How the addon gets the values of a `run`: `undefined`, none; `true`, a list is in the exchange
   * buffer; a function that is called with the names of the parameters.
   *
   * @param {any[]} params
   */
  #binderOf(params) {
    const { strict, big } = this.#connection;
    if (params.length === 0 || isEmptyList(params)) return;
    if (params.every(isScalar) && encode(params, big) === undefined) return true;
    return (/** @type {(string | null)[]} */ names) => {
      try {
        return encode(
          valuesOf(params, names.length, () => keysOf(names, strict), strict),
          big,
        );
      } catch (error) {
        throw failure(error, params, (read) => checked(read, big)).error;
      }
    };
  }

  /** @param {(...args: any[]) => any} inside */
  transaction(inside, _self) {
    if (typeof inside !== 'function') throw new TypeError('Expected first argument to be a function');
    this.#connection.checkIdle();
    if (!this.#control || this.#closed) {
      const entries = Object.entries(CONTROL).map(([name, sql]) => [name, this.#prepare(sql, PERSISTENT, true)]);
      this.#control = Object.fromEntries(entries);
    }
    return makeTransaction(this, /** @type {any} */ (this.#control), inside);
  }

  function(name, options, fn) {
    this.#connection.native(CHECK);
    defineFunction(this.#connection, name, options, fn);
    return this;
  }

  aggregate(name, options) {
    this.#connection.native(CHECK);
    defineAggregate(this.#connection, name, options);
    return this;
  }

  get onInsert() {
    return this.#hook('onInsert');
  }
  set onInsert(hook) {
    this.#setHook('onInsert', hook);
  }
  get onUpdate() {
    return this.#hook('onUpdate');
  }
  set onUpdate(hook) {
    this.#setHook('onUpdate', hook);
  }
  get onDelete() {
    return this.#hook('onDelete');
  }
  set onDelete(hook) {
    this.#setHook('onDelete', hook);
  }

  /** @param {string} name */
  #hook(name) {
    this.#connection.checkIdle();
    return this.#hooks[name];
  }

  /** @param {string} name @param {any} hook */
  #setHook(name, hook) {
    if (hook != null && typeof hook !== 'function') throw new TypeError('Expected a function or null');
    this.#connection.native(CHECK);
    this.#hooks[name] = hook ?? null;
    setHooks(this.#connection, this, this.#hooks);
  }

  /** @param {string} [name] of the schema @returns {Buffer} */
  serialize(name) {
    const schema = name ? `${name}` : 'main';
    if (schema === '') throw new Error('Expected attached database name');
    return this.#connection.native(SERIALIZE, withoutNul('name', schema));
  }

  /** @param {string} extension @param {string} [entryPoint] */
  loadExtension(extension, entryPoint) {
    if (typeof extension !== 'string') throw new TypeError('Expected string');
    if (typeof entryPoint === 'string') withoutNul('entryPoint', entryPoint);
    this.#connection.native(LOAD_EXTENSION, withoutNul('extension', extension), entryPoint);
  }

  /** `fileControl(op, value?)` or `fileControl(schema, op, value?)` @returns {number} the status code */
  fileControl(zDbName, op, value) {
    if (arguments.length < 3 && typeof zDbName !== 'string') [zDbName, op, value] = [undefined, zDbName, op];
    checkFileControl(zDbName, op, value);
    if (this.#closed) return /** @type {any} */ (undefined);
    return this.#connection.native(FILE_CONTROL, zDbName, op, value ?? -1);
  }

  /** @param {boolean} [throwOnError] true: finalize every statement and close at once */
  close(throwOnError = false) {
    this.#connection.checkIdle();
    this.#connection.native(CLOSE, Boolean(throwOnError));
    this.#closed = true;
    this.#cache.clear();
  }

  [Symbol.dispose]() {
    this.close(true);
  }
}

Object.defineProperty(Database.prototype, 'exec', {
  value: Database.prototype.run,
  writable: true,
  enumerable: true,
  configurable: true,
});
Object.defineProperty(Database.prototype, Symbol.for('sqlite-type'), {
  value: 'bun:sqlite',
  writable: true,
  enumerable: true,
  configurable: true,
});

/** @param {any} bytes */
function view(bytes) {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}

module.exports = { Database };
