// Statements and values at SQLite's limits, text that is no text, schemas that change under a statement, closing in the
// middle of things. __test__/fuzz/sqlite-hostile.mjs looks for more.
import { describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const thrown = (body: () => unknown) => {
  try {
    body();
  } catch (error: any) {
    return [error.code ?? error.name, error.message];
  }
  return undefined;
};
const filled = (sql = 'create table t(a); insert into t values (1), (2), (3)') => {
  const db = new Database();
  db.run(sql);
  return db;
};

describe('limits', () => {
  const db = new Database();
  const any = (sql: string): any => db.prepare(sql);

  test('parameters', () => {
    for (const n of [1, 64, 65, 999, 32_766, 32_767, 100_000, 250_000]) {
      const statement = any(`select count(*) as n, sum(column1) as s from (values ${Array(n).fill('(?)').join()})`);
      expect(statement.paramsCount).toBe(n);
      const values = Array.from({ length: n }, (_, index) => index);
      expect(statement.get(values)).toEqual({ n, s: (n * (n - 1)) / 2 });
      expect(statement.get([])).toEqual({ n, s: null });
      statement.finalize();
    }
    expect(thrown(() => any('select ?250001'))).toEqual([
      'SQLITE_ERROR',
      'variable number must be between ?1 and ?250000',
    ]);
    expect(any('select ?250000 as a').get(Array(250_000).fill(7))).toEqual({ a: 7 });
    expect(any('select ?60000 as a').get(...Array(60_000).fill(7))).toEqual({ a: 7 });
    expect(() => any('select ?250000').get(1)).toThrow('SQLite query expected 250000 values, received 1');
    const names = Array.from({ length: 900 }, (_, index) => `p${index}`);
    const record = Object.fromEntries(names.map((name, index) => [name, index]));
    expect(any(`select ${names.map((name) => `$${name}`).join('+')} as s`).get(record)).toEqual({ s: 404_550 });
  }, 30_000);

  test('text of statements', () => {
    const long = 'x'.repeat(1e7);
    expect(any(`select 1 as a /*${long}*/`).get()).toEqual({ a: 1 });
    expect(any(`select length('${long}') as a`).get()).toEqual({ a: 1e7 });
    expect(any(`select length('${'é'.repeat(5e6)}') as a`).get()).toEqual({ a: 5e6 });
    expect(db.run('select 1;'.repeat(50_000))).toEqual({ changes: 0, lastInsertRowid: 0 });
    expect(Object.keys(any(`select 1 as "${'n'.repeat(100_000)}"`).get())).toEqual(['n'.repeat(100_000)]);
  }, 30_000);

  const deep: [string, string][] = [
    [`select ${'1+'.repeat(1001)}1`, 'Expression tree is too large (maximum depth 1000)'],
    [`select ${'not '.repeat(100_000)}1`, 'Recursion limit'],
    [`select ${Array(2001).fill(1).join()}`, 'too many columns in result set'],
    [
      `select * from ${Array.from({ length: 65 }, (_, index) => `(select 1) t${index}`).join()}`,
      'at most 64 tables in a join',
    ],
    [Array(501).fill('select 1').join(' union '), 'too many terms in compound SELECT'],
    [`select '${'x'.repeat(60_000)}' like '${'%'.repeat(60_000)}'`, 'LIKE or GLOB pattern too complex'],
    ['select zeroblob(1000000001)', 'string or blob too big'],
  ];

  test('depth and width', () => {
    expect(any(`select ${'('.repeat(2000)}1${')'.repeat(2000)} as a`).get()).toEqual({ a: 1 });
    for (const [sql, message] of deep) {
      const [code, text] = thrown(() => any(sql).get())!;
      expect([code, text]).toEqual([message.startsWith('string') ? 'SQLITE_TOOBIG' : 'SQLITE_ERROR', message]);
    }
  }, 30_000);

  test('depth on the smaller stack of a worker', async () => {
    const worker = new Worker(
      `
      const { Database } = require('bun:sqlite');
      const { workerData, parentPort } = require('node:worker_threads');
      const db = new Database();
      parentPort.postMessage(workerData.map((sql) => {
        try { return db.prepare(sql).get(); } catch (error) { return error.message; }
      }));
    `,
      { eval: true, workerData: deep.map(([sql]) => sql) },
    );
    expect((await once(worker, 'message'))[0]).toEqual(deep.map(([, message]) => message));
    await worker.terminate();
  }, 30_000);

  test('large values', () => {
    const blob = new Uint8Array(3e7);
    blob[blob.length - 1] = 7;
    const back = any('select ? as a').get(blob).a;
    expect([back.length, back.at(-1)]).toEqual([3e7, 7]);
    const text = 'é'.repeat(1.5e7);
    expect(any('select ? as a').get(text).a === text).toBe(true);
    expect(any('select length(zeroblob(1000000000)) as a').get()).toEqual({ a: 1e9 });
    expect(thrown(() => any('select ? as a').get(new Uint8Array(1_000_000_001)))).toEqual([
      'SQLITE_TOOBIG',
      'string or blob too big',
    ]);
  }, 30_000);
});

describe('text that is no text', () => {
  const replaced = (text: string) => text.toWellFormed();
  test.each(['\ud800', '\udc00a', 'a\ud800\ud800\udc00', '\uffff', '\ufeffbom'])('%j', (text) => {
    const db = new Database();
    const hex = Buffer.from(replaced(text)).toString('hex').toUpperCase();
    expect(db.prepare<any, any>('select ? as a, hex(?1) as h').get(text)).toEqual({ a: replaced(text), h: hex });
    expect(db.prepare(`select '${text}' as a`).get()).toEqual({ a: replaced(text) });
    expect(db.prepare(`select 1 as "${text}"`).get()).toEqual({ [replaced(text)]: 1 });
    expect(() => db.run(`select '${text}'; select nope`)).toThrow('no such column: nope');
    db.function(`f${text}`, () => 1);
    expect(db.prepare(`select "f${text}"() as a`).get()).toEqual({ a: 1 });
  });

  test('NUL', () => {
    const db = new Database();
    for (const text of ['a\0b', '\0', 'a\0'])
      expect(db.prepare<any, any>('select ? as a, hex(?1) as h').get(text)).toEqual({
        a: text,
        h: Buffer.from(text).toString('hex').toUpperCase(),
      });
    expect(thrown(() => db.run("select 'a\0b'"))).toEqual(['SQLITE_ERROR', 'unrecognized token: "\'a"']);
    const wrong = /must be a string without null bytes/;
    expect(() => new Database('a\0b')).toThrow(wrong);
    expect(() => db.serialize('a\0b')).toThrow(wrong);
    expect(() => db.fileControl('a\0b', 10, 0)).toThrow(wrong);
    expect(() => db.function('a\0b', () => 1)).toThrow(wrong);
    expect(() => db.loadExtension('/no\0')).toThrow(wrong);
    expect(() => db.loadExtension('/no', 'a\0b')).toThrow(wrong);
  });
});

test.each([
  ['memory', () => new Database()],
  ['bytes', () => Database.deserialize(filled().serialize())],
] as const)('what SQLite keeps for itself cannot be written, in a database of %s', (_, open) => {
  const db = open();
  const all = (sql: string) => db.query(sql).all();
  db.run('create virtual table f using fts5(body)');
  db.run('create virtual table r using rtree(id, x0, x1)');
  for (const table of ['f_data', 'f_docsize', 'r_node']) {
    const message = `table ${table} may not be modified`;
    expect(thrown(() => db.run(`delete from ${table}`))).toEqual(['SQLITE_ERROR', message]);
  }
  expect(thrown(() => db.run('create table f_content(a)'))?.[0]).toBe('SQLITE_ERROR');
  all('pragma writable_schema = 1');
  expect(all('pragma writable_schema')).toEqual([{ writable_schema: 0 }]);
  const message = 'table sqlite_master may not be modified';
  expect(thrown(() => db.run('delete from sqlite_master'))).toEqual(['SQLITE_ERROR', message]);
  expect(all('pragma journal_mode = off')).toEqual([{ journal_mode: 'memory' }]);
  const [before] = all('pragma schema_version');
  all('pragma schema_version = 77');
  expect(all('pragma schema_version')).toEqual([before]);
  expect(db.run("insert into f values ('found')").changes).toBe(1);
  expect(db.query("select body from f where f match 'found'").values()).toEqual([['found']]);
});

describe('the schema changes under a cursor', () => {
  const step = (db: Database, change: () => unknown, sql = 'select * from t') => {
    const rows: any = db.prepare(sql).iterate();
    rows.next();
    const error = thrown(change);
    return [error?.[0], thrown(() => rows.next()) ?? 'goes on'];
  };
  test('what SQLite allows and what it does not', () => {
    let db = filled();
    const rows: any = db.prepare('select * from t').iterate();
    rows.next();
    db.run('alter table t add column z default 9');
    expect([...rows]).toEqual([{ a: 2 }, { a: 3 }]);
    expect(db.query('select * from t').get()).toEqual({ a: 1, z: 9 });
    expect(step(db, () => db.run('drop table t'))).toEqual(['SQLITE_LOCKED', 'goes on']);
    db = filled();
    expect(step(db, () => db.run('vacuum'))).toEqual(['SQLITE_ERROR', 'goes on']);
    db = filled();
    expect(step(db, () => db.run('begin; insert into t values (4); commit'))).toEqual([undefined, 'goes on']);
    db = filled('begin; create table t(a); insert into t values (1), (2), (3)');
    expect(step(db, () => db.run('rollback'))).toEqual([undefined, ['SQLITE_ABORT_ROLLBACK', 'abort due to ROLLBACK']]);
    db = filled("attach ':memory:' as other; create table other.t(a); insert into other.t values (1), (2)");
    expect(step(db, () => db.run('detach other'), 'select * from other.t')).toEqual(['SQLITE_ERROR', 'goes on']);
  });

  test('a table becomes another one', () => {
    const db = filled();
    const statement: any = db.prepare('select * from t');
    expect([statement.get(), statement.values().length]).toEqual([{ a: 1 }, 3]);
    db.run("drop table t; create table t(x text, y blob, z); insert into t values ('one', x'00', 2.5)");
    expect(statement.get()).toEqual({ x: 'one', y: new Uint8Array(1), z: 2.5 });
    expect(statement.all()).toEqual([{ x: 'one', y: new Uint8Array(1), z: 2.5 }]);
    expect(statement.values()).toEqual([['one', new Uint8Array(1), 2.5]]);
    expect(statement.columnNames).toEqual(['x', 'y', 'z']);
    db.run('drop table t');
    expect(() => statement.all()).toThrow('no such table: t');
  });
});

describe('closing in the middle', () => {
  test('of a function, a step of an aggregate, a hook', () => {
    const db = filled();
    const said: string[] = [];
    const close = () => {
      for (const how of [() => db.close(), () => db.close(true), () => db[Symbol.dispose]()])
        said.push(thrown(how)?.[1] ?? 'closed');
      return 1;
    };
    db.function('f', { varargs: true }, close);
    db.aggregate('g', { varargs: true, start: 0, step: close, result: close });
    expect(db.query('select f() as a').get()).toEqual({ a: 1 });
    expect(db.query('select g() as a').get()).toEqual({ a: 1 });
    db.onInsert = close;
    db.run('insert into t values (4)');
    expect(new Set(said)).toEqual(new Set(['This database connection is busy executing a query']));
    expect(said.length).toBe(12);
    db.close(true);
  });

  test('of an iteration', () => {
    for (const at of [() => 0, (db: Database) => db.close(), (db: Database) => db.close(true)]) {
      const db = filled();
      for (const row of db.query('select a from t').iterate()) {
        expect(row).toEqual({ a: 1 });
        break;
      }
      const rows: any = db.query('select a from t').iterate();
      rows.next();
      at(db);
      if (at.length) {
        expect(() => rows.next()).toThrow('Database has closed');
        expect(rows.next().done).toBe(true);
      } else expect(rows.next().value).toEqual({ a: 2 });
    }
  });

  test('of reading the values', () => {
    const ask = (act: (db: Database, statement: any) => unknown) => {
      const db = filled();
      const statement: any = db.prepare('select $a as a');
      const given = {
        get a() {
          act(db, statement);
          return 1;
        },
      };
      return thrown(() => statement.get(given))?.[1] ?? 'an answer';
    };
    expect(ask((db) => db.close(true))).toBe('Database has closed');
    expect(ask((db) => db.close())).toBe('an answer');
    expect(ask((_, statement) => statement.finalize())).toBe('Statement has finalized');
  });

  test('twice', () => {
    const db = filled();
    const statement = db.prepare('select 1');
    for (let times = 0; times < 3; times++) statement.finalize();
    statement[Symbol.dispose]();
    expect(statement.isFinalized).toBe(true);
    for (let times = 0; times < 3; times++) {
      db.close();
      db.close(true);
      db[Symbol.dispose]();
    }
  });
});
