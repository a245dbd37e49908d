// Arguments, names and objects that are easy to overlook.
import { afterAll, describe, expect, test } from 'bun:test';
import { Database, SQLiteError, Statement, constants } from 'bun:sqlite';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-surface-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const any = (value: unknown): any => value;

describe('new Database', () => {
  const bytes = (() => {
    using db = new Database();
    db.run('create table t(a); insert into t values (5)');
    return db.serialize();
  })();

  test('takes the bytes of a view, not a buffer', () => {
    const buffer = new Uint8Array(bytes).buffer;
    for (const view of [new Uint8Array(buffer), new Float64Array(buffer), new DataView(buffer)])
      expect(new Database(any(view)).query('select a from t').values()).toEqual([[5]]);
    for (const wrong of [buffer, new ArrayBuffer(0), new SharedArrayBuffer(64)])
      expect(() => new Database(any(wrong))).toThrow(new TypeError("Expected 'filename' to be a string, got 'object'"));
    expect(() => new Database(any(new Uint8Array(0)))).toThrow('ArrayBuffer must not be empty');
    expect(Database.deserialize(buffer).query('select a from t').values()).toEqual([[5]]);
  });

  test('an anonymous database cannot be read-only, whatever the other flags', () => {
    for (const name of ['', ':memory:'])
      for (const flags of [1, 3, 5, 7, -1, 0x41])
        expect(() => new Database(name, flags)).toThrow('Cannot open an anonymous database in read-only mode.');
  });

  test('deserialize is read-only for true, or by option', () => {
    const writes = (options: unknown) => {
      try {
        return Database.deserialize(bytes, any(options)).run('insert into t values (1)').changes === 1;
      } catch (error: any) {
        return error.code;
      }
    };
    for (const options of [undefined, null, false, 0, 1, 'x', 1n, () => {}, [], {}, { readonly: 0 }])
      expect(writes(options)).toBe(true);
    for (const options of [true, { readonly: true }, { readonly: 'no' }])
      expect(writes(options)).toBe('SQLITE_READONLY');
  });

  test('serialize', () => {
    using db = new Database();
    db.run("create table t(a); attach ':memory:' as other; create table other.t(a, b)");
    for (const name of [undefined, null, '', 0, false, 'main', ['main']])
      expect(db.serialize(any(name)).length).toBe(8192);
    expect(db.serialize('other').includes('t(a, b)')).toBe(true);
    expect(() => db.serialize(any([]))).toThrow('Expected attached database name');
    expect(() => db.serialize(any(Symbol('main')))).toThrow(TypeError);
    expect(() => db.serialize('nope')).toThrow('Out of memory');
  });
});

describe('values that do not fit', () => {
  test('run refuses values for a statement without parameters, before it runs', () => {
    using db = new Database();
    db.run('create table t(a)');
    for (const given of [5, null, undefined, 'x', 1n, new Uint8Array(3), new Date(), Symbol('x'), () => {}])
      expect(() => db.run('insert into t values (7)', any(given))).toThrow(
        'SQLite query expected 0 values, received 1',
      );
    expect(() => db.run('insert into t values (7); select ?', any([1, 2]))).toThrow('expected 0 values, received 2');
    expect(db.query('select * from t').all()).toEqual([]);
    for (const given of [[], {}, { a: 1 }]) expect(db.run('insert into t values (7)', any(given)).changes).toBe(1);
  });

  test('their number counts before their kind', () => {
    using db = new Database();
    const statement: any = db.prepare('select ? as a, ? as b');
    for (const wrong of [new Date(), new Map(), Symbol('x'), /x/, new String('x'), Promise.resolve()]) {
      expect(() => statement.get(wrong)).toThrow(new Error('SQLite query expected 2 values, received 1'));
      expect(() => statement.get(wrong, 1)).toThrow(TypeError);
      expect(() => statement.get([wrong])).toThrow('SQLite query expected 2 values, received 1');
      expect(() => statement.get([1, wrong])).toThrow(TypeError);
    }
  });
});

