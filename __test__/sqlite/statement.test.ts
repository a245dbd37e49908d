import { describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { isDeepStrictEqual } from 'node:util';

function people() {
  const db = new Database();
  db.run('create table u(id integer primary key, name text, w real, b blob, x)');
  db.run("insert into u values (1, 'a', 1.5, x'0102', null), (2, 'bé', 2, null, 3)");
  return db;
}

describe('rows', () => {
  test('get, all, values, raw, iterate', () => {
    using db = people();
    const s = db.prepare('select id, name from u');
    expect(s.get()).toEqual({ id: 1, name: 'a' });
    expect(s.all()).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'bé' },
    ]);
    expect(s.values()).toEqual([
      [1, 'a'],
      [2, 'bé'],
    ]);
    expect([...s]).toEqual(s.all());
    expect(db.prepare('select id from u where 0').get()).toBeNull();
    expect(db.prepare("select 1, -1.5, 'é', x'00', null").raw()).toEqual([
      [
        new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]),
        new Uint8Array([0, 0, 0, 0, 0, 0, 248, 191]),
        new Uint8Array([195, 169]),
        new Uint8Array([0]),
        null,
      ],
    ]);
  });

  test('statements without columns', () => {
    using db = new Database();
    const s = db.prepare('create table if not exists t(a)');
    expect([s.get(), s.all(), s.values(), s.raw()]).toEqual([null, [], [], []]);
  });

  test('names that are easy to get wrong', () => {
    using db = new Database();
    expect(db.prepare('select 1 as a, 2 as a, 3 as b').all()).toEqual([{ a: 2, b: 3 }]);
    expect(db.prepare('select 1 as a, 2 as a').values()).toEqual([[1, 2]]);
    const s = db.prepare('select 1 as __proto__, 2 as "1", 3 as "", 4 as constructor, 5 as "0", 6 as "é\'\n\u2028"');
    for (let i = 0; i < 30; i++) {
      const row: any = s.get();
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      expect(Reflect.ownKeys(row)).toEqual(['0', '1', '__proto__', '', 'constructor', "é'\n\u2028"]);
      expect(row.constructor).toBe(4 as any);
    }
  });

  test('every mix of types down a column, before and after readers are made', () => {
    using db = new Database();
    db.run('create table m(a, b)');
    const rows: any[] = [
      [1, 'x'],
      [1.5, null],
      ['t', new Uint8Array([1])],
      [null, 5],
      [new Uint8Array(0), 1e10],
      [3000000000, 'é'],
      [-5, '😀'],
    ];
    const insert = db.prepare('insert into m values (?, ?)');
    for (const row of rows) insert.run(...row);
    const s = db.prepare('select * from m');
    for (let i = 0; i < 5; i++) {
      expect(s.values()).toEqual(rows);
      expect(s.all()).toEqual(rows.map(([a, b]) => ({ a, b })));
      expect([...s]).toEqual(rows.map(([a, b]) => ({ a, b })));
    }
    s.safeIntegers(true);
    const big = (v: any) => (Number.isInteger(v) ? BigInt(v) : v);
    expect(s.values()).toEqual(rows.map((row) => row.map(big)));
  });

  test('large results, large values', () => {
    using db = new Database();
    const s = db.prepare(`with recursive c(i) as (select 0 union all select i + 1 from c where i < 3000)
      select i, case i % 7 when 0 then null when 1 then i when 2 then i + 0.5 when 3 then 'text' || i when 4 then 'é😀' || i
      when 5 then zeroblob(i % 50) else i * 1000000000 end as v, case when i % 500 = 1 then replace(hex(zeroblob(4000)), '0', 'é') end as t,
      case when i % 400 = 1 then zeroblob(9000) end as b from c`);
    for (const rows of [s.values(), s.all().map((row: any) => Object.values(row))] as any[][]) {
      expect(rows.length).toBe(3001);
      rows.forEach(([i, v, t, b], n) => {
        if (i !== n) expect(i).toBe(n);
        const wanted = [null, n, n + 0.5, `text${n}`, `é😀${n}`, new Uint8Array(n % 50), n * 1000000000][n % 7];
        if (typeof wanted === 'object' ? !isDeepStrictEqual(v, wanted) : v !== wanted) expect(v).toEqual(wanted);
        if ((t?.length ?? -1) !== (n % 500 === 1 ? 8000 : -1)) expect(t).toBe(`wrong at ${n}`);
        if ((b?.length ?? -1) !== (n % 400 === 1 ? 9000 : -1)) expect(b).toBe(`wrong at ${n}`);
      });
    }
    const text = 'x'.repeat(1 << 20);
    expect(db.prepare('select ? as a').get(text)).toEqual({ a: text });
    const wide = db.query(`select ${Array.from({ length: 2000 }, (_, i) => `${i} as c${i}`).join(',')}`).get() as any;
    expect([Object.keys(wide).length, wide.c1999]).toEqual([2000, 1999]);
  });

  test('a blob has memory of its own', () => {
    using db = people();
    const { b } = db.query('select b from u').get() as any;
    expect([b.constructor, b.buffer.byteLength, b.byteOffset]).toEqual([Uint8Array, 2, 0]);
    expect(db.query("select x'' as b, '' as s").get()).toEqual({ b: new Uint8Array(0), s: '' });
  });

  test('numbers', () => {
    using db = new Database();
    const sql =
      'select 2147483647 a, 2147483648 b, -2147483649 c, 9007199254740993 d, 9223372036854775807 e, -0.0 f, 1e999 g';
    expect(db.query(sql).get()).toEqual({
      a: 2147483647,
      b: 2147483648,
      c: -2147483649,
      d: 9007199254740992,
      e: 9223372036854775807,
      f: -0,
      g: Infinity,
    } as any);
    expect(db.prepare(sql).safeIntegers(true).get()).toEqual({
      a: 2147483647n,
      b: 2147483648n,
      c: -2147483649n,
      d: 9007199254740993n,
      e: 9223372036854775807n,
      f: -0,
      g: Infinity,
    } as any);
  });

  test('ill-formed text, NUL in text', () => {
    using db = new Database();
    const row: any = db
      .query(
        "select cast(x'61ff62' as text) a, cast(x'eda080' as text) b, cast(x'e28241' as text) c, 'a' || char(0) || 'b' d, cast(x'efbbbf61' as text) e",
      )
      .get();
    expect(row).toEqual({ a: 'a\ufffdb', b: '\ufffd\ufffd\ufffd', c: '\ufffdA', d: 'a\0b', e: '\ufeffa' });
  });

  test('another encoding of the database', () => {
    using db = new Database();
    db.run("pragma encoding = 'utf-16'");
    db.run('create table t(a)');
    db.run('insert into t values (?), (?)', ['é😀', 'abc']);
    expect(db.query('select a from t').values()).toEqual([['é😀'], ['abc']]);
  });
});

