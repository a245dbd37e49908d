// What a program asks for again and again: queries in a row, texts that come again, values at the sizes where they change
// their way.
import { describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from 'bun:sqlite';

function people() {
  const db = new Database(':memory:');
  db.run('create table people (id integer primary key, name text)');
  db.run("insert into people (name) values ('Ada'), ('Grace'), ('Lin')");
  return db;
}

describe('after many queries in a row', () => {
  const rest: [string, (db: Database) => unknown][] = [
    ['drop a table', (db) => db.run('drop table people')],
    ['drop and create an index', (db) => db.run('create index by_name on people (name); drop index by_name')],
    ['add a column', (db) => db.run('alter table people add column age integer')],
    ['vacuum', (db) => db.run('vacuum')],
    ['analyze', (db) => db.run('analyze')],
    ['attach and detach', (db) => db.run("attach ':memory:' as other; detach other")],
    ['another journal mode', (db) => db.run('pragma journal_mode = off')],
    ['another page size', (db) => db.run('pragma page_size = 8192; vacuum')],
    ['another temporary store', (db) => db.run('pragma temp_store = memory')],
    ['a check', (db) => db.query('pragma integrity_check').get()],
    ['a transaction', (db) => db.transaction(() => db.run('delete from people'))()],
    ['a rollback', (db) => db.run('begin; delete from people; rollback')],
    ['an insert', (db) => db.run("insert into people (name) values ('Mary')")],
    ['a prepared insert', (db) => db.prepare('insert into people (name) values (?)').run('Joan')],
    ['an insert that returns', (db) => db.prepare("insert into people (name) values ('Joan') returning id").all()],
    ['serialize', (db) => db.serialize().length],
    ['close', (db) => db.close()],
    ['close at once', (db) => db.close(true)],
  ];
  for (const [name, work] of rest) {
    test(name, () => {
      const db = people();
      const one = db.prepare('select name from people where id = ?');
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 20; i++) expect(one.get((i % 3) + 1)).toEqual({ name: ['Ada', 'Grace', 'Lin'][i % 3] });
      }
      work(db);
    });
  }

  test('a table is seen that was made between', () => {
    const db = people();
    const count = db.prepare('select count(*) as n from people');
    for (let i = 0; i < 20; i++) {
      expect(count.get()).toEqual({ n: 3 + i });
      if (i % 2) db.run('insert into people (name) values (?)', String(i));
      else db.prepare('insert into people (name) values (?)').run(String(i));
    }
    db.run('create table more as select * from people');
    for (let i = 0; i < 10; i++) expect(db.query('select count(*) as n from more').get()).toEqual({ n: 23 });
    db.run('drop table more');
    expect(() => db.query('select 1 from more').get()).toThrow('no such table: more');
  });

  test('an iterator goes on beside them', () => {
    const db = people();
    const one = db.prepare('select name from people where id = ?');
    const seen: unknown[] = [];
    for (const row of db.prepare('select id from people').iterate() as Iterable<any>) {
      for (let i = 0; i < 10; i++) seen.push((one.get(row.id) as any).name);
      db.run("update people set name = name || '!' where id = ?", row.id + 1);
    }
    expect([seen[0], seen[10], seen[20], seen.length]).toEqual(['Ada', 'Grace!', 'Lin!', 30]);
  });

  test('an attached file is not kept from others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'repeated-'));
    try {
      const file = join(folder, 'a.sqlite');
      const writer = new Database(file);
      writer.run('create table t (a); insert into t values (1)');
      const db = new Database(':memory:');
      for (let i = 0; i < 20; i++) db.query('select 1').get();
      db.run('attach ? as file', file);
      for (let i = 0; i < 20; i++)
        (expect(db.query('select a from file.t').get()).toEqual({ a: 1 + i }), writer.run('update t set a = a + 1'));
      writer.run('pragma wal_checkpoint(truncate)');
      db.run('detach file');
      db.close();
      writer.close(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a statement whose text was prepared before', () => {
  const again = (db: Database, sql: string) => {
    for (let i = 0; i < 3; i++) db.prepare(sql).finalize();
    return db.prepare(sql);
  };

  test('has no values', () => {
    const db = people();
    const sql = 'select ? as value';
    const first = db.prepare(sql);
    expect(first.get('kept')).toEqual({ value: 'kept' });
    expect(first.get()).toEqual({ value: 'kept' });
    first.finalize();
    const second = db.prepare(sql);
    expect(second.toString()).toBe('select NULL as value');
    expect(second.get()).toEqual({ value: null });
    expect(() => first.get()).toThrow('Statement has finalized');
  });

  test('is not in the middle of its rows', () => {
    const db = people();
    const sql = 'select id from people';
    const first = db.prepare(sql);
    (first as any).iterate().next();
    first.finalize();
    expect(db.prepare(sql).values()).toEqual([[1], [2], [3]]);
    db.run('drop table people');
  });

  test('is another object, with state of its own', () => {
    const db = people();
    const sql = 'select id from people where id = ?';
    const first = db.prepare(sql);
    const second = db.prepare(sql);
    first.safeIntegers(true).get(1);
    first.finalize();
    const third = db.prepare(sql);
    expect([second.get(2), third.get(3)]).toEqual([{ id: 2 }, { id: 3 }] as any);
    expect(third).not.toBe(second);
  });

  test('knows the schema as it is', () => {
    const db = people();
    const sql = 'select * from people limit 1';
    expect(again(db, sql).columnNames).toEqual(['id', 'name']);
    db.run('alter table people add column age integer');
    expect(again(db, sql).columnNames).toEqual(['id', 'name', 'age']);
    db.run('begin; alter table people add column more');
    expect(again(db, sql).columnNames).toEqual(['id', 'name', 'age', 'more']);
    db.run('rollback');
    expect(again(db, sql).columnNames).toEqual(['id', 'name', 'age']);
    db.run("create temp table people (temporary); insert into people values ('yes')");
    expect(again(db, sql).get()).toEqual({ temporary: 'yes' });
    db.run('drop table temp.people');
    expect(again(db, sql).columnNames).toEqual(['id', 'name', 'age']);
    db.run('drop table people');
    expect(() => db.prepare(sql)).toThrow('no such table: people');
  });

  test('knows attached databases', () => {
    const db = people();
    const sql = 'select * from more';
    expect(() => again(db, sql)).toThrow('no such table: more');
    db.run("attach ':memory:' as other; create table other.more (a)");
    expect(again(db, sql).columnNames).toEqual(['a']);
    db.run('detach other');
    expect(() => again(db, sql)).toThrow('no such table: more');
  });

  test('sees what another connection changed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'repeated-'));
    try {
      const file = join(folder, 'a.sqlite');
      const [db, other] = [new Database(file), new Database(file)];
      db.run('create table t (a); insert into t values (1)');
      const sql = 'select * from t';
      expect(again(db, sql).get()).toEqual({ a: 1 });
      other.run('alter table t add column b default 2');
      expect(again(db, sql).get()).toEqual({ a: 1, b: 2 });
      expect(again(db, sql).columnNames).toEqual(['a', 'b']);
      db.close(true);
      other.close(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('calls the function that is defined', () => {
    const db = people();
    const sql = 'select answer(1) as answer';
    (db as any).function('answer', { varargs: true }, () => 'any');
    expect(again(db, sql).get()).toEqual({ answer: 'any' });
    (db as any).function('answer', (_: number) => 'one');
    expect(again(db, sql).get()).toEqual({ answer: 'one' });
    (db as any).function('upper', (_: string) => 'ours');
    expect(again(db, "select upper('x') as x").get()).toEqual({ x: 'ours' });
  });

  test('follows the pragmas', () => {
    const db = people();
    const sql = 'select people.name from people limit 1';
    expect(again(db, sql).columnNames).toEqual(['name']);
    db.run('pragma short_column_names = off');
    db.run('pragma full_column_names = on');
    expect(again(db, sql).columnNames).toEqual(['people.name']);
    for (const on of [0, 1, 0, 1]) {
      db.run(`pragma case_sensitive_like = ${on}`);
      expect(again(db, "select 'a' like 'A' as same").get()).toEqual({ same: 1 - on });
      db.run(`pragma foreign_keys = ${on}`);
      expect(again(db, 'pragma foreign_keys').get()).toEqual({ foreign_keys: on });
    }
  });

  test('transactions and whole texts', () => {
    const db = people();
    for (let i = 0; i < 5; i++) {
      db.run('begin');
      expect(db.inTransaction).toBe(true);
      db.run("insert into people (name) values ('Mary')");
      expect(() => db.run('begin')).toThrow('cannot start a transaction within a transaction');
      db.run(i % 2 ? 'commit' : 'rollback');
      db.run('select 1; select 2');
    }
    expect(db.query('select count(*) as n from people').get()).toEqual({ n: 5 });
    expect(() => db.run('insert into people (id) values (?)', 1)).toThrow('UNIQUE constraint failed: people.id');
    expect(() => db.run('insert into people (id) values (?)', 1)).toThrow('UNIQUE constraint failed: people.id');
    expect(db.run('insert into people (id) values (?)', 100)).toEqual({ changes: 1, lastInsertRowid: 100 });
  });

  test('of virtual tables, which come and go', () => {
    const db = people();
    const find = 'select rowid from texts where texts match ?';
    const inside = 'select id from boxes where low < ? and high > ?';
    for (let round = 0; round < 4; round++) {
      db.run('create virtual table texts using fts5(body)');
      db.run('create virtual table boxes using rtree(id, low, high)');
      for (let i = 1; i <= 20; i++) {
        const insert = db.prepare('insert into texts (body) values (?)');
        insert.run(`word${i % 3} round${round}`);
        insert.finalize();
        db.run('insert into boxes values (?, ?, ?)', i, i, i + 2);
      }
      for (let i = 0; i < 10; i++) {
        const [first, second] = [db.prepare(find), db.prepare(inside)];
        expect(first.values('word1').length).toBe(7);
        expect(first.values(`round${round}`).length).toBe(20);
        expect(second.values(5, 5)).toEqual([[4]]);
        first.finalize();
        second.finalize();
      }
      db.run('drop table texts');
      db.run('drop table boxes');
      expect(() => db.prepare(find)).toThrow('no such table: texts');
    }
    db.close(true);
  });

  test('thousands that are dropped', () => {
    const db = people();
    for (let i = 0; i < 30_000; i++) {
      const statement = db.prepare(`select name, ${i % 100} as n from people where id = ?`);
      if (i % 50 === 0)
        expect(statement.get((i % 3) + 1)).toEqual({ name: ['Ada', 'Grace', 'Lin'][i % 3], n: i % 100 });
    }
    db.close(true);
  });
});

describe('texts that come again', () => {
  test('are what was stored, however often', () => {
    const db = new Database(':memory:');
    db.run('create table texts (id integer primary key, a text, b text, c)');
    const texts = (i: number) => [
      `text ${i % 700}`,
      ['Lima', 'México D.F.', '東京', '😀', 'a\0b', '', 'ÿ', 'x'.repeat(27), 'x'.repeat(28), 'é'.repeat(14)][i % 10],
      i % 3 ? `any ${i % 1500}` : i,
    ];
    const insert = db.prepare('insert into texts (a, b, c) values (?, ?, ?)');
    db.transaction(() => {
      for (let i = 0; i < 3000; i++) insert.run(...texts(i));
    })();
    const one = db.prepare('select a, b, c from texts where id = ?');
    const all = db.prepare('select a, b, c from texts order by id');
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 3000; i += round + 1) {
        const [a, b, c] = texts(i);
        expect(one.get(i + 1)).toEqual({ a, b, c } as any);
      }
      expect(all.values()).toEqual(Array.from({ length: 3000 }, (_, i) => texts(i)) as any);
    }
  });

  test('also inside of a user function', () => {
    const [db, other] = [people(), people()];
    const inner = other.prepare('select name from people where id = ?');
    (db as any).function('name_of', (id: number) => (inner.get(id) as any).name);
    const outer = db.prepare('select name as a, name_of(id) as b, name as c from people');
    for (let i = 0; i < 50; i++) {
      expect(outer.values()).toEqual([
        ['Ada', 'Ada', 'Ada'],
        ['Grace', 'Grace', 'Grace'],
        ['Lin', 'Lin', 'Lin'],
      ]);
    }
  });
});

describe('values of every size', () => {
  const sizes = [0, 1, 26, 27, 28, 31, 32, 33, 1023, 1024, 1025, 4096, 4097, 16_383, 16_384, 98_303, 98_304, 300_000];

  test('blobs have memory of their own', () => {
    const db = new Database(':memory:');
    for (const size of sizes) {
      const blob = Uint8Array.from({ length: size }, (_, i) => i % 251);
      for (let i = 0; i < 3; i++) {
        const { value } = db.query('select ? as value').get(blob) as { value: Uint8Array };
        expect(Buffer.compare(value, blob)).toBe(0);
        expect(value.constructor).toBe(Uint8Array);
        expect(value.buffer.byteLength).toBe(size);
        value.fill(1);
      }
    }
  });

  test('large blobs stay what they are while others come and go', () => {
    const db = new Database(':memory:');
    const [get, raw] = [db.prepare('select ? as value'), db.prepare('select ?')];
    const size = 200_000;
    const kept: [number, Uint8Array][] = [];
    const blob = new Uint8Array(size);
    for (let i = 0; i < 300; i++) {
      blob.fill(i);
      const ways = [
        () => (get.get(blob) as any).value,
        () => (get.all(blob) as any)[0].value,
        () => (get.values(blob) as any)[0][0],
        () => (raw.raw(blob) as any)[0][0],
        () => [...(get.iterate(blob) as any)][0].value,
      ];
      const value = ways[i % ways.length]();
      if (i % 7 === 0) kept.push([i % 256, value]);
    }
    for (const [byte, value] of kept) {
      expect(value.length).toBe(size);
      expect(value.every((one) => one === byte)).toBe(true);
    }
  });

  test('texts, one byte a character and not', () => {
    const db = new Database(':memory:');
    for (const size of sizes) {
      for (const letter of ['x', 'é', '東', '😀']) {
        const text = letter.repeat(size);
        for (let i = 0; i < 3; i++) {
          const { value, length } = db.query('select ?1 as value, length(?1) as length').get(text) as any;
          expect(value === text).toBe(true);
          expect(length).toBe(size);
        }
      }
    }
  });

  test('short texts go in as UTF-8', () => {
    const db = new Database(':memory:');
    const hex = db.prepare('select hex(cast(? as blob)) as hex');
    const texts = [
      'é',
      'aé',
      '東京',
      '😀',
      'a😀b',
      '\ud83d',
      '\ude00',
      '\ud83dx',
      '\ude00\ud83d',
      '߿ࠀ￿',
      '\u{10ffff}',
      'a\0é',
    ];
    for (const text of texts) {
      const expected = Buffer.from(text).toString('hex').toUpperCase();
      expect((hex.get(text) as any).hex).toBe(expected);
    }
  });

  test('several texts of every length and width, up to what is passed at once', () => {
    const db = new Database(':memory:');
    const same = db.prepare('select ?1 as a, ?2 as b, ?3 as c, ?4 as d');
    const check = (texts: string[]) => expect(Object.values(same.get(...texts) as any)).toEqual(texts);
    for (const unit of ['x', 'é', '日', '😀', 'aé', 'abc日', '\0']) {
      for (let length = 0; length < 40; length++) {
        for (const before of ['', 'q', 'qq', 'qqq', 'ü', 'x'.repeat(33)]) {
          check([before + unit.repeat(length), unit + before, before, 'end']);
        }
      }
    }
    for (let length = 2300; length < 2400; length++) {
      for (const end of ['日日日', 'abc', '日'.repeat(12)]) check(['x'.repeat(length), end, end, 'z']);
      check(['x'.repeat(length * 3), '日日日', 'éé', 'z']);
    }
  });
});

describe('arguments', () => {
  const kinds: [unknown, string, unknown][] = [
    [7, 'integer', 7],
    [0, 'integer', 0],
    [-0, 'real', -0],
    [2 ** 31, 'integer', 2 ** 31],
    [-(2 ** 53) + 1, 'integer', -(2 ** 53) + 1],
    [2 ** 53, 'real', 2 ** 53],
    [1.5, 'real', 1.5],
    [-Infinity, 'real', -Infinity],
    [NaN, 'null', null],
    [null, 'null', null],
    [undefined, 'null', null],
    [true, 'integer', 1],
    [12n, 'integer', 12],
    ['', 'text', ''],
    ['short', 'text', 'short'],
    ['8 letter', 'text', '8 letter'],
    ['longer than a few characters, é', 'text', 'longer than a few characters, é'],
    ['x'.repeat(3000), 'text', 'x'.repeat(3000)],
    ['\ud800 alone, and long', 'text', '\ufffd alone, and long'],
    [new Uint8Array([1, 2]), 'blob', new Uint8Array([1, 2])],
  ];

  test.each([1, 2, 3, 5, 8, 9, 12])('of every kind in every place, %d parameters', (count) => {
    const db = new Database();
    const places = Array.from({ length: count }, (_, index) => `?${index + 1}, typeof(?${index + 1})`);
    const statement: any = db.prepare(`values (${places})`);
    for (let first = 0; first < kinds.length; first++) {
      for (const step of [0, 1, 3]) {
        const chosen = Array.from({ length: count }, (_, index) => kinds[(first + index * step) % kinds.length]!);
        const given = chosen.map(([value]) => value);
        const expected = chosen.flatMap(([, type, value]) => [value, type]);
        expect(statement.values(...given)).toEqual([expected]);
        expect(statement.values()).toEqual([expected]); // stays bound
        expect(Object.values(statement.get(...given))).toEqual(expected);
        expect(Object.values(statement.all(given)[0])).toEqual(expected);
      }
    }
  });

  test('that cannot be bound leave nothing behind', () => {
    const db = new Database();
    const three: any = db.prepare('values (?, ?, ?)');
    const other: any = db.prepare('values (?, ?, ?)');
    const long = 'a text that is passed on as it is';
    for (const wrong of [Symbol('x'), {}, () => {}]) {
      expect(() => three.values(long, long, wrong)).toThrow(TypeError);
      expect(other.values(1, 'b', 2.5)).toEqual([[1, 'b', 2.5]]);
      expect(() => three.values(long, wrong, long)).toThrow(TypeError);
      expect(other.values()).toEqual([[1, 'b', 2.5]]);
      expect(three.values()).toEqual([[long, null, null]]);
    }
    expect(() => three.values(long)).toThrow('expected 3 values, received 1');
    expect(() => three.values(long, long, long, long)).toThrow('expected 3 values, received 4');
    expect(other.values(long, null, long)).toEqual([[long, null, long]]);
    three.finalize();
    expect(() => three.values(long, long, long)).toThrow('Statement has finalized');
    expect(other.values()).toEqual([[long, null, long]]);
  });
});

describe('UPDATE and DELETE with ORDER BY and LIMIT', () => {
  const numbers = () => {
    const db = new Database(':memory:');
    db.run('create table numbers (n integer)');
    for (let i = 0; i < 10; i++) db.run('insert into numbers values (?)', i);
    return db;
  };
  const left = (db: Database) => db.query('select n from numbers order by rowid').values().flat();

  test('delete', () => {
    const db = numbers();
    expect(db.run('delete from numbers order by n desc limit 3').changes).toBe(3);
    expect(db.run('delete from numbers where n > 1 limit ? offset 2', 1).changes).toBe(1);
    expect(left(db)).toEqual([0, 1, 2, 3, 5, 6]);
  });

  test('update', () => {
    const db = numbers();
    const update = db.prepare('update numbers set n = n + 100 where n > 1 returning n order by n limit 2 offset 1');
    expect(update.values()).toEqual([[103], [104]]);
    expect(left(db)).toEqual([0, 1, 2, 103, 104, 5, 6, 7, 8, 9]);
  });

  test('ORDER BY alone is an error', () => {
    expect(() => numbers().run('delete from numbers order by n')).toThrow('ORDER BY without LIMIT on DELETE');
  });
});