describe('names', () => {
  test('lengths of functions', () => {
    const lengths = (object: any, names: string[]) => names.map((name) => object[name].length);
    expect(lengths(Database, ['open', 'deserialize', 'setCustomSQLite'])).toEqual([2, 1, 1]);
    expect(lengths(Database.prototype, ['prepare', 'query', 'run', 'exec', 'serialize', 'close'])).toEqual([
      2, 1, 1, 1, 1, 0,
    ]);
    expect(
      lengths(Database.prototype, ['function', 'aggregate', 'transaction', 'loadExtension', 'fileControl']),
    ).toEqual([3, 2, 2, 2, 3]);
  });

  test('own names of the classes', () => {
    const own = (value: any) => Object.getOwnPropertyNames(value).sort();
    expect(own(Statement)).toEqual(['length', 'name', 'prototype']);
    expect([Statement.length, Database.length, SQLiteError.length]).toEqual([1, 2, 0]);
  });

  test('an error is one by its name', () => {
    expect(Object.assign(new Error('from another thread'), { name: 'SQLiteError' }) instanceof SQLiteError).toBe(true);
    for (const value of [null, undefined, 5, new Error('x')] as any[]) expect(value instanceof SQLiteError).toBe(false);
  });

  test('how many statements are cached', () => {
    using db: any = new Database();
    const count = Symbol.for('Bun.Database.cache.count');
    expect(db[count]).toBe(0);
    db.query('select 1');
    db.query('select 1');
    db.query('select 2');
    db.prepare('select 3');
    expect(db[count]).toBe(2);
    db.clearQueryCache();
    expect(db[count]).toBe(0);
  });

  test('native', () => {
    using db = new Database();
    const statement = db.prepare('select ? as a, 2 as b');
    const { native } = statement;
    expect(statement.native).toBe(native);
    expect([native.columns, native.columnsCount, native.paramsCount]).toEqual([['a', 'b'], 2, 1]);
    expect([native.columnTypes, native.declaredTypes]).toEqual([
      ['NULL', 'INTEGER'],
      [null, null],
    ]);
    expect([native.readonly, native.isFinalized, native.safeIntegers]).toEqual([true, false, false]);
    expect(native.toString()).toBe('select NULL as a, 2 as b');
    expect(Object.prototype.toString.call(native)).toBe('[object Object]');
    native.finalize();
    expect([statement.isFinalized, native.isFinalized]).toEqual([true, true]);
  });

  test('the module', () => {
    expect(Object.keys(require('bun:sqlite')).sort()).toEqual([
      'Database',
      'SQLiteError',
      'Statement',
      '__esModule',
      'constants',
      'default',
    ]);
    expect(require('bun:sqlite').default).toBe(Database);
    expect(new Database().prepare('select 1')).toBeInstanceOf(Statement);
    expect(Object.isFrozen(constants)).toBe(false);
  });
});

test('the errors of SQLite own what they tell', () => {
  using db = new Database();
  const caught = (() => {
    try {
      db.run('select ü, ) x');
    } catch (error) {
      return error as any;
    }
  })();
  expect(caught).toBeInstanceOf(SQLiteError);
  expect(caught).toBeInstanceOf(Error);
  expect(Object.keys(caught).filter((key) => !/line|column|sourceURL/i.test(key))).toEqual([
    'code',
    'errno',
    'byteOffset',
  ]);
  expect(Object.getOwnPropertyDescriptor(caught, 'name')).toEqual({
    value: 'SQLiteError',
    writable: true,
    enumerable: false,
    configurable: true,
  });
  expect([caught.code, caught.errno, caught.byteOffset, caught.name]).toEqual(['SQLITE_ERROR', 1, 11, 'SQLiteError']);
});

const compiler = ['cc', 'gcc', 'clang'].find((name) => Bun.which(name));

// Needs a C compiler; on macOS real Bun uses Apple's SQLite, which loads no extensions.
describe.skipIf(!compiler || process.platform !== 'linux')('a real extension', () => {
  const headers = path.join(path.dirname(require.resolve('better-sqlite3/package.json')), 'deps', 'sqlite3');
  const library = path.join(folder, 'answer.so');
  const source = `
    #include "sqlite3ext.h"
    SQLITE_EXTENSION_INIT1
    static void answer(sqlite3_context *context, int count, sqlite3_value **values) {
      sqlite3_result_int64(context, count == 0 ? 42 : sqlite3_value_int64(values[0]) * 2);
    }
    int sqlite3_extension_init(sqlite3 *db, char **message, const sqlite3_api_routines *api) {
      SQLITE_EXTENSION_INIT2(api);
      return sqlite3_create_function(db, "answer", -1, SQLITE_UTF8, 0, answer, 0, 0);
    }
    int other_name(sqlite3 *db, char **message, const sqlite3_api_routines *api) {
      SQLITE_EXTENSION_INIT2(api);
      return sqlite3_create_function(db, "other", -1, SQLITE_UTF8, 0, answer, 0, 0);
    }
    int fails(sqlite3 *db, char **message, const sqlite3_api_routines *api) {
      SQLITE_EXTENSION_INIT2(api);
      *message = sqlite3_mprintf("not today");
      return SQLITE_ERROR;
    }
  `;
  const build = () => {
    if (fs.existsSync(library)) return library;
    fs.writeFileSync(path.join(folder, 'answer.c'), source);
    execFileSync(compiler!, ['-shared', '-fPIC', `-I${headers}`, '-o', library, path.join(folder, 'answer.c')]);
    return library;
  };

  test('loads, with and without the name of its entry', () => {
    using db = new Database();
    expect(db.loadExtension(build())).toBeUndefined();
    expect(db.query('select answer() as a, answer(21) as b').get()).toEqual({ a: 42, b: 42 });
    db.loadExtension(build().replace(/\.so$/, ''), 'other_name');
    expect(db.query('select other(4)').values()).toEqual([[8]]);
    // It belongs to one connection, and SQL cannot load another one.
    expect(() => new Database().query('select answer()')).toThrow('no such function: answer');
    expect(() => db.run(`select load_extension('${library}')`)).toThrow('not authorized');
  }, 30_000);

  test('what does not load', () => {
    using db = new Database();
    expect(() => db.loadExtension(build(), 'fails')).toThrow('not today');
    expect(() => db.loadExtension(build(), 'no_such_entry')).toThrow('no_such_entry');
    expect(() => db.loadExtension(path.join(folder, 'answer.c'))).toThrow();
    expect(db.query('select 1 as a').get()).toEqual({ a: 1 });
    db.close();
    expect(() => db.loadExtension(library)).toThrow("Can't do this on a closed database");
  });
});
