// What the SQLite cases share: the same statements for every contender.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openBetterSqlite3 } from '../harness/better-sqlite3.mjs';

const create = 'create table people (id integer primary key, name text, mail text, age integer, score real, city text)';
const insert = 'insert into people (name, mail, age, score, city) values (?, ?, ?, ?, ?)';

export const sql = {
  create,
  insert,
  one: 'select id, name, mail, age, score, city from people where id = ?',
  column: 'select name from people where id = ?',
  all: 'select id, name, mail, age, score, city from people',
};

/** @param {number} i @returns {[string, string, number, number, string]} */
export function person(i) {
  return [`Person ${i}`, `person${i}@example.com`, 20 + (i % 60), i * 1.25, ['Lima', 'Oslo', 'Accra', 'Hanoi'][i % 4]];
}

/** @param {{ exec(sql: string): unknown, prepare(sql: string): { run(...values: any[]): unknown } }} database @param {number} rows */
export function fill(database, rows) {
  database.exec(create);
  const statement = database.prepare(insert);
  database.exec('begin');
  for (let i = 1; i <= rows; i++) statement.run(...person(i));
  database.exec('commit');
}

/** @typedef {{ require: NodeJS.Require }} Tools */
/** @typedef {(database: any) => (iterations: number) => void} Work prepares, and gives what is measured */

/** A path for a database file, in a folder that goes with the process. */
function temporary() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-bench-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'bench.sqlite');
}

/** @param {any} database @param {boolean} wal */
function ready(database, wal) {
  if (wal) database.exec('pragma journal_mode = wal');
  return database;
}

/**
 * A case: work on a database in memory, or on a file with a WAL.
 *
 * @param {string} name
 * @param {Work} work
 * @param {{ wal?: boolean, native?: [mode: string, rows: number, sql: string], note?: string }} [more] `native`: what
 *   `crates/sqlite/examples/native-loop.rs` does in the same case
 */
export function one(name, work, { wal = false, native, note } = {}) {
  const file = () => (wal ? temporary() : ':memory:');
  return {
    name,
    unit: 'ns',
    native,
    note,
    bun: async () => {
      const { Database } = await import('bun:sqlite');
      return work(ready(new Database(file()), wal));
    },
    peers: {
      'better-sqlite3': (/** @type {Tools} */ { require }) => work(ready(openBetterSqlite3(require)(file()), wal)),
      'node:sqlite': (/** @type {Tools} */ { require }) =>
        work(ready(new (require('node:sqlite').DatabaseSync)(file()), wal)),
    },
  };
}

/** Work on a filled table. @param {number} rows @param {Work} work @returns {Work} */
export const onPeople = (rows, work) => (database) => {
  fill(database, rows);
  return work(database);
};
