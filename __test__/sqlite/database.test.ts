import { afterAll, describe, expect, test } from 'bun:test';
import { Database, SQLiteError, Statement, constants } from 'bun:sqlite';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-'));
const file = (name: string) => path.join(folder, name);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What a call throws, as data. */
function thrown(body: () => unknown) {
  try {
    body();
  } catch (error: any) {
    const { name, code, message, errno } = error;
    return { name, code, message, errno };
  }
  return undefined;
}

describe('opening', () => {
  test.each([[], [''], [':memory:'], [undefined]])('%p is in memory', (...name: any[]) => {
    using db = new Database(...name);
    expect(db.filename).toBe(name[0] ?? ':memory:');
    expect(db.query('pragma database_list').values()).toEqual([[0, 'main', '']]);
    expect(db.query('pragma journal_mode').values()).toEqual([['memory']]);
  });

  test('a file is created, and not with create: false', () => {
    expect(thrown(() => new Database(file('none'), { create: false }))).toEqual({
      name: 'SQLiteError',
      code: 'SQLITE_CANTOPEN',
      message: 'unable to open database file',
      errno: 14,
    });
    expect(thrown(() => new Database(file('none'), { readonly: true }))?.code).toBe('SQLITE_CANTOPEN');
    expect(thrown(() => new Database(file('none'), { readwrite: true }))?.code).toBe('SQLITE_CANTOPEN');
    using db = new Database(file('one'));
    db.run('create table t(a)');
    expect(fs.existsSync(file('one'))).toBe(true);
    expect(db.filename).toBe(file('one'));
  });

  test('a read-only database refuses to write', () => {
    new Database(file('ro')).run('create table t(a)');
    using db = new Database(file('ro'), { readonly: true });
    expect(thrown(() => db.run('insert into t values (1)'))).toEqual({
      name: 'SQLiteError',
      code: 'SQLITE_READONLY',
      message: 'attempt to write a readonly database',
      errno: 8,
    });
  });

  test('options that contradict each other', () => {
    for (const options of [
      { readonly: true, create: true },
      { readonly: true, readwrite: true },
      { readwrite: false, create: true },
    ]) {
      expect(() => new Database(file('x'), options)).toThrow(
        'A read-only database ("readonly: true" or "readwrite: false") cannot have',
      );
    }
    expect(() => new Database(':memory:', { readonly: true })).toThrow(
      'Cannot open an anonymous database in read-only mode.',
    );
    expect(() => new Database(':memory:', 1)).toThrow('Cannot open an anonymous database in read-only mode.');
  });

  test('flags', () => {
    expect(thrown(() => new Database(file('flags'), 0))?.code).toBe('SQLITE_MISUSE');
    expect(thrown(() => new Database(file('flags'), constants.SQLITE_OPEN_READWRITE))?.code).toBe('SQLITE_CANTOPEN');
    using db = new Database(file('flags'), constants.SQLITE_OPEN_READWRITE | constants.SQLITE_OPEN_CREATE);
    expect(db.query('select 1 as a').get()).toEqual({ a: 1 });
  });

  test('names that are not names', () => {
    for (const [name, kind] of [
      [null, 'object'],
      [5, 'number'],
      [{}, 'object'],
      [true, 'boolean'],
    ] as any[]) {
      expect(() => new Database(name)).toThrow(`Expected 'filename' to be a string, got '${kind}'`);
    }
    expect(thrown(() => new Database('a\0b'))?.code).toBe('ERR_INVALID_ARG_VALUE');
    expect(thrown(() => new Database(folder))?.code).toBe('SQLITE_CANTOPEN');
    expect(thrown(() => new Database(file('no/such/folder')))?.code).toBe('SQLITE_CANTOPEN');
  });

  test('files that are no databases, or no longer whole', () => {
    fs.writeFileSync(
      file('text'),
      'this is text, and more text, and more text again; this is text, and more text, and so on, and on'.repeat(3),
    );
    expect(thrown(() => new Database(file('text')).query('select * from sqlite_master').all())?.code).toBe(
      'SQLITE_NOTADB',
    );
    const db = new Database(file('cut'));
    db.run('create table t(a)');
    for (let i = 0; i < 100; i++) db.run('insert into t values (?)', ['x'.repeat(500)]);
    db.run('pragma wal_checkpoint(truncate)');
    db.close(true);
    fs.truncateSync(file('cut'), 10_000);
    expect(thrown(() => new Database(file('cut')).query('select * from t').all())?.code).toBe('SQLITE_CORRUPT');
  });

  test('open is new', () => {
    using db = Database.open(':memory:', { strict: true });
    expect(db).toBeInstanceOf(Database);
    expect(db.query('select 1')).toBeInstanceOf(Statement);
  });

  // Only dx-compat makes WAL the journal of the files it creates; Bun keeps SQLite's default.
  test.skipIf(!isDxCompat)('a new file has WAL unless told otherwise; an old one keeps its journal', () => {
    const journal = (name: string, options?: any) => {
      using db = new Database(file(name), options);
      db.run('create table if not exists t(a)');
      return db.query('pragma journal_mode').values()[0]![0];
    };
    expect(journal('wal')).toBe('wal');
    expect(journal('delete', { wal: false })).toBe('delete');
    expect(journal('delete')).toBe('delete');
    expect(fs.existsSync(file('wal-wal'))).toBe(false);
    fs.writeFileSync(file('empty'), '');
    expect(journal('empty')).toBe('delete');
    const first = new Database(file('two'), { wal: false });
    expect(journal('two')).toBe('delete');
    first.close();
    expect(new Database(file('asked')).query('pragma journal_mode').values()).toEqual([['wal']]);
    expect(new Database(file('chosen')).query('pragma journal_mode = truncate').values()).toEqual([['truncate']]);
    using begun = new Database(file('begun'));
    begun.run('begin; create table t(a); commit');
    expect(begun.query('pragma journal_mode').values()).toEqual([['wal']]);
  });

  test('what an empty file is told first', () => {
    const told = (name: string, first: string, asked: string) => {
      using db = new Database(file(name));
      db.run(first);
      db.run('create table t(a); insert into t values (1)');
      expect(db.query('select a from t').values()).toEqual([[1]]);
      return db.query(asked).values()[0]![0];
    };
    expect(told('page', 'pragma page_size = 8192', 'pragma page_size')).toBe(8192);
    expect(told('vacuum', 'pragma page_size = 16384; vacuum', 'pragma page_size')).toBe(16384);
    expect(told('auto', 'pragma auto_vacuum = 1', 'pragma auto_vacuum')).toBe(1);
    expect(told('incremental', 'pragma foreign_keys = 1; pragma auto_vacuum = 2', 'pragma auto_vacuum')).toBe(2);
    expect(told('wide', "select 1; pragma encoding = 'UTF-16le'", 'pragma encoding')).toBe('UTF-16le');
    new Database(file('nothing')).close();
    expect(fs.statSync(file('nothing')).size).toBe(0);
  });

  test('the bytes of a file make a database in memory', () => {
    const old = new Database(file('bytes'));
    old.run('create table t(a); insert into t values (1)');
    const serialized = old.serialize();
    old.close(true);
    for (const bytes of [serialized, fs.readFileSync(file('bytes'))]) {
      for (const db of [Database.deserialize(bytes), new Database(bytes)]) {
        expect(db.query('select a from t').get()).toEqual({ a: 1 });
        db.run('insert into t values (2)');
        expect(db.query('select a from t').values()).toEqual([[1], [2]]);
      }
    }
  });

  test('blanks around a name do not count', () => {
    for (const name of [' :memory: ', '\u00a0:memory:\n', '\ufeff:memory:'])
      expect(new Database(name).filename).toBe(':memory:');
    expect(new Database('  ').filename).toBe('');
    using db = new Database(` ${file('trimmed')}\t`);
    expect(db.filename).toBe(file('trimmed'));
    expect(fs.existsSync(file('trimmed'))).toBe(true);
  });

  test('a database that is attached in the place of another one', () => {
    const db = new Database();
    const attached = (columns: string) => {
      db.run(`attach ':memory:' as x; create table x.q as select ${columns}`);
      const statement = db.prepare('select * from x.q');
      const answers = [statement.get(), statement.values(), statement.columnNames];
      statement.finalize();
      db.run('detach x');
      return answers;
    };
    expect(attached('1 as a, 2 as b, 3 as c')).toEqual([{ a: 1, b: 2, c: 3 }, [[1, 2, 3]], ['a', 'b', 'c']]);
    expect(attached("'only' as z")).toEqual([{ z: 'only' }, [['only']], ['z']]);
    expect(attached('7 as z, 8 as a')).toEqual([{ z: 7, a: 8 }, [[7, 8]], ['z', 'a']]);
    const wide = Array.from({ length: 1000 }, (_, index) => `${index} as c${index}`).join();
    for (let round = 0; round < 20; round++) {
      expect(Object.keys(attached(wide)[0] as object).length).toBe(1000);
      expect(attached("'x' as c0")).toEqual([{ c0: 'x' }, [['x']], ['c0']]);
    }
  });

  test('names of columns that a pragma changes', () => {
    const db = new Database();
    db.run('create table t(a); insert into t values (1)');
    const keys = () => {
      const statement = db.prepare('select t.a from t');
      const names = Object.keys(statement.get() as object);
      statement.finalize();
      return names;
    };
    expect([keys(), keys()]).toEqual([['a'], ['a']]);
    db.run('pragma short_column_names = 0; pragma full_column_names = 1');
    expect([keys(), keys()]).toEqual([['t.a'], ['t.a']]);
  });
});

