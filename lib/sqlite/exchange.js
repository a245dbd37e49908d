'use strict';

/**
 * The memory that this thread shares with the addon: `src/sqlite/exchange.rs` is the other side of
 * this layout, `crates/sqlite/src/page.rs` describes the page.
 *
 * There is one buffer and one native function for all databases. They are constants of a module, so the engine
 * compiles an access to a store at a fixed address and a call to a known function, whatever statement it is for.
 */

const { native } = require('../internal/native');

/** Operations of `call`, written to word 0: on the statement of word 1 (`src/sqlite/statement.rs`) … */
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
  RUNS: 22,
  // … and those that give a database's function (`src/sqlite/mod.rs`).
  OPEN: 30,
  DESERIALIZE: 31,
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

/** Indices of the head in 32-bit words; those of the wide numbers, which are no int32, in 64-bit words. */
const Word = Object.freeze({
  OPERATION: 0,
  STATEMENT: 1,
  COUNT: 2,
  TEXT_END: 3,
  ROWS: 4,
  DONE: 5,
  VERSION: 6,
  HANDED_OVER: 7,
  CHANGES: 8,
  LAST_ROWID: 9,
  IS_WIDE: 10,
  RUN: 11,
  THROWN: 12,
  GIVEN: 13,
  STATEMENTS: 18,
  COLLECTION_DUE: 19,
  WIDE_CHANGES: 7,
  WIDE_LAST_ROWID: 8,
});

/** Where the parameters lie: types in 32-bit words, values in 64-bit words, text in bytes. */
const SLOTS = 64;
const TYPES = 20;
const VALUES = 42;
const TEXT = 1024;
const TEXT_END = 8192;
/** Where the page starts, in bytes, 32-bit and 64-bit words. */
const PAGE_BYTES = TEXT_END;
const PAGE = PAGE_BYTES / 4;
const PAGE_CELLS = PAGE_BYTES / 8;
const LENGTH = PAGE_BYTES + 8192 * 8;
/** Texts that are kept because they come again and again (`crates/sqlite/src/known.rs`). */
const KNOWN_TEXTS = 8192;

const buffer = new ArrayBuffer(LENGTH);
const words = new Int32Array(buffer);
const doubles = new Float64Array(buffer);
const integers = new BigInt64Array(buffer);
const bytes = new Uint8Array(buffer);
/** For `utf8Write`. @type {Buffer & { utf8Write(text: string, start: number, length: number): number }} */
const text = /** @type {any} */ (Buffer.from(buffer));
/** Values too large for the page; `thrown` is what a user function threw. @type {unknown[] & { thrown?: unknown }} */
const handedOver = Object.assign([], { thrown: undefined });
/** The kept texts, behind an element for `NULL`. @type {(string | null)[]} */
const known = Array.from({ length: KNOWN_TEXTS + 1 }, () => null);

/** Does what the buffer's first word says. @type {(...values: any[]) => any} */
const call = native('bun-sqlite', 'sqlite').connect(buffer, handedOver, known);

/** Lets go what was handed over, once it was read. */
function release() {
  handedOver.length = 0;
  if (words[Word.COLLECTION_DUE] !== 0) {
    words[Word.COLLECTION_DUE] = 0;
    require('../bun/young-collection').collectYoung(native('bun-core', 'file'));
  }
}

/** What `db.run` and `statement.run` give. @param {boolean} big @returns {{ changes: number, lastInsertRowid: number | bigint }} */
function changes(big) {
  if (words[Word.IS_WIDE] === 0) return { changes: words[Word.CHANGES], lastInsertRowid: words[Word.LAST_ROWID] };
  return {
    changes: doubles[Word.WIDE_CHANGES],
    lastInsertRowid: big ? integers[Word.WIDE_LAST_ROWID] : doubles[Word.WIDE_LAST_ROWID],
  };
}

module.exports = {
  words,
  doubles,
  integers,
  bytes,
  text,
  handedOver,
  known,
  call,
  release,
  changes,
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
  KNOWN_TEXTS,
};
