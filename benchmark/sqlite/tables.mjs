// What the SQLite cases share. The same statements for every contender; all databases are in memory.
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

/** @param {number} rows */
export async function openBun(rows) {
  const { Database } = await import('bun:sqlite');
  const database = new Database(':memory:');
  fill(database, rows);
  return database;
}

/** @param {number} rows @param {Tools} tools */
export function openBetter(rows, { require }) {
  const database = new (require('better-sqlite3'))(':memory:');
  fill(database, rows);
  return database;
}

/** @param {number} rows @param {Tools} tools */
export function openNode(rows, { require }) {
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(':memory:');
  fill(database, rows);
  return database;
}