describe('serialize', () => {
  const make = () => {
    const db = new Database();
    db.run('create table t(a); insert into t values (1), (2)');
    return db;
  };

  test('there and back', () => {
    const bytes = make().serialize();
    expect(bytes).toBeInstanceOf(Buffer);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    for (const copy of [
      Database.deserialize(bytes),
      new Database(bytes as any),
      Database.deserialize(new Uint8Array(bytes).buffer),
    ]) {
      expect(copy.filename).toBe(':memory:');
      expect(copy.query('select a from t').values()).toEqual([[1], [2]]);
      copy.run('insert into t values (?)', ['x'.repeat(100_000)]);
    }
  });

  test('options', () => {
    const bytes = make().serialize();
    for (const options of [true, { readonly: true }]) {
      const db = Database.deserialize(bytes, options as any);
      expect(thrown(() => db.run('insert into t values (3)'))?.code).toBe('SQLITE_READONLY');
    }
    expect(Database.deserialize(bytes, { safeIntegers: true }).query('select a from t').get()).toEqual({ a: 1n });
    expect(() => Database.deserialize(bytes, { strict: true }).query('select $b').get({})).toThrow(
      'Missing parameter "b"',
    );
  });

  test.each(['x\0', '\0main', 'main\0'])('%j is no name', (name) => {
    using db = new Database();
    expect(thrown(() => db.serialize(name))).toEqual({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_VALUE',
      message: `The argument 'name' must be a string without null bytes. Received '${name.replace('\0', '\\x00')}'`,
      errno: undefined,
    });
  });

  test('what is no database', () => {
    expect(() => Database.deserialize(undefined as any)).toThrow(
      "Expected 'serialized' to be a TypedArray or ArrayBuffer, got 'undefined'",
    );
    expect(() => Database.deserialize(new Uint8Array(0))).toThrow('ArrayBuffer must not be empty');
    expect(
      thrown(() => Database.deserialize(new Uint8Array(5000)).query('select * from sqlite_master').all())?.code,
    ).toBe('SQLITE_NOTADB');
    expect(() => make().serialize('nope')).toThrow('Out of memory');
  });
});

