'use strict';

/**
 * The memory that a `Database` shares with the addon: `src/sqlite/exchange.rs` is the other side
 * of this layout, `crates/sqlite/src/page.rs` describes the page.
 */

/** Operations of a statement's function (`src/sqlite/statement.rs`), written to word 0. */
const Operation = Object.freeze({
  GET: 0,
  ALL: 1,
  MORE: 2,
  RUN: 3,
  ITERATE: 4,
  NEXT: 5,
  END: 6,
  RAW: 7,
  BIND: 8,
  FINALIZE: 9,
  IS_FINALIZED: 11,
  CHECK: 12,
  COLUMNS: 13,
  CLASSES: 14,
  PARAMETERS: 15,
  COLUMN_TYPES: 16,
  DECLARED_TYPES: 17,
  READER: 18,
  READONLY: 19,
  TO_STRING: 20,
  SET_BIG: 21,
});

/** Operations of a database's function (`src/sqlite/database.rs`), its first argument. */
const DatabaseOperation = Object.freeze({
  PREPARE: 0,
  RUN: 1,
  IN_TRANSACTION: 2,
  CLOSE: 3,
  SERIALIZE: 4,
  LOAD_EXTENSION: 5,
  FILE_CONTROL: 6,
  FUNCTION: 7,
  AGGREGATE: 8,
  HOOK: 9,
  CHECK: 10,
  STOP_WITH_THREAD: 11,
});

/** Indices of the head in 32-bit words; `CHANGES_F` and `LAST_ROWID_F` in 64-bit words. */
const Word = Object.freeze({
  OPERATION: 0,
  COUNT: 1,
  ROWS: 2,
  DONE: 3,
  VERSION: 4,
  HANDED_OVER: 5,
  RUN: 10,
  THROWN: 12,
  ARRAY: 13,
  CHANGES_F: 3,
  LAST_ROWID_F: 4,
});

/** Where the parameters lie: types in 32-bit words, values in 64-bit words, text in bytes. */
const SLOTS = 64;
const TYPES = 16;
const VALUES = 40;
const TEXT = 1024;
const TEXT_END = 8192;
/** Where the page starts, in bytes, 32-bit and 64-bit words. */
const PAGE_BYTES = TEXT_END;
const PAGE = PAGE_BYTES / 4;
const PAGE_CELLS = PAGE_BYTES / 8;
const LENGTH = PAGE_BYTES + 8192 * 8;

class Exchange {
  buffer = new ArrayBuffer(LENGTH);
  words = new Int32Array(this.buffer);
  doubles = new Float64Array(this.buffer);
  integers = new BigInt64Array(this.buffer);
  bytes = new Uint8Array(this.buffer);
  text = Buffer.from(this.buffer);
  /** Values too large for the page; `thrown` is what a user function threw. @type {unknown[] & { thrown?: unknown }} */
  handedOver = Object.assign([], { thrown: undefined });
  /** User functions and hooks that are running. */
  callbacks = 0;
}

module.exports = {
  Exchange,
  Operation,
  DatabaseOperation,
  Word,
  SLOTS,
  TYPES,
  VALUES,
  TEXT,
  TEXT_END,
  PAGE_BYTES,
  PAGE,
  PAGE_CELLS,
};
