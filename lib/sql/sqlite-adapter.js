'use strict';

const { Database } = require('../sqlite/database');
const bun = require('../sqlite/error');
const { SQLiteError } = require('./errors');
const { makeResult } = require('./result');
const { Composer } = require('./text');
const { Turn } = require('./turn');
const { endOfStatement, firstKeyword, skipBlank } = require('./lexer');

/**
 * The database of a client with the adapter `sqlite`: it runs a query within the call.
 *
 * @see https://bun.com/docs/runtime/sql#sqlite
 */
class SQLiteAdapter {
  /** @type {Database | undefined} */ #db;
  /** Why nothing runs: the file could not be opened. @type {unknown} */ #openError;
  /** @type {import('../sqlite/statement').Statement | undefined} */ #lastRowid;
  #isClosed = false;
  /** Transactions take turns. */
  turn = new Turn();

  /** @param {Record<string, any>} options */
  constructor(options) {
    this.options = options;
    try {
      this.#db = new Database(options.filename, databaseOptions(options));
    } catch (error) {
      if (error instanceof TypeError) throw error;
      this.#openError = converted(error);
    }
    notify(options.onconnect, this.#openError ?? null);
  }

  /** @param {string} message @param {string} code */
  error(message, code) {
    return new SQLiteError(message, { code: `ERR_SQLITE_${code}`, errno: 0 });
  }

  check() {
    if (this.#isClosed) throw this.error('Connection closed', 'CONNECTION_CLOSED');
    if (this.#openError) throw this.#openError;
  }

  async connect() {
    this.check();
  }

  /** Ends the transactions, too: they have rejected when it resolves. */
  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#db?.close(true);
    const ended = this.turn.refuse(this.error('Connection closed', 'CONNECTION_CLOSED'));
    notify(this.options.onclose, new Error('Connection closed'));
    await ended;
  }

  /** @param {unknown} value */
  json(value) {
    return JSON.stringify(value);
  }

  array() {
    throw new Error("SQLite doesn't support arrays");
  }

  reserve() {
    return this.#refuse("This adapter doesn't support connection reservation");
  }

  beginDistributed() {
    return this.#refuse("This adapter doesn't support distributed transactions.");
  }

  finishDistributed() {
    return this.#refuse("SQLite doesn't support distributed transactions.");
  }

  listen() {
    return this.#refuse('LISTEN/NOTIFY is not supported by this adapter (PostgreSQL only)');
  }

  notify() {
    return this.listen();
  }

  /** @param {string} message @returns {Promise<never>} */
  async #refuse(message) {
    this.check();
    throw new Error(message);
  }

  /** @param {import('./source').Source} source */
  compose(source) {
    return new Composer(this.options.transform).whole(source);
  }

  /** Runs the statements of a transaction. @param {string} text */
  control(text) {
    this.execute(text, undefined, 'values');
  }

  /**
   * Runs every statement of a text. The result is that of the first one if it gives rows; otherwise
   * it counts what all of them have changed.
   *
   * @param {string} text
   * @param {any} values of the first statement
   * @param {'objects' | 'values' | 'raw'} mode
   * @throws {SQLiteError}
   */
  execute(text, values, mode) {
    if (text === '') throw new Error("SQL string mustn't be blank");
    if (skipBlank(text) === text.length) {
      throw new Error('Query contained no valid SQL statement; likely empty query.');
    }
    try {
      return this.#execute(text, values, mode);
    } catch (error) {
      throw converted(error);
    }
  }

  /** @param {string} text @param {any} values @param {'objects' | 'values' | 'raw'} mode */
  #execute(text, values, mode) {
    const statement = /** @type {Database} */ (this.#db).query(text);
    const given = values == null || (Array.isArray(values) && values.length === 0) ? [] : [values];
    const command = firstKeyword(text);
    if (!statement.reader) {
      if (given.length > 0 && Array.isArray(values) && statement.paramsCount === 0) {
        throw new Error(`SQLite query expected 0 values, received ${values.length}`);
      }
      const { changes, lastInsertRowid } = statement.run(...given);
      const rest = this.#runRest(text, statement);
      const affectedRows = changes + (rest?.changes ?? 0);
      return makeResult([], {
        count: affectedRows,
        command,
        lastInsertRowid: rest?.lastInsertRowid ?? lastInsertRowid,
        affectedRows,
      });
    }
    const rows = this.#rows(statement, given, mode);
    const facts = { count: rows.length, command, lastInsertRowid: null, affectedRows: 0 };
    this.#runRest(text, statement);
    if (!statement.readonly) {
      facts.affectedRows = rows.length;
      facts.lastInsertRowid = this.#rowid();
    }
    return makeResult(rows, facts);
  }

  /** @param {import('../sqlite/statement').Statement} statement @param {any[]} given @param {'objects' | 'values' | 'raw'} mode */
  #rows(statement, given, mode) {
    if (mode === 'raw') return statement.raw(...given);
    const from = this.options.transform?.column.from;
    if (mode === 'objects' && !from) return statement.all(...given);
    const rows = statement.values(...given);
    if (mode === 'values') return rows;
    const names = statement.columnNames.map((/** @type {string} */ name) => String(from(name)));
    // `fromEntries` defines its properties: a column may have the name `__proto__`.
    return rows.map((/** @type {any[]} */ row) => Object.fromEntries(row.map((value, at) => [names[at], value])));
  }