describe('closing', () => {
  test('close() finalizes cached statements; prepared ones go on', () => {
    const db = new Database();
    const cached = db.query('select 1 as a');
    const prepared = db.prepare('select 2 as a');
    db.close();
    expect(() => cached.get()).toThrow('Database has closed');
    expect(cached.isFinalized).toBe(true);
    expect(cached.toString()).toBe('');
    cached.finalize();
    expect(prepared.get()).toEqual({ a: 2 });
    for (const body of [() => db.query('select 1'), () => db.prepare('select 1'), () => db.transaction(() => 1)]) {
      expect(thrown(body)).toEqual({
        name: 'RangeError',
        message: 'Cannot use a closed database',
        code: undefined,
        errno: undefined,
      });
    }
    expect(() => db.run('select 1')).toThrow('Database has closed');
    expect(() => db.inTransaction).toThrow('Database has closed');
    expect(() => db.serialize()).toThrow("Can't do this on a closed database");
    db.close();
    expect(prepared.get()).toEqual({ a: 2 });
    db.close(true);
    expect(() => prepared.get()).toThrow('Database has closed');
  });

  test('close(true) ends everything, in the middle of an iteration, too', () => {
    const db = new Database();
    const rows = db.prepare('select 1 as a union select 2').iterate();
    expect(rows.next().value).toEqual({ a: 1 });
    db.close(true);
    expect(() => rows.next()).toThrow('Database has closed');
    db[Symbol.dispose]();
  });

  test('an evicted statement of query() belongs to the database, too', () => {
    const db = new Database();
    const first = db.query('select 1 as a');
    for (let i = 0; i < 30; i++) db.query(`select ${i} as b`);
    expect(first.get()).toEqual({ a: 1 });
    expect(db.query('select 1 as a')).not.toBe(first);
    db.close();
    expect(() => first.get()).toThrow('Database has closed');
  });
});

