// Another database, and other statements, in the middle of a step; statements by the thousand.
import { Database } from 'bun:sqlite';
import { describe, expect, test } from 'bun:test';
import { inspect, types } from 'node:util';

const long = (i: number) => `${i} ${'x'.repeat(3000)}`;

function numbers(rows: number) {
  const database = new Database(':memory:');
  database.run('create table numbers (id integer primary key, name text, picture blob)');
  const insert = database.prepare('insert into numbers (name, picture) values (?, ?)');
  for (let i = 1; i <= rows; i++) insert.run(`number ${i}`, new Uint8Array([i, i + 1, i + 2]));
  return database;
}

describe('a user function that uses another database', () => {
  test.each(['all', 'values', 'iterate', 'raw'] as const)('%s', (method) => {
    const inner = numbers(50);
    const all = inner.prepare('select * from numbers');
    const one = inner.prepare('select name from numbers where id = ?');
    const outer = numbers(50);
    outer.function('looked', (id: number) => {
      expect(all.all().length).toBe(50);
      return (one.get(id) as any).name;
    });
    const plain = outer.prepare('select id, name, picture, name as looked from numbers');
    const nested = outer.prepare('select id, name, picture, looked(id) as looked from numbers');
    expect([...(nested[method]() as any)]).toEqual([...(plain[method]() as any)]);
  });

  test('values that are handed over one by one', () => {
    const inner = new Database(':memory:');
    const texts = inner.prepare('select ? as a, ? as b');
    const outer = new Database(':memory:');
    outer.run('create table long (id integer primary key, name text, picture blob)');
    const insert = outer.prepare('insert into long (name, picture) values (?, ?)');
    for (let i = 1; i <= 8; i++) insert.run(long(i), new Uint8Array(5000).fill(i));
    outer.function('nested', (id: number) => {
      expect(texts.get(long(id + 100), new Uint8Array(6000).fill(id))).toEqual({
        a: long(id + 100),
        b: new Uint8Array(6000).fill(id),
      } as any);
      return long(id + 200);
    });
    const rows = outer.query('select name, picture, nested(id) as nested, name as again from long').all() as any[];
    expect(rows.length).toBe(8);
    for (const [index, row] of rows.entries()) {
      expect(row.name).toBe(long(index + 1));
      expect(row.picture).toEqual(new Uint8Array(5000).fill(index + 1));
      expect(row.nested).toBe(long(index + 201));
      expect(row.again).toBe(long(index + 1));
    }
  });

  test('three databases, one inside the other; values that were bound', () => {
    const third = numbers(9);
    const second = numbers(9);
    const first = numbers(9);
    second.function('down', (id: number) => (third.query('select name from numbers where id = ?').get(id) as any).name);
    first.function('down', (id: number) => {
      const rows = second
        .query('select name, down(id) as down from numbers where id <= ? order by id')
        .all(id) as any[];
      return rows.map(({ name, down }) => `${name}=${down}`).join();
    });
    const statement = first.prepare(
      'select name || ?1 as name, down(id) as down, ?1 as bound from numbers where id = ?2',
    );
    expect(statement.get(' and a text', 2)).toEqual({
      name: 'number 2 and a text',
      down: 'number 1=number 1,number 2=number 2',
      bound: ' and a text',
    });
    expect(statement.all(' again', 1)).toEqual([
      { name: 'number 1 again', down: 'number 1=number 1', bound: ' again' },
    ]);
  });

  test('an error of the other database is the error of the call', () => {
    const inner = new Database(':memory:');
    const outer = numbers(3);
    outer.function('fails', () => inner.query('select x from nowhere').get());
    expect(() => outer.query('select id, fails() from numbers').all()).toThrow('no such table: nowhere');
    expect(outer.query('select count(*) as n from numbers').get()).toEqual({ n: 3 });
  });
});