  #rowid() {
    this.#lastRowid ??= /** @type {Database} */ (this.#db).prepare('SELECT last_insert_rowid()');
    return this.#lastRowid.values()[0][0];
  }

  /**
   * Runs what stands behind the first statement.
   *
   * @param {string} text
   * @param {import('../sqlite/statement').Statement} first
   */
  #runRest(text, first) {
    if (!text.includes(';')) return undefined;
    // SQLite says where a statement ends, but not with parameters: it puts their values in. Then it is no trigger.
    let at = skipBlank(text, first.paramsCount === 0 ? lengthOf(first) : endOfStatement(text));
    let [changes, lastInsertRowid] = [0, undefined];
    while (at < text.length) {
      const result = this.#runOne(text, at);
      changes += result.changes;
      lastInsertRowid = result.lastInsertRowid;
      at = skipBlank(text, at + result.length);
    }
    return { changes, lastInsertRowid };
  }

  /** @param {string} text @param {number} at where the statement begins */
  #runOne(text, at) {
    let statement;
    try {
      statement = /** @type {Database} */ (this.#db).prepare(text.slice(at));
      if (statement.paramsCount > 0) {
        throw new Error('Only the first statement of a SQLite query can have parameters');
      }
      return { ...statement.run(), length: lengthOf(statement) };
    } catch (error) {
      throw converted(error, Buffer.byteLength(text.slice(0, at)));
    } finally {
      statement?.finalize();
    }
  }
}

/** @param {import('../sqlite/statement').Statement} statement without parameters */
const lengthOf = (statement) => statement.toString().length;

/** What `Database` gets. One that is read-only has no other options that contradict it. @param {any} options */
function databaseOptions({ readonly, create, readwrite, strict, safeIntegers }) {
  const access = readonly || readwrite === false ? { readonly: true } : { create: create !== false, readwrite: true };
  // The journal stays what SQLite chooses, as in Bun.
  return { ...access, strict, safeIntegers, wal: false };
}

/** The error of `bun:sqlite` as one of `Bun.SQL`. @param {any} error @param {number} [offset] of the statement in the text */
function converted(error, offset = 0) {
  if (!(error instanceof bun.SQLiteError) || error instanceof SQLiteError) return error;
  const { message, code, errno, byteOffset } = /** @type {any} */ (error);
  return new SQLiteError(message, { code, errno, byteOffset: byteOffset >= 0 ? byteOffset + offset : byteOffset });
}

/** Calls a callback of the options; what it throws is nobody's to catch. @param {any} callback @param {unknown} error */
function notify(callback, error) {
  if (callback == null) return;
  try {
    callback(error);
  } catch (thrown) {
    require('../web/report-error')(thrown);
  }
}

module.exports = { SQLiteAdapter };