describe('closing a database in WAL mode', () => {
  /** A new database with a row that is in the WAL only. */
  function inWal(name: string) {
    const db = new Database(file(name));
    db.run('pragma journal_mode = wal');
    db.run('create table t(a)');
    db.run('insert into t values(1)');
    return db;
  }
  const filesOf = (name: string) => fs.readdirSync(folder).filter((entry) => entry.startsWith(name));

  /** What a copy of the database file alone has. */
  function rowsInCopy(name: string) {
    fs.copyFileSync(file(name), file(`copy-${name}`));
    using copy = new Database(file(`copy-${name}`));
    return copy.query('select a from t order by a').values();
  }

  test('live statements of query() do not keep the files', () => {
    const db = inWal('cached');
    const insert = db.query('insert into t values(?)');
    insert.run(2);
    const rows = db.query('select a from t').iterate();
    rows.next();
    const finalized = db.prepare('select 1');
    finalized.finalize();
    expect(filesOf('cached').sort()).toEqual(['cached', 'cached-shm', 'cached-wal']);
    db.close();
    expect(filesOf('cached')).toEqual(['cached']);
    expect(rowsInCopy('cached')).toEqual([[1], [2]]);
    expect(() => insert.run(3)).toThrow('Database has closed');
    expect(() => rows.next()).toThrow('Database has closed');
    expect(() => finalized.get()).toThrow('Statement has finalized');
  });

  test('close(true): nor do those of prepare()', () => {
    const db = inWal('forced');
    const prepared = db.prepare('insert into t values(?)');
    prepared.run(2);
    db.close(true);
    expect(filesOf('forced')).toEqual(['forced']);
    expect(rowsInCopy('forced')).toEqual([[1], [2]]);
    expect(() => prepared.run(3)).toThrow('Database has closed');
  });

  test('close(): those of prepare() go on, and the last one closes', () => {
    const db = inWal('prepared');
    const insert = db.prepare('insert into t values(?)');
    const select = db.prepare('select count(*) from t');
    insert.run(2);
    db.close();
    // Bun leaves the WAL as it is.
    if (isDxCompat) expect(rowsInCopy('prepared')).toEqual([[1], [2]]);
    insert.run(3);
    expect(select.values()).toEqual([[3]]);
    insert.finalize();
    expect(select.values()).toEqual([[3]]);
    expect(filesOf('prepared').sort()).toEqual(['prepared', 'prepared-shm', 'prepared-wal']);
    select.finalize();
    expect(filesOf('prepared')).toEqual(['prepared']);
    expect(rowsInCopy('prepared')).toEqual([[1], [2], [3]]);
    for (const statement of [insert, select]) expect(() => statement.get()).toThrow('Statement has finalized');
    db.close(true);
  });

  test('close() in the middle of an iteration', () => {
    const db = inWal('iterated');
    const rows = db.prepare('select 1 as a union select 2').iterate();
    expect(rows.next().value).toEqual({ a: 1 });
    db.close();
    if (isDxCompat) expect(rowsInCopy('iterated')).toEqual([[1]]);
    expect(rows.next().value).toEqual({ a: 2 });
    expect(rows.next().done).toBe(true);
    db.close(true);
    expect(filesOf('iterated')).toEqual(['iterated']);
  });

  test('close() does not commit', () => {
    const db = inWal('transaction');
    const insert = db.prepare('insert into t values(?)');
    db.run('begin');
    insert.run(2);
    db.close();
    if (isDxCompat) expect(rowsInCopy('transaction')).toEqual([[1]]);
    insert.finalize();
    expect(filesOf('transaction')).toEqual(['transaction']);
    expect(rowsInCopy('transaction')).toEqual([[1]]);
  });

  test.each([false, true])('by a getter of the values: close(%p)', (throwOnError) => {
    const db = inWal(`getter-${throwOnError}`);
    const values: any = {
      get $a() {
        db.close(throwOnError);
        return 2;
      },
    };
    const sql = 'insert into t values($a); insert into t values(3)';
    expect(() => db.run(sql, values)).toThrow('Database has closed');
    expect(filesOf(`getter-${throwOnError}`)).toEqual([`getter-${throwOnError}`]);
  });
});

