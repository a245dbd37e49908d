// A disk that is full and one that is read-only: small tmpfs mounts. They need root on Linux, and are skipped elsewhere.
import { afterAll, describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-disk-'));
const file = path.join(folder, 'x.sqlite');
const mount = (...options: string[]) => spawnSync('mount', [...options, folder]).status === 0;
const unmount = () => spawnSync('umount', [folder]).status === 0;
const mayMount =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs') &&
  unmount();
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const thrown = (body: () => unknown) => {
  try {
    body();
  } catch (error: any) {
    return {
      name: error.name,
      code: error.code,
      errno: error.errno,
      byteOffset: error.byteOffset,
      message: error.message,
    };
  }
  return undefined;
};
const full = {
  name: 'SQLiteError',
  code: 'SQLITE_FULL',
  errno: 13,
  byteOffset: -1,
  message: 'database or disk is full',
};
const readonly = {
  name: 'SQLiteError',
  code: 'SQLITE_READONLY',
  errno: 8,
  byteOffset: -1,
  message: 'attempt to write a readonly database',
};
const cannotOpen = {
  name: 'SQLiteError',
  code: 'SQLITE_CANTOPEN',
  errno: 14,
  byteOffset: -1,
  message: 'unable to open database file',
};

describe.skipIf(!mayMount)('a full disk (tests of mounts need root)', () => {
  test.each(['wal', 'delete', 'truncate', 'persist'])('journal %s', (journal) => {
    expect(mount('-t', 'tmpfs', '-o', 'size=600k', 'tmpfs')).toBe(true);
    try {
      using db = new Database(file);
      db.run(`pragma journal_mode = ${journal}`);
      db.run('create table t(id integer primary key, a)');
      const count = () => (db.query('select count(*) as n from t').get() as any).n;
      let written = 0;
      const fill = () => {
        for (;;) {
          db.run('insert into t(a) values (?)', ['x'.repeat(5000)]);
          written++;
        }
      };
      expect(thrown(fill)).toEqual(full);
      expect(written).toBeGreaterThan(20);
      const kept = written;
      expect([count(), db.inTransaction]).toEqual([kept, false]);

      const insert = db.prepare('insert into t(a) values (?)');
      for (const method of ['run', 'get', 'all', 'values'] as const)
        expect(thrown(() => insert[method]('x'.repeat(50_000)))).toEqual(full);
      expect(thrown(() => [...insert.iterate('x'.repeat(50_000))])).toEqual(full);
      expect(thrown(() => db.transaction(fill)())).toEqual(full);
      expect(thrown(() => db.run('vacuum'))).toEqual(full);
      expect([count(), db.inTransaction]).toEqual([kept, false]);
      expect(db.query('pragma integrity_check').values()).toEqual([['ok']]);
      db.close(true);
      using again = new Database(file);
      expect(again.query('pragma integrity_check').values()).toEqual([['ok']]);
      expect(again.query('select count(*) from t').values()).toEqual([[kept]]);
      again.close(true);
    } finally {
      expect(unmount()).toBe(true);
    }
  });

  test('a new database', () => {
    expect(mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')).toBe(true);
    try {
      thrown(() => fs.writeFileSync(path.join(folder, 'fill'), Buffer.alloc(200_000)));
      using db = new Database(file);
      expect(thrown(() => db.run('create table t(a)'))).toEqual(full);
      fs.rmSync(path.join(folder, 'fill'));
      db.run('create table t(a)');
      expect(db.query('pragma integrity_check').values()).toEqual([['ok']]);
      db.close(true);
    } finally {
      expect(unmount()).toBe(true);
    }
  });
});

describe.skipIf(!mayMount)('a read-only disk (tests of mounts need root)', () => {
  test.each(['delete', 'wal'])('journal %s', (journal) => {
    expect(mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs')).toBe(true);
    try {
      {
        using db = new Database(file);
        db.run(`pragma journal_mode = ${journal}; create table t(a); insert into t values (1)`);
      }
      expect(mount('-o', 'remount,ro')).toBe(true);
      for (const options of [undefined, { readonly: true }, { readwrite: true }, { create: false }, 1, 2]) {
        using db = new Database(file, options);
        if (journal === 'wal') {
          // Its readers need a file for shared memory beside it.
          expect(thrown(() => db.query('select * from t').all())).toEqual(cannotOpen);
        } else {
          expect(db.query('select * from t').all()).toEqual([{ a: 1 }]);
          expect(thrown(() => db.run('insert into t values (2)'))).toEqual(readonly);
          expect(thrown(() => db.prepare('delete from t').run())).toEqual(readonly);
        }
      }
      expect(thrown(() => new Database(path.join(folder, 'new.sqlite')))).toEqual(cannotOpen);
      expect(thrown(() => new Database(folder))).toEqual(cannotOpen);
    } finally {
      expect(unmount()).toBe(true);
    }
  });
});
