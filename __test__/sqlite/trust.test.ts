// Real files, full databases, sizes, memory. kill.test.ts has killed processes, sharing.test.ts threads, disk.test.ts disks.
import { afterAll, describe, expect, test } from 'bun:test';
import { Database, constants } from 'bun:sqlite';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-trust-'));
const file = (name: string) => path.join(folder, name);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const code = (body: () => unknown) => {
  try {
    body();
  } catch (error: any) {
    return [error.name, error.code];
  }
  return undefined;
};

describe('several users of a file', () => {
  test('busy is an error at once, or after the timeout', () => {
    const a = new Database(file('busy'));
    const b = new Database(file('busy'));
    a.run('create table t(a)');
    a.run('begin immediate');
    expect(code(() => b.run('insert into t values (1)'))).toEqual(['SQLiteError', 'SQLITE_BUSY']);
    b.run('pragma busy_timeout = 50');
    const start = Date.now();
    expect(code(() => b.run('insert into t values (1)'))).toEqual(['SQLiteError', 'SQLITE_BUSY']);
    expect(Date.now() - start).toBeGreaterThanOrEqual(45);
    a.run('commit');
    expect(b.run('insert into t values (1)').changes).toBe(1);
    const rows = b.prepare('select * from t union all select 2').iterate();
    rows.next();
    expect(code(() => b.run('drop table t'))).toEqual(['SQLiteError', 'SQLITE_LOCKED']);
  });

  test('a worker can end in the middle of everything', async () => {
    const worker = new Worker(
      `
      const { Database } = require('bun:sqlite');
      const db = new Database();
      db.function('f', (a) => a);
      db.onInsert = () => {};
      const s = db.prepare('with recursive c(i) as (select 1 union all select i + 1 from c) select f(i) from c');
      const rows = s.iterate();
      rows.next();
      require('node:worker_threads').parentPort.postMessage('ready');
      for (;;) rows.next();
    `,
      { eval: true },
    );
    await once(worker, 'message');
    await worker.terminate();
    expect(new Database().query('select 1 as a').get()).toEqual({ a: 1 });
  }, 30_000);
});

describe('no room, no permission', () => {
  test('a full database', () => {
    using db = new Database(file('full'));
    db.run('create table t(a)');
    db.run('pragma max_page_count = 5');
    const fill = () => {
      for (;;) db.run('insert into t values (?)', ['x'.repeat(1000)]);
    };
    expect(code(fill)).toEqual(['SQLiteError', 'SQLITE_FULL']);
    const { n } = db.query('select count(*) as n from t').get() as any;
    expect(code(db.transaction(fill))).toEqual(['SQLiteError', 'SQLITE_FULL']);
    expect(db.query('select count(*) as n from t').get()).toEqual({ n });
    expect(db.inTransaction).toBe(false);
    expect(db.query('pragma integrity_check').values()).toEqual([['ok']]);
  });

  // root may write everywhere, and Windows has no such folders
  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a read-only folder', () => {
    const sealed = file('sealed');
    fs.mkdirSync(sealed, { mode: 0o555 });
    expect(code(() => new Database(path.join(sealed, 'x')))).toEqual(['SQLiteError', 'SQLITE_CANTOPEN']);
  });

  test('a read-only database by flag', () => {
    new Database(file('flagged')).run('create table t(a)');
    using db = new Database(file('flagged'), constants.SQLITE_OPEN_READONLY);
    expect(code(() => db.run('drop table t'))).toEqual(['SQLiteError', 'SQLITE_READONLY']);
  });
});

describe('size', () => {
  test('10 MB of SQL, deep and wide SQL', () => {
    using db = new Database();
    expect(db.query(`select 1 /*${'x'.repeat(1e7)}*/`).values()).toEqual([[1]]);
    expect(db.query(`select ${'('.repeat(500)}1${')'.repeat(500)}`).values()).toEqual([[1]]);
    expect(code(() => db.query(`select ${'1+'.repeat(5000)}1`))).toEqual(['SQLiteError', 'SQLITE_ERROR']);
    expect(code(() => db.query(`select ${Array(2001).fill('1').join()}`))).toEqual(['SQLiteError', 'SQLITE_ERROR']);
    const n = 32_767;
    const s = db.prepare<any, any>(
      `insert into t values ${Array(n).fill('(?)').join()}`
        .replace('insert into t', 'select count(*), sum(column1) from (')
        .replace(/$/, ')')
        .replace('( values', '(values'),
    );
    expect(s.values(Array.from({ length: n }, (_, i) => i))).toEqual([[n, (n * (n - 1)) / 2]]);
  });

  test('memory is given back', () => {
    const db = new Database();
    db.run('create table t(id integer primary key, a text, b blob)');
    for (let i = 0; i < 100; i++)
      db.run('insert into t(a, b) values (?, ?)', ['text '.repeat(20), new Uint8Array(200)]);
    const get = db.prepare<any, any>('select * from t where id = ?');
    const all = db.prepare('select * from t');
    const round = (times: number) => {
      for (let i = 0; i < times; i++) get.get((i % 100) + 1);
      for (let i = 0; i < times / 200; i++) all.all();
    };
    round(40_000);
    const before = process.memoryUsage().rss;
    round(200_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  }, 30_000);
});