describe('query cache', () => {
  test('the same SQL, the same statement, least recently used go first', () => {
    using db = new Database();
    const first = db.query('select 100');
    expect(db.prepare('select 100')).not.toBe(first);
    for (let i = 0; i < 19; i++) db.query(`select 1${i}`);
    expect(db.query('select 100')).toBe(first);
    for (let i = 0; i < 20; i++) db.query(`select 2${i}`);
    expect(db.query('select 100')).not.toBe(first);
  });

  test('a finalized statement leaves it, and clearQueryCache finalizes', () => {
    using db = new Database();
    const first = db.query('select 1');
    first.finalize();
    const second = db.query('select 1');
    expect(second).not.toBe(first);
    db.clearQueryCache();
    expect(second.isFinalized).toBe(true);
  });

  test('text above 64 KB is not kept', () => {
    using db = new Database();
    const at = (length: number) => 'select 1 --'.padEnd(length, 'x');
    expect(db.query(at(65536))).toBe(db.query(at(65536)));
    expect(db.query(at(65537))).not.toBe(db.query(at(65537)));
  });

  test('what is no SQL', () => {
    using db = new Database();
    expect(() => db.query(5 as any)).toThrow("Expected 'query' to be a string, got 'number'");
    expect(() => db.query('')).toThrow('SQL query cannot be empty.');
    expect(() => db.prepare({} as any)).toThrow('Expected SQL string');
    for (const sql of ['', '-- nothing', ';']) expect(thrown(() => db.prepare(sql))?.name).toBe('RangeError');
  });
});

