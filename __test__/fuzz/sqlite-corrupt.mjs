// Damages database files, and WALs, from a seed: bytes flipped, pages swapped, ends cut off. Prints what queries answer.
// A clear error or an answer, never a crash; the answers are those of real Bun:
//   node __test__/fuzz/compare.mjs sqlite-corrupt.mjs 1-20 100
import { Database } from 'bun:sqlite';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generator } from './random.mjs';
import { line } from './show.mjs';

const [seed = 1, rounds = 50] = process.argv.slice(2).map(Number);
const { below, pick } = generator(seed);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-corrupt-'));

/** A database with something of everything. @param {Database} db */
function fill(db) {
  db.run(`
    create table t(id integer primary key, a text, b real, c blob);
    create index t_a on t(a);
    create unique index t_partial on t(b) where b > 5;
    create table w(k text primary key, v) without rowid;
    create virtual table f using fts5(body);
    create virtual table r using rtree(id, x0, x1);
    create table g(a integer, b as (a * 2) stored, c as (a || 'x'));
    create view v as select t.a, w.v from t join w on w.k = t.a;
    create trigger tr after insert on g begin insert into w values ('trigger' || new.a, new.b); end;
  `);
  const insert = db.prepare('insert into t(a, b, c) values (?, ?, ?)');
  for (let n = 0; n < 60; n++) {
    insert.run(`text ${n}`, n * 1.5, Buffer.alloc(n % 7 === 0 ? 6000 : n, n));
    db.run('insert into w values (?, ?)', [`text ${n}`, n % 3 ? n : `${n}`.repeat(50)]);
    db.run('insert into f values (?)', [`the ${n} quick brown ${n % 5 ? 'fox' : 'dog'}`]);
    db.run('insert into r values (?, ?, ?)', [n, n, n + 5]);
    if (n < 10) db.run('insert into g(a) values (?)', [n]);
  }
}

const queries = [
  'select * from t',
  "select count(*) from t where a > 'text 3'",
  'select sum(b), max(length(c)) from t',
  'select * from w order by k desc limit 20',
  'select * from v limit 10',
  "select rowid, body from f where f match 'fox' limit 5",
  'select * from r where x0 > 10 and x1 < 30',
  'select * from g',
  'select name, type, tbl_name, rootpage from sqlite_schema',
  'pragma integrity_check(20)',
  'pragma quick_check(5)',
  'pragma foreign_key_check',
  "insert into t(a, b) values ('new', 99)",
  'insert into g(a) values (77)',
  'update t set a = a || ? where id % 7 = 0',
  'delete from t where id > 50',
  "insert into f values ('new fox')",
  'vacuum',
  'reindex',
  'pragma page_count',
  'create table another(a)',
  'drop table if exists w',
];

/** @param {Buffer} bytes @returns {Buffer} */
function damaged(bytes) {
  let copy = Buffer.from(bytes);
  for (let times = 1 + below(4); times > 0; times--) {
    const page = 4096;
    const spot = () => (below(12) === 0 ? below(200) : 100 + below(copy.length || 1));
    switch (below(10)) {
      case 0:
        copy = copy.subarray(0, below(copy.length + 1));
        break;
      case 1:
        copy = copy.subarray(0, Math.floor(copy.length / page) * page - page * below(5));
        break;
      case 2: {
        const [from, to] = [spot(), spot()].map((at) => Math.floor(at / page) * page);
        const kept = Buffer.from(copy.subarray(from, from + page));
        copy.copy(copy, from, to, to + page);
        kept.copy(copy, to);
        break;
      }
      case 3: {
        const at = spot();
        copy.fill(pick([0, 255, 128]), Math.min(at, copy.length), Math.min(at + below(3000), copy.length));
        break;
      }
      case 4:
        copy = Buffer.concat([copy, Buffer.alloc(below(5000), below(256))]);
        break;
      default:
        for (let flips = 1 + below(20); flips > 0 && copy.length > 0; flips--)
          copy[spot() % copy.length] ^= 1 << below(8);
    }
  }
  return copy;
}

/** @param {() => Database} open */
function ask(open) {
  /** @type {Database | undefined} */
  let db;
  line(() => void (db = open()));
  if (!db) return;
  const opened = db;
  const count = 6 + below(8);
  for (let n = 0; n < count; n++) {
    const sql = pick(queries);
    line(
      () => {
        const statement = opened.prepare(sql);
        const given = sql.includes('?') ? ['damage'] : [];
        const method = pick(['all', 'values', 'get', 'iterate', 'raw', 'run']);
        const result = /** @type {any} */ (statement)[method](...given);
        return [sql.slice(0, 24), method, method === 'iterate' ? [...result] : result];
      },
      // The place in the file that a message of the pager tells is that of the runtime's own journal.
      (message) => message.replaceAll(folder, ''),
    );
  }
  line(() => void opened.close(below(2) === 0));
}

const source = path.join(folder, 'source.sqlite');
{
  const db = new Database(source);
  db.run('pragma journal_mode = delete');
  fill(db);
  db.close(true);
}
const whole = fs.readFileSync(source);
const log = path.join(folder, 'log.sqlite');
/** @type {Buffer} */ let base;
/** @type {Buffer} */ let wal;
{
  const db = new Database(log);
  db.run('pragma journal_mode = wal');
  db.run('create table first(a)');
  db.run('pragma wal_checkpoint(truncate)');
  fill(db);
  base = fs.readFileSync(log);
  wal = fs.readFileSync(`${log}-wal`);
  db.close(true);
}

for (let round = 0; round < rounds; round++) {
  const file = path.join(folder, `${round}.sqlite`);
  switch (below(3)) {
    case 0:
      fs.writeFileSync(file, damaged(whole));
      ask(() => new Database(file));
      break;
    case 1: {
      const bytes = damaged(whole);
      ask(() => Database.deserialize(bytes));
      break;
    }
    default:
      fs.writeFileSync(file, base);
      fs.writeFileSync(`${file}-wal`, damaged(wal));
      ask(() => new Database(file));
  }
  for (const suffix of ['', '-wal', '-shm', '-journal']) fs.rmSync(file + suffix, { force: true });
}
fs.rmSync(folder, { recursive: true, force: true });