describe('a statement that is refused since it runs', () => {
  const far = 'x'.repeat(9000); // longer than what the shared memory holds
  const middle = 'y'.repeat(200);
  const calls: [string, (statement: any) => unknown][] = [
    ['a long text', (statement) => statement.get(far, 1)],
    ['a text', (statement) => statement.run(middle, 1)],
    ['bytes', (statement) => statement.all(new Uint8Array(5000), 2)],
    ['a list', (statement) => statement.values([far, far])],
    ['an object', (statement) => statement.raw({ 1: far, 2: far })],
    ['rows', (statement) => [...statement.iterate(far, far)]],
    ['what cannot be bound', (statement) => statement.get(middle, Symbol('s'))],
  ];

  test.each(calls)('leaves nothing to the next one: %s', (_, call) => {
    const database = new Database(':memory:');
    const other = new Database(':memory:');
    other.run('create table log (who, what)');
    const insert = other.prepare('insert into log values (?, ?)');
    const prepared = other.prepare('insert into log values ($who, $what)');
    const refused: string[] = [];
    const attempt = () => {
      try {
        call(outer);
      } catch (error: any) {
        refused.push(error.message);
      }
    };
    database.function('again', (value: number) => {
      attempt();
      insert.run('alice', value);
      attempt();
      other.run('insert into log values (?, ?)', ['bob', value]);
      attempt();
      expect(other.query('select count(*) as n from log').get()).toEqual({ n: 2 });
      attempt();
      prepared.run({ $who: 'carol', $what: middle });
      return value;
    });
    const outer: any = database.prepare('select again(7) as n, ? as a, ? as b');
    expect(outer.all('q', middle)).toEqual([{ n: 7, a: 'q', b: middle }]);
    expect(refused).toEqual(Array(4).fill('This database connection is busy executing a query'));
    expect(other.query('select * from log').values()).toEqual([
      ['alice', 7],
      ['bob', 7],
      ['carol', middle],
    ]);
  });
});

describe('bound values', () => {
  test('stay bound when other statements run between', () => {
    const database = new Database(':memory:');
    const first = database.prepare('select ? as a, ? as b');
    const second = database.prepare('select ? as a, ? as b');
    expect(first.get('one', 'two')).toEqual({ a: 'one', b: 'two' });
    expect(second.get('longer than one', new Uint8Array([1, 2]))).toEqual({
      a: 'longer than one',
      b: new Uint8Array([1, 2]),
    });
    expect(first.get()).toEqual({ a: 'one', b: 'two' });
    expect(first.toString()).toBe("select 'one' as a, 'two' as b");
    expect(second.all()).toEqual([{ a: 'longer than one', b: new Uint8Array([1, 2]) }]);
  });

  test('grow and shrink', () => {
    const database = new Database(':memory:');
    const statement = database.prepare('select ? as a, ? as b, ? as c');
    for (const length of [0, 1, 23, 24, 25, 32, 33, 100, 1000, 2000, 3000, 10, 0, 70_000, 5]) {
      const text = 'é'.repeat(length);
      expect(statement.get(text, 'x'.repeat(length), length)).toEqual({ a: text, b: 'x'.repeat(length), c: length });
      expect(statement.get()).toEqual({ a: text, b: 'x'.repeat(length), c: length });
    }
  });

  test('by name, with names that objects have anyway', () => {
    const database = new Database(':memory:');
    const statement = database.prepare('select $constructor as a, $toString as b, $own as c');
    for (let i = 0; i < 30; i++) {
      expect(statement.get({ $own: i } as any)).toEqual({ a: null, b: null, c: i });
      expect(statement.get({ constructor: 'x', $toString: i, own: 2 } as any)).toEqual({ a: 'x', b: i, c: 2 });
      expect(statement.get({ $constructor: undefined, constructor: 1, own: null } as any)).toEqual({
        a: null,
        b: null,
        c: null,
      });
    }
  });

  test('by name, of getters that throw', () => {
    const database = new Database(':memory:');
    const statement = database.prepare('select $a as a, $b as b');
    const hostile = {
      $a: 5,
      get $b(): number {
        throw new Error('no b');
      },
    };
    for (let i = 0; i < 30; i++) {
      expect(statement.get({ $a: i, $b: 'b' })).toEqual({ a: i, b: 'b' });
      expect(() => statement.get(hostile as any)).toThrow('no b');
      expect(statement.get()).toEqual({ a: 5, b: null });
    }
  });
});