describe('run', () => {
  test('several statements; the first gets the values', () => {
    using db = new Database();
    expect(db.run('create table t(a); insert into t values (1); insert into t values (2), (3);')).toEqual({
      changes: 3,
      lastInsertRowid: 3,
    });
    expect(db.run('insert into t values (?); insert into t values (?)', [9])).toEqual({
      changes: 2,
      lastInsertRowid: 5,
    });
    expect(db.query('select a from t').values()).toEqual([[1], [2], [3], [9], [null]]);
    expect(db.exec('delete from t')).toEqual({ changes: 5, lastInsertRowid: 5 });
  });

  test('statements before the failing one have run; the offset counts from the start', () => {
    using db = new Database();
    db.run('create table t(a)');
    let error: any;
    try {
      db.run('insert into t values (1); insrt x');
    } catch (caught) {
      error = caught;
    }
    expect([error.code, error.byteOffset, error.message]).toEqual(['SQLITE_ERROR', 26, 'near "insrt": syntax error']);
    expect(db.query('select count(*) as n from t').get()).toEqual({ n: 1 });
  });

  test('nothing to run', () => {
    using db = new Database();
    expect(() => db.run('')).toThrow("SQL string mustn't be blank");
    expect(() => db.run('-- hi')).toThrow('Query contained no valid SQL statement; likely empty query.');
    expect(() => db.run(undefined as any)).toThrow('Expected SQL string');
    expect(() => db.run('select ?', 1 as any, 2 as any)).toThrow('SQLite query expected 1 values, received 2');
  });

  test("changes: the statement's own rows", () => {
    using db = new Database();
    db.run(
      'create table a(x); create table b(x); create trigger t after insert on a begin insert into b values (1), (2); end',
    );
    expect(db.run('insert into a values (1)').changes).toBe(1);
    expect(db.run('select 1').changes).toBe(0);
    expect(db.run('create table c(x)').changes).toBe(0);
    expect(db.prepare('insert into a values (1), (2) returning x').run()).toEqual({ changes: 2, lastInsertRowid: 3 });
    using big = new Database(':memory:', { safeIntegers: true });
    big.run('create table a(x)');
    expect(big.run('insert into a values (1)')).toEqual({ changes: 1, lastInsertRowid: 1n });
  });
});

describe('fileControl, loadExtension, setCustomSQLite', () => {
  test('fileControl', () => {
    using db = new Database(file('control'));
    db.run('create table t(a)');
    const flag = new Int32Array([1, 0]);
    expect(db.fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, flag)).toBe(0);
    flag[0] = -1;
    expect(db.fileControl('main', constants.SQLITE_FCNTL_PERSIST_WAL, flag)).toBe(0);
    expect(flag[0]).toBe(1);
    expect(db.fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, 0)).toBe(0);
    expect(db.fileControl(99999)).toBe(12);
    expect(() => (db as any).fileControl()).toThrow('Expected number');
    expect(() => db.fileControl(10, new Int8Array(3))).toThrow('TypedArray must be at least 8 bytes');
    expect(() => db.fileControl(10, 'x' as any)).toThrow('Expected result to be a number, null or a TypedArray');
    expect(thrown(() => db.fileControl('nope', 10, 0))).toEqual({
      name: 'SQLiteError',
      code: undefined,
      message: 'not an error',
      errno: 0,
    });
  });

  test('loadExtension', () => {
    using db = new Database();
    expect(() => db.query("select load_extension('nope')").get()).toThrow('not authorized');
    expect(() => db.loadExtension('no-such-extension')).toThrow('no-such-extension');
    expect(() => db.loadExtension(5 as any)).toThrow('Expected string');
    expect(() => db.query("select load_extension('nope')").get()).toThrow('not authorized');
  });

  test.skipIf(process.platform === 'darwin')('setCustomSQLite', () => {
    expect(Database.setCustomSQLite('/no/such/library')).toBe(false);
    expect(() => (Database as any).setCustomSQLite()).toThrow('Expected SQLite path');
  });
});

test('the shape of the module', () => {
  const db: any = new Database();
  expect(Object.keys(db)).toEqual(['filename']);
  expect(db[Symbol.for('sqlite-type')]).toBe('bun:sqlite');
  expect(db.handle).not.toBe(new Database().handle);
  expect(() => new (SQLiteError as any)('x')).toThrow('SQLiteError can only be constructed by bun:sqlite');
  expect(constants.SQLITE_OPEN_READONLY).toBe(1);
  expect(Object.keys(constants).length).toBe(67);
});