describe('iterate', () => {
  test('steps when asked', () => {
    using db = new Database();
    db.run('create table q(a); insert into q values (1), (2)');
    const seen: number[] = [];
    for (const { a } of db.query('select a from q') as Iterable<any>) {
      seen.push(a);
      if (seen.length < 4) db.run('insert into q values (?)', [a + 2]);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test('the newest run owns the cursor', () => {
    using db = people();
    const s = db.prepare('select id from u');
    const first = s.iterate();
    expect(first.next().value).toEqual({ id: 1 });
    s.get();
    expect(() => first.next()).toThrow('This iterator was invalidated: its statement was run again.');
    const second = s.iterate();
    const third = s.iterate();
    expect([third.next().value, third.next().value]).toEqual([{ id: 1 }, { id: 2 }]);
    expect(second.next().value).toEqual({ id: 1 });
    expect(() => third.next()).toThrow('This iterator was invalidated');
  });

  test.each(['explain select 1', 'explain query plan select 1 union select 2'])(
    'SQLite counts no runs of %s: whole ones take the rows, others the cursor',
    (sql) => {
      using db = new Database();
      const after = (run: (statement: any) => unknown) => {
        const statement = db.prepare(sql);
        const rows = statement.iterate();
        rows.next();
        run(statement);
        try {
          return [1, 2].map(() => (rows.next().done ? 'done' : 'row'));
        } catch (error: any) {
          return error.message.slice(0, 29);
        }
      };
      const invalid = 'This iterator was invalidated';
      for (const method of ['all', 'values', 'raw', 'run'])
        expect(after((statement) => statement[method]())).toEqual(['done', 'done']);
      expect(after((statement) => [statement.all(), statement.all()])).toEqual(['done', 'done']);
      expect(after((statement) => statement.iterate().next())).toEqual(['row', 'row']);
      expect(after((statement) => statement.get())).toBe(invalid);
      expect(after((statement) => statement.columnTypes)).toBe(invalid);
      expect(after((statement) => [...statement])).toBe(invalid);
      expect(after((statement) => [statement.all(), statement.get()])).toBe(invalid);
      const left = (statement: any) => {
        for (const _ of statement) break;
      };
      expect(after(left)).toBe(invalid);
    },
  );

  test('leaving early gives the cursor back', () => {
    using db = people();
    const s = db.prepare('select id from u');
    for (const _ of s) break;
    db.run('drop table u');
    expect(() => s.all()).toThrow('no such table: u');
  });

  test('a finalized statement', () => {
    using db = people();
    const s = db.prepare('select id from u');
    const rows = s.iterate();
    rows.next();
    s.finalize();
    expect(() => rows.next()).toThrow('Statement has finalized');
  });
});

describe('as', () => {
  test('instances, without the constructor', () => {
    using db = people();
    class User {
      declare id: number;
      constructor() {
        throw new Error('not called');
      }
      get next() {
        return this.id + 1;
      }
    }
    const s = db.prepare('select id from u');
    expect(s.as(User) as any).toBe(s);
    for (let i = 0; i < 20; i++) {
      const rows = s.all() as unknown as User[];
      expect(rows.map((row) => row.next)).toEqual([2, 3]);
      expect(rows[0]).toBeInstanceOf(User);
      expect((s.get() as unknown as User).next).toBe(2);
    }
    expect(s.values()).toEqual([[1], [2]]);
    s.as(undefined as any);
    expect(Object.getPrototypeOf(s.get())).toBe(Object.prototype);
  });

  test('columns are own properties, whatever the prototype gets later', () => {
    using db = people();
    class User {}
    const prototype: any = User.prototype;
    const s = db.prepare("select id, name, 5 as constructor, x'01' as b from u").as(User);
    const keys = ['id', 'name', 'constructor', 'b'];
    for (let i = 0; i < 20; i++) expect(Object.keys(s.get() as any)).toEqual(keys);
    const log: unknown[] = [];
    Object.defineProperty(prototype, 'id', {
      set(value) {
        log.push(value);
      },
      configurable: true,
    });
    prototype.name = 'default';
    Object.freeze(prototype);
    for (const row of [s.get(), ...s.all(), ...s.iterate()] as any[]) {
      expect(Object.keys(row)).toEqual(keys);
      expect(row.constructor).toBe(5);
      expect(row).toBeInstanceOf(User);
    }
    expect(log).toEqual([]);
    function Trapped() {}
    Trapped.prototype = new Proxy({}, { has: () => false, set: () => log.push('set') > 0 });
    s.as(Trapped as any);
    for (let i = 0; i < 20; i++) expect(Object.keys(s.get() as any)).toEqual(keys);
    expect(log).toEqual([]);
  });

  test('columns are own properties, whatever the prototype has', () => {
    using db = people();
    const log: unknown[] = [];
    class User {
      set id(value: unknown) {
        log.push(value);
      }
      get name() {
        return 'getter';
      }
    }
    const s = db.prepare('select id, name, 5 as __proto__ from u').as(User);
    for (let i = 0; i < 20; i++) {
      const row: any = s.get();
      expect(Object.getOwnPropertyDescriptor(row, 'id')).toEqual({
        value: 1,
        writable: true,
        enumerable: true,
        configurable: true,
      });
      expect(row.name).toBe('a');
      expect(Reflect.ownKeys(row)).toEqual(['id', 'name', '__proto__']);
      expect(row).toBeInstanceOf(User);
    }
    expect(log).toEqual([]);
  });

  test('what is no class', () => {
    using db = people();
    const s = db.prepare('select 1');
    for (const value of [5, null, 'x'])
      expect(() => s.as(value as any)).toThrow('Expected class to be a constructor or undefined');
    for (const value of [{}, () => {}, async () => {}])
      expect(() => s.as(value as any)).toThrow('Expected a constructor');
    expect(() => s.as(Proxy)).toThrow('Expected constructor to have a prototype');
  });
});

describe('what a statement knows', () => {
  test('columns, types, parameters', () => {
    using db = people();
    const s = db.prepare('select id, name, w, b, x from u where id = ?');
    expect(s.columnNames).toEqual(['id', 'name', 'w', 'b', 'x']);
    expect(s.declaredTypes).toEqual(['INTEGER', 'TEXT', 'REAL', 'BLOB', null]);
    expect(s.columnTypes).toEqual(['NULL', 'NULL', 'NULL', 'NULL', 'NULL']);
    s.get(1);
    expect(s.columnTypes).toEqual(['INTEGER', 'TEXT', 'FLOAT', 'BLOB', 'NULL']);
    expect([s.paramsCount, s.reader, s.readonly]).toEqual([1, true, true]);
    const insert = db.prepare('insert into u default values');
    expect([insert.columnNames, insert.reader, insert.readonly]).toEqual([[], false, false]);
    expect(() => insert.columnTypes).toThrow('columnTypes is not available for non-read-only statements');
    expect(db.query('select count(*) as n from u').get()).toEqual({ n: 2 });
  });

  test('toString, toJSON, inspection', () => {
    using db = new Database();
    const s = db.prepare('select ?, ?');
    expect(s.toString()).toBe('select NULL, NULL');
    s.all("x'y", new Uint8Array([1, 255]));
    expect(String(s)).toBe("select 'x''y', x'01ff'");
    expect(JSON.stringify(db.prepare('select 1 as a'))).toBe(
      '{"sql":"select 1 as a","isFinalized":false,"paramsCount":0,"columnNames":["a"]}',
    );
    expect(JSON.stringify(db)).toBe('{"filename":":memory:"}');
  });

  test('the schema changes under it', () => {
    using db = new Database();
    db.run('create table l(a); insert into l values (1)');
    const s = db.prepare('select * from l');
    expect(s.get()).toEqual({ a: 1 });
    db.run('alter table l add column b default 5');
    expect(s.get()).toEqual({ a: 1, b: 5 });
    db.run('alter table l rename column a to zz');
    expect(s.all()).toEqual([{ zz: 1, b: 5 }]);
    db.run('drop table l');
    expect(() => s.get()).toThrow('no such table: l');
    db.run('create table l(q)');
    expect(s.get()).toBeNull();
    expect(s.columnNames).toEqual(['q']);
  });

  test('finalized', () => {
    using db = new Database();
    const s: any = db.prepare('select 1 as x');
    s.finalize();
    s.finalize();
    s[Symbol.dispose]();
    for (const use of [
      'all',
      'get',
      'values',
      'run',
      'raw',
      'columnNames',
      'columnTypes',
      'declaredTypes',
      'paramsCount',
      'reader',
      'readonly',
      'toJSON',
      'safeIntegers',
    ]) {
      expect(() => (typeof s[use] === 'function' ? s[use]() : s[use])).toThrow('Statement has finalized');
    }
    expect([s.isFinalized, s.toString()]).toEqual([true, '']);
  });

  test('several statements in one text: the first counts', () => {
    using db = new Database();
    expect(db.query('select 1 as a; select 2 as a').values()).toEqual([[1]]);
    expect(db.query('; /* x */ select 1').values()).toEqual([[1]]);
  });
});