describe('statements', () => {
  test('by the thousand, dropped without finalize', () => {
    const database = numbers(5);
    for (let i = 0; i < 20_000; i++) {
      const statement = database.prepare(`select name, ${i % 7} as n from numbers where id = ?`);
      if (i % 1000 === 0) expect(statement.get(3)).toEqual({ name: 'number 3', n: i % 7 });
    }
    const kept = Array.from({ length: 2000 }, (_, i) => database.prepare(`select ${i} as n`));
    for (let i = 0; i < 5000; i++) database.prepare('select 1');
    expect(kept.map((statement) => (statement.get() as any).n)).toEqual(kept.map((_, i) => i));
    database.close();
    expect(kept[5].get()).toEqual({ n: 5 });
    for (const statement of kept) statement.finalize();
    expect(() => kept[5].get()).toThrow('Statement has finalized');
  });

  test('have their methods as own properties', () => {
    const database = new Database(':memory:');
    const [none, some] = [database.prepare('select 1'), database.prepare('select ?')];
    const names = ['get', 'all', 'iterate', 'values', 'raw', 'run'];
    expect(Reflect.ownKeys(none)).toEqual(names);
    expect(Reflect.ownKeys(some)).toEqual(names);
    expect(names.map((name) => (none as any)[name].name)).toEqual(names.map((name) => `#${name}NoArgs`));
    expect((some as any).get.name).toBe('#get');
    expect((some as any).raw.name).toBe('#rawValues');
    expect(some.get.length).toBe(0);
    expect(some.get).toBe(database.prepare('select ?1').get as any);
    expect('get' in Object.getPrototypeOf(some)).toBe(false);
  });

  test('iterate acts as a generator', () => {
    const database = numbers(4);
    const statement = database.prepare('select id from numbers where id > ?');
    const rows = statement.iterate(1) as any;
    expect(Object.prototype.toString.call(rows)).toBe('[object Generator]');
    expect(rows[Symbol.iterator]()).toBe(rows);
    expect(rows.next()).toEqual({ value: { id: 2 }, done: false });
    expect(rows.return(7)).toEqual({ value: 7, done: true });
    expect(rows.next()).toEqual({ value: undefined, done: true });
    const failing = statement.iterate(1) as any;
    failing.next();
    expect(() => failing.throw(new Error('left'))).toThrow('left');
    expect(failing.next().done).toBe(true);
    const wrong = statement.iterate(1, 2) as any; // nothing happens before the first next
    expect(() => wrong.next()).toThrow('SQLite query expected 1 values, received 2');
    expect(wrong.next()).toEqual({ value: undefined, done: true });
    expect(types.isGeneratorObject(statement.iterate(1))).toBe(true);
    expect(inspect(statement.iterate(1))).toBe('Object [Generator] {}');
    expect([rows.next.length, rows.return.length, rows.throw.length]).toEqual([1, 1, 1]);
    expect(rows.constructor).toBe(Object.getPrototypeOf(function* () {}));
    expect(Reflect.ownKeys(statement.iterate(1))).toEqual([]);
    expect(() => rows.next.call({})).toThrow(TypeError);
  });

  test('which cannot be asked for a row while it makes one', () => {
    const database = numbers(3);
    const said: string[] = [];
    const again = (how: 'next' | 'return' | 'throw') => {
      try {
        rows[how]();
      } catch (error: any) {
        said.push(`${error.name}: ${error.message}`);
      }
    };
    database.function('again', () => void (['next', 'return', 'throw'] as const).forEach(again));
    const rows = database.prepare('select id, again() as a from numbers').iterate() as any;
    expect([...rows].length).toBe(3);
    expect(said).toEqual(Array(9).fill('TypeError: Generator is executing'));
  });
});
