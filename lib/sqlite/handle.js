'use strict';

const exchange = require('./exchange');
const { Binding } = require('./binding');
const { Reader } = require('./reader');

const { words, call, release, changes } = exchange;
const { GET, ALL, MORE, RUN, ITERATE, NEXT, END, RAW, RUNS, COLUMNS, CLASSES } = exchange.Operation;
const { OPERATION, STATEMENT, ROWS, DONE, VERSION, HANDED_OVER, RUN: RUN_NUMBER } = exchange.Word;

/** Readers of plain objects, by the version of the columns that they are for: statements with the same text share one. */
/** @type {Map<number, Reader>} */
const readers = new Map();
const KEPT_READERS = 256;

/** Runs a statement and reads its rows; what a `Statement` is made of. */
class Handle extends Binding {
  /** Of the rows; null: plain objects. @type {object | null} */ prototype = null;
  /** @type {Reader} */ reader = /** @type {any} */ (undefined);
  version = 0;
  /** `finalize` was called; closing the database does not count. */
  isFinal = false;

  /** @param {any[] | undefined} values @returns {any} the first row, or null */
  first(values) {
    words[OPERATION] = GET;
    words[STATEMENT] = this.id;
    return this.row(call(values));
  }

  /** The row in the page, or null. @param {string | undefined} text */
  row(text) {
    if (words[ROWS] === 0) return null;
    const reader = this.currentReader();
    // A call of its own for each: V8 compiles the one that only sees generated functions in place.
    const row = reader.isCold
      ? reader.cold(text === undefined ? '' : text)
      : reader.one(text === undefined ? '' : text);
    if (words[HANDED_OVER] !== 0) release();
    return row;
  }

  /** All rows. @param {any[] | undefined} values @param {boolean} arrays */
  collect(values, arrays) {
    words[OPERATION] = ALL;
    words[STATEMENT] = this.id;
    return this.rows(call(values), arrays);
  }

  /** The rows in the page and those that follow. @param {string | undefined} text @param {boolean} arrays */
  rows(text, arrays) {
    /** @type {any[]} */
    const out = [];
    for (;;) {
      const rows = words[ROWS];
      if (rows !== 0) {
        const reader = this.currentReader();
        if (arrays) reader.values(text === undefined ? '' : text, rows, out);
        else reader.many(text === undefined ? '' : text, rows, out);
        if (words[HANDED_OVER] !== 0) release();
      }
      if (words[DONE] !== 0) return out;
      words[OPERATION] = MORE;
      words[STATEMENT] = this.id;
      text = call();
    }
  }

  /** @param {any[] | undefined} values @returns {{ changes: number, lastInsertRowid: number | bigint }} */
  run(values) {
    words[OPERATION] = RUN;
    words[STATEMENT] = this.id;
    call(values);
    return changes(this.big);
  }

  /** All rows as arrays of bytes. @param {any[] | undefined} values @returns {(Uint8Array | null)[][]} */
  raw(values) {
    const rows = this.do(RAW, values);
    release();
    return rows;
  }

  /** Begins a run that gives a row at a time. @param {any[] | undefined} values @returns {number} its number */
  begin(values) {
    this.do(ITERATE, values);
    return words[RUN_NUMBER];
  }

  /** @param {number} run @returns {any} its next row, or null */
  next(run) {
    words[RUN_NUMBER] = run;
    words[OPERATION] = NEXT;
    words[STATEMENT] = this.id;
    return this.row(call());
  }

  /** Ends a run if no other has begun since. @param {number} run */
  end(run) {
    words[RUN_NUMBER] = run;
    this.do(END);
  }

  /** Counts the runs begun. @returns {number} */
  runs() {
    return this.do(RUNS);
  }

  /** The reader of the rows in the page, made anew when the columns, or the classes of their values, have changed. */
  currentReader() {
    return words[VERSION] === this.version ? this.reader : this.#otherReader(words[VERSION]);
  }

  /** @param {number} version */
  #otherReader(version) {
    this.version = version;
    const known = this.prototype === null ? readers.get(version) : undefined;
    this.reader = known ?? new Reader(this.do(COLUMNS), this.do(CLASSES), this.prototype);
    if (known === undefined && this.prototype === null) {
      if (readers.size >= KEPT_READERS) readers.clear();
      readers.set(version, this.reader);
    }
    return this.reader;
  }
}

module.exports = { Handle };
