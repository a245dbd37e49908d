import { describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { execFileSync } from 'node:child_process';

const busy = 'This database connection is busy executing a query';

describe('function', () => {
  test('values in and out', () => {
    const db = new Database();
    const got: unknown[] = [];
    expect(db.function('take', (a, b, c, d, e, f) => void got.push(a, b, c, d, e, f))).toBe(db);
    expect(db.query("select take(1, 1.5, 'é', x'01', null, 9007199254740993) as r").get()).toEqual({ r: null });
    expect(got).toEqual([1, 1.5, 'é', new Uint8Array([1]), null, 9007199254740992]);
    for (const [value, back, type] of [
      [undefined, null, 'null'],
      [true, 1, 'integer'],
      [-0, -0, 'real'],
      [NaN, null, 'null'],
      [2 ** 31, 2 ** 31, 'integer'],
      [2 ** 53, 2 ** 53, 'real'],
      [2n ** 64n - 1n, -1, 'integer'],
      ['h', 'h', 'text'],
      [new ArrayBuffer(2), new Uint8Array(2), 'blob'],
      [new DataView(new ArrayBuffer(1)), new Uint8Array(1), 'blob'],
    ] as any[]) {
      db.function('give', () => value);
      expect(db.query('select give() as v, typeof(give()) as t').get()).toEqual({ v: back, t: type });
    }
    for (const value of [{}, [1], new Date(), () => {}, Symbol('x'), Promise.resolve(1)] as any[]) {
      db.function('give', () => value);
      expect(() => db.query('select give()').get()).toThrow(
        new TypeError('User-defined function give() returned an invalid value'),
      );
    }
  });

  test('options', () => {
    const db = new Database();
    db.function('count_args', { varargs: true }, (...args) => args.length);
    expect(db.query('select count_args() a, count_args(1, 2) b').get()).toEqual({ a: 0, b: 2 });
    db.function('det', { deterministic: true }, (a) => a * 2);
    db.run('create table d(a, b generated always as (det(a)))');
    db.run('insert into d(a) values (4)');
    expect(db.query('select * from d').get()).toEqual({ a: 4, b: 8 });
    db.function('plain', (a) => a);
    expect(() => db.run('create table e(a, b generated always as (plain(a)))')).toThrow(
      'non-deterministic functions prohibited in generated columns',
    );
    db.function('direct', { directOnly: true }, () => 1);
    db.run('create view v as select direct()');
    expect(() => db.query('select * from v').get()).toThrow('unsafe use of direct()');
    db.function('big', { safeIntegers: true }, (a) => (typeof a === 'bigint' ? 2n ** 64n : 0));
    expect(() => db.query('select big(1)').get()).toThrow(RangeError);
    expect(() => db.function('x', { varargs: 1 } as any, () => 1)).toThrow(
      'Expected the "varargs" option to be a boolean',
    );
  });

  test('what is thrown ends the query', () => {
    const db = new Database();
    for (const thing of [new RangeError('no'), 5, undefined]) {
      db.function('fail', () => {
        throw thing;
      });
      for (const use of [
        () => db.query('select fail()').all(),
        () => db.run('select fail()'),
        () => db.prepare('select 1 where fail()').get(),
      ]) {
        let caught: unknown = 'nothing';
        try {
          use();
        } catch (error) {
          caught = error;
        }
        expect(caught).toBe(thing);
      }
    }
    expect(db.query('select 1 as a').get()).toEqual({ a: 1 });
  });

  test('its database is busy; another one is not', () => {
    const db = new Database();
    const other = new Database();
    const s = db.prepare('select 1');
    const messages: unknown[] = [];
    db.function('reenter', () => {
      for (const use of [
        () => db.query('select 1'),
        () => db.run('select 1'),
        () => db.run('select ?', [1]),
        () => db.close(),
        () => db.close(true),
        () => s.get(),
        () => s.finalize(),
        () => s.columnNames,
        () => db.inTransaction,
        () => db.function('q', () => 1),
        () => s.iterate().next(),
        () => db.transaction(() => 1),
        () => db.serialize(),
        () => s.as(Map),
        () => s.safeIntegers(),
        () => (db.onInsert = null),
        () => db.handle,
        () => s.get(Symbol() as any),
      ]) {
        try {
          use();
          messages.push(String(use));
        } catch (error: any) {
          messages.push(error.message);
        }
      }
      return (other.query("select 'other' || ? as a").get('é'.repeat(50)) as any).a + s.toString();
    });
    const rows = db
      .query("with c(i) as (values (1), (2), (3)) select i, 'text' || i as t, reenter() as r from c")
      .all();
    expect(rows).toEqual([1, 2, 3].map((i) => ({ i, t: `text${i}`, r: `other${'é'.repeat(50)}select 1` })));
    expect(new Set(messages)).toEqual(new Set([busy]));
  });

  test('its own statement cannot be run by it', () => {
    const db = new Database();
    let s: any;
    db.function('again', () => s.get());
    s = db.prepare('select again()');
    expect(() => s.get()).toThrow(busy);
    db.function('again', () => 'ok');
    expect(s.get()).toEqual({ 'again()': 'ok' });
  });

  test('definitions that are none', () => {
    const db: any = new Database();
    expect(() => db.function()).toThrow('Expected first argument to be a string');
    expect(() => db.function('x', 5)).toThrow('Expected last argument to be a function');
    expect(() => db.function('x', 5, () => 1)).toThrow('Expected second argument to be an options object');
    expect(() => db.function('', () => 1)).toThrow('User-defined function name cannot be an empty string');
    expect(() => db.function('x'.repeat(256), () => 1)).toThrow('bad parameter or other API misuse');
    expect(() => db.query('select nope(1)').get()).toThrow('no such function: nope');
  });
});

test('a running statement as its own function sees it', () => {
  const db = new Database();
  const seen: unknown[] = [];
  db.function('look', () => {
    seen.push(statement.isFinalized, statement.toString(), Object.prototype.toString.call(statement));
    return 1;
  });
  const statement = db.query('select look() as v, 7');
  expect(statement.get()).toEqual({ v: 1, 7: 7 } as any);
  expect(seen).toEqual([false, 'select look() as v, 7', '[object "select look() as v, 7"]']);
  db.function('clear', () => db.clearQueryCache());
  expect(() => db.prepare('select clear()').get()).toThrow('busy');
});

describe('aggregate', () => {
  const of = (db: Database, call: string) =>
    (db.query(`select ${call} as v from (select 1 as x union all select 5 union all select null)`).get() as any).v;

  test('groups, start, result', () => {
    const db = new Database();
    db.aggregate('add_all', { start: 0, step: (total, value) => total + value });
    expect(of(db, 'add_all(x)')).toBe(6);
    expect(db.query('select add_all(x) as v from (select 1 as x where 0)').get()).toEqual({ v: 0 });
    expect(
      db
        .query(
          'select x % 2 as g, add_all(x) as s from (select 1 as x union all select 2 union all select 3) group by 1',
        )
        .all(),
    ).toEqual([
      { g: 0, s: 2 },
      { g: 1, s: 4 },
    ]);
    db.aggregate('list', {
      start: () => [] as unknown[],
      step: (items, value) => void items.push(value),
      result: (items) => items.join('+'),
    });
    expect(of(db, 'list(x)')).toBe('1+5+');
    expect(of(db, "list(x) || '/' || list(x * 2)")).toBe('1+5+/2+10+');
  });

  test('window functions', () => {
    const db = new Database();
    const shape = {
      start: () => [] as unknown[],
      step: (items: unknown[], value: unknown) => void items.push(value),
      result: (items: unknown[]) => items.join('+'),
    };
    const sql =
      'select list(x) over (rows 1 preceding) as v from (select 1 as x union all select 2 union all select 3)';
    db.aggregate('list', shape);
    expect(() => db.query(sql).all()).toThrow('list() may not be used as a window function');
    db.aggregate('list', { ...shape, inverse: (items) => void items.shift() });
    expect(db.query(sql).values()).toEqual([['1'], ['1+2'], ['2+3']]);
  });

  test('a window asks for a result once for each row, and for none when it is left', () => {
    const db = new Database();
    db.run('create table t(x); insert into t values (1), (2), (3)');
    let results = 0;
    let fails = false;
    db.aggregate('total', {
      start: 0,
      step: (sum: number, x: number) => sum + x,
      inverse: (sum: number, x: number) => sum - x,
      result: (sum) => {
        results++;
        if (fails) throw new Error('from result');
        return sum;
      },
    });
    const counted = (body: () => unknown) => {
      results = 0;
      return [body(), results];
    };
    const sql = 'select total(x) over (rows 1 preceding) as v from t';
    expect(counted(() => db.query(sql).values().flat())).toEqual([[1, 3, 5], 3]);
    const parts = 'select total(x) over (partition by x) as v from t';
    expect(counted(() => db.query(parts).values().flat())).toEqual([[1, 2, 3], 3]);
    expect(counted(() => db.query(sql).get())).toEqual([{ v: 1 }, 1]);
    for (const _ of db.query(sql)) {
      fails = true;
      break;
    }
    const left = db.prepare(sql);
    fails = false;
    left.iterate().next();
    fails = true;
    left.finalize();
    const other = new Database();
    expect(() => other.run('insert into nowhere values (1)')).toThrow('no such table: nowhere');
    other.function('f', () => 1);
    expect(other.query('select f() as v').get()).toEqual({ v: 1 });
    expect(() => db.query(sql).all()).toThrow('from result');
  });

  test('a start that throws is not called again', () => {
    const db = new Database();
    let starts = 0;
    db.aggregate('never', {
      start: () => {
        throw new Error(`start ${++starts}`);
      },
      step: (_total, _x) => 1,
    });
    expect(() => of(db, 'never(x)')).toThrow('start 1');
    expect(starts).toBe(1);
  });

  test('each part can throw', () => {
    const db = new Database();
    const step = () => 1;
    for (const [options, message] of [
      [
        {
          start: () => {
            throw new Error('start');
          },
          step,
        },
        'start',
      ],
      [
        {
          step: () => {
            throw new Error('step');
          },
        },
        'step',
      ],
      [
        {
          step,
          result: () => {
            throw new Error('result');
          },
        },
        'result',
      ],
      [{ start: () => ({}), step: () => {} }, 'User-defined function bad() returned an invalid value'],
    ] as any[]) {
      db.aggregate('bad', { ...options });
      expect(() => of(db, 'bad()')).toThrow(message);
    }
    expect(() => db.aggregate('x', {} as any)).toThrow('Missing required option "step"');
    expect(() => db.aggregate('x', { step: 5 } as any)).toThrow('Expected the "step" option to be a function');
    expect(() => db.aggregate('x', null as any)).toThrow('Expected second argument to be an options object');
  });
});

describe('hooks', () => {
  test('insert, update, delete', () => {
    const db = new Database();
    const log: unknown[] = [];
    db.run('create table t(id integer primary key, a)');
    db.onInsert = function (this: any, database, ...rest) {
      log.push('insert', this === db, database === db, ...rest);
    };
    db.onUpdate = (_, ...rest) => void log.push('update', ...rest);
    db.onDelete = (_, ...rest) => void log.push('delete', ...rest);
    db.run('insert into t(a) values (1), (2)');
    db.run('update t set a = 5, id = id + 10 where id = 1');
    db.run('delete from t where id = 2');
    expect(log).toEqual([
      'insert',
      true,
      true,
      't',
      1,
      'main',
      'insert',
      true,
      true,
      't',
      2,
      'main',
      'update',
      't',
      11,
      'main',
      'delete',
      't',
      2,
      'main',
    ]);
    db.onInsert = null;
    db.onUpdate = undefined;
    expect([db.onInsert, db.onUpdate, typeof db.onDelete]).toEqual([null, null, 'function']);
    log.length = 0;
    db.run('insert into t(a) values (9); update t set a = 1');
    expect(log).toEqual([]);
    expect(() => (db.onInsert = 5 as any)).toThrow('Expected a function or null');
  });

  test('bigint rowids, schemas, a busy database', () => {
    const db = new Database(':memory:', { safeIntegers: true });
    const log: unknown[] = [];
    db.run("attach ':memory:' as other; create table other.t(a); create temp table u(a)");
    db.onInsert = (_, table, rowid, schema) => {
      log.push(table, rowid, schema);
      expect(() => db.query('select 1').get()).toThrow(busy);
    };
    db.run('insert into t values (1); insert into u values (1)');
    expect(log).toEqual(['t', 1n, 'other', 'u', 1n, 'temp']);
  });

  test('it cannot stop the statement: what it throws is an uncaught exception', () => {
    const output = execFileSync(
      process.execPath,
      [
        '-e',
        `
      const { Database } = require('bun:sqlite');
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      const db = new Database();
      db.run('create table t(a)');
      db.onInsert = () => { throw new Error('hook'); };
      console.log(db.run('insert into t values (1), (2)').changes);
    `,
      ],
      { encoding: 'utf8' },
    );
    expect(output.trim().split('\n').sort()).toEqual(['2', 'uncaught hook', 'uncaught hook']);
  });
});
