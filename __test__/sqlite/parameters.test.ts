import { describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { spawnSync } from 'node:child_process';
import { isDxCompat } from '../runtime';

const loose = new Database();
const strict = new Database(':memory:', { strict: true });
const values = (db: Database, sql: string, ...given: any[]) => db.prepare<any, any>(sql).values(...given)[0];

describe('by position', () => {
  test('arguments or an array', () => {
    expect(values(loose, 'select ?, ?', 1, 2)).toEqual([1, 2]);
    expect(values(loose, 'select ?, ?', [1, 2])).toEqual([1, 2]);
    expect(values(loose, 'select ?, ?', [1, 2], 3)).toEqual([1, 2]);
    expect(values(loose, 'select ?3', 1, 2, 3)).toEqual([3]);
    expect(values(loose, 'select $a, $b', 1, 2)).toEqual([1, 2]);
    expect(values(loose, 'select 1', 5)).toEqual([1]);
    const many = Array.from({ length: 100 }, (_, i) => i);
    expect(values(loose, `select ${many.map(() => '?').join(', ')}`, ...many)).toEqual(many);
    expect(values(loose, `select ${many.map(() => '?').join(', ')}`, many)).toEqual(many);
    expect(loose.prepare('select ?32767 + ?1').paramsCount).toBe(32767);
  });

  test('too many, too few', () => {
    for (const db of [loose, strict]) {
      expect(() => values(db, 'select ?, ?', 1)).toThrow('SQLite query expected 2 values, received 1');
      expect(() => values(db, 'select ?', 1, 2)).toThrow('SQLite query expected 1 values, received 2');
      expect(() => values(db, 'select ?', [1, 2])).toThrow('SQLite query expected 1 values, received 2');
    }
  });

  test('no values keep the last ones; an empty list clears them', () => {
    const s = loose.prepare<any, any>('select ?, ?');
    s.get(1, 'x');
    expect(s.values()).toEqual([[1, 'x']]);
    expect(s.values([])).toEqual([[null, null]]);
    expect(s.values()).toEqual([[null, null]]);
  });

  test('prepare can bind', () => {
    expect(loose.prepare('select ?', 1 as any).values()).toEqual([[1]]);
    expect(loose.prepare('select ?, ?', [1, 2] as any).values()).toEqual([[1, 2]]);
    expect(loose.prepare('select $a', { a: 1 } as any).values()).toEqual([[1]]);
    expect(() => loose.prepare('select ?', [1, 2] as any)).toThrow('SQLite query expected 1 values, received 2');
  });
});

describe('by name', () => {
  test('with and without the prefix', () => {
    expect(values(loose, 'select $a, :b, @c', { a: 1, b: 2, c: 3 })).toEqual([1, 2, 3]);
    expect(values(loose, 'select $a, :b, @c', { $a: 1, ':b': 2, '@c': 3 })).toEqual([1, 2, 3]);
    expect(values(loose, 'select $a', { a: 1, $a: 2 })).toEqual([2]);
    expect(values(strict, 'select $a', { a: 1, $a: 2 })).toEqual([1]);
    expect(values(loose, 'select $é', { é: 1 })).toEqual([1]);
    expect(values(loose, 'select :a, @a, $a', { a: 1, '@a': 2 })).toEqual([1, 2, 1]);
  });

  test('numbered parameters of an object count from 0', () => {
    expect(values(loose, 'select ?1, ?2', { 0: 'a', 1: 'b' })).toEqual(['a', 'b']);
    expect(values(loose, 'select ?1, ?2', { '?1': 'a', 1: 'b' })).toEqual(['a', 'b']);
    expect(values(loose, 'select ?, ?', { 0: 'a', 1: 'b' })).toEqual(['a', 'b']);
    expect(values(loose, 'select $1', { 1: 'b' })).toEqual(['b']);
  });

  test('missing ones are NULL, or an error in strict mode', () => {
    expect(values(loose, 'select $a, $b', { b: 1, z: 2 })).toEqual([null, 1]);
    expect(values(loose, 'select $toString', {})).toEqual([null]);
    expect(values(loose, 'select $a', Object.create({ a: 1 }))).toEqual([null]);
    expect(() => values(strict, 'select $a, @bb', { a: 1 })).toThrow('Missing parameter "bb"');
    expect(() => values(strict, 'select ?1', { 1: 1 })).toThrow('Missing parameter "?1"');
    expect(values(strict, 'select $a', { a: undefined })).toEqual([null]);
    expect(values(strict, 'select $a')).toEqual([null]);
  });

  test('getters run once, and what they do is safe', () => {
    expect(
      values(loose, 'select $a', {
        get a() {
          return 7;
        },
      }),
    ).toEqual([7]);
    expect(() =>
      values(loose, 'select $a', {
        get a() {
          throw new Error('boo');
        },
      }),
    ).toThrow('boo');
    const s = loose.prepare<any, any>('select $a, $b');
    expect(() =>
      s.get({
        get a() {
          s.finalize();
          return 1;
        },
        b: 2,
      }),
    ).toThrow('Statement has finalized');
    const t = loose.prepare<any, any>('select $a as a, $b as b');
    expect(
      t.get({
        get a() {
          return t.get({ a: 7, b: 8 }).a;
        },
        b: 2,
      }),
    ).toEqual({ a: 7, b: 2 });
  });

  test('a proxy of an array is an object', () => {
    const proxy = (list: any[]): any => new Proxy(list, {});
    const two: any = loose.prepare('select ? as a, ? as b');
    expect(two.get(proxy([5, 6]))).toEqual({ a: 5, b: 6 });
    expect(two.get(proxy([5]))).toEqual({ a: 5, b: null });
    expect(two.get(proxy([5, 6, 7]))).toEqual({ a: 5, b: 6 });
    expect(two.get(proxy([]))).toEqual({ a: null, b: null });
    const named: any = loose.prepare('select $x as a');
    expect([named.get([5]), named.get(proxy([5]))]).toEqual([{ a: 5 }, { a: null }]);
    expect(named.get(proxy(Object.assign([5], { x: 9 })))).toEqual({ a: 9 });
    expect(loose.run('select ?, ?', proxy([1])).changes).toBe(0);
    expect(loose.run('select 1', proxy([1])).changes).toBe(0);
    expect(loose.prepare('select 1 as a', proxy([4, 5])).get()).toEqual({ a: 1 });
    for (const sql of ['select ? as a, ? as b', 'select $0 as a, $1 as b'])
      expect((strict.prepare(sql) as any).get(proxy([1]))).toEqual({ a: 1, b: null });
    for (const list of [[], [1]])
      expect(() => (strict.prepare('select $x as a') as any).get(proxy(list))).toThrow('Missing parameter "x"');
  });

  test('objects that hold values, and objects that do not', () => {
    class Named {
      a = 1;
    }
    expect(values(loose, 'select $a', new Named())).toEqual([1]);
    expect(values(loose, 'select $a', Object.assign(Object.create(null), { a: 1 }))).toEqual([1]);
    for (const value of [
      new Date(),
      /x/,
      new Map(),
      new Set(),
      Promise.resolve(),
      new Error('x'),
      new URL('http://x'),
    ]) {
      expect(() => values(loose, 'select $a', value)).toThrow(
        'Binding expected string, TypedArray, boolean, number, bigint or null',
      );
    }
  });
});

describe('values', () => {
  const stored = (value: any) => loose.prepare<any, any>('select ?1, typeof(?1)').values(value)[0];

  test.each([
    [undefined, null, 'null'],
    [null, null, 'null'],
    [true, 1, 'integer'],
    [false, 0, 'integer'],
    [5, 5, 'integer'],
    [-0, -0, 'real'],
    [NaN, null, 'null'],
    [Infinity, Infinity, 'real'],
    [1.5, 1.5, 'real'],
    [2 ** 31, 2 ** 31, 'integer'],
    [2 ** 53 - 1, 2 ** 53 - 1, 'integer'],
    [2 ** 53, 2 ** 53, 'real'],
    [5n, 5, 'integer'],
    [2n ** 64n - 1n, -1, 'integer'],
    [2n ** 100n + 7n, 7, 'integer'],
    ['', '', 'text'],
    ['héllo', 'héllo', 'text'],
    ['😀'.repeat(20), '😀'.repeat(20), 'text'],
    ['a\0b', 'a\0b', 'text'],
    ['a\ud800b', 'a\ufffdb', 'text'],
    ['x'.repeat(20_000), 'x'.repeat(20_000), 'text'],
  ] as any[])('%p', (value: any, back: any, type: string) => {
    expect(stored(value)).toEqual([back, type]);
    expect(stored([value])).toEqual([back, type]);
    expect(loose.prepare<any, any>('select $v, typeof($v)').values({ v: value })[0]).toEqual([back, type]);
  });

  test('bytes', () => {
    for (const [value, bytes] of [
      [new Uint8Array([1, 2, 3]), [1, 2, 3]],
      [new Uint8Array(0), []],
      [new ArrayBuffer(2), [0, 0]],
      [new SharedArrayBuffer(2), [0, 0]],
      [Buffer.from('hi'), [104, 105]],
      [new DataView(new ArrayBuffer(3)), [0, 0, 0]],
      [new Float64Array([1]), [0, 0, 0, 0, 0, 0, 240, 63]],
      [new Uint8Array([1, 2, 3, 4]).subarray(1, 3), [2, 3]],
    ] as any[]) {
      expect(stored(value)).toEqual([new Uint8Array(bytes), 'blob']);
    }
    expect(stored(new Uint8Array(1 << 20))[0].length).toBe(1 << 20);
  });

  test('a detached buffer is an empty blob', () => {
    const types = [Uint8Array, Float64Array, DataView, ArrayBuffer];
    for (const Type of types) {
      const buffer = new ArrayBuffer(16);
      const value: any = Type === ArrayBuffer ? buffer : new Type(buffer);
      structuredClone(buffer, { transfer: [buffer] });
      const empty = [new Uint8Array(0), 'blob'];
      expect(values(loose, 'select ?1, typeof(?1)', value)).toEqual(empty);
      expect(values(loose, 'select $a, typeof($a)', { $a: value })).toEqual(empty);
      expect(values(loose, 'select ?1, typeof(?1), ?2', value, 'x'.repeat(9000)).slice(0, 2)).toEqual(empty);
    }
  });

  test('the rest', () => {
    for (const value of [Symbol('x'), () => {}, [new Date()], [{}], [[1]]]) {
      expect(() => stored(value)).toThrow('Binding expected string, TypedArray, boolean, number, bigint or null');
    }
    const s = loose.prepare<any, any>('select ?, ?');
    s.get(1, 2);
    expect(() => s.get(3, Symbol())).toThrow(TypeError);
    expect(s.toString()).toBe('select 3, NULL');
    s.finalize();
    expect(() => s.get(3, Symbol())).toThrow('Statement has finalized');
  });

  test('safeIntegers checks what comes in', () => {
    using db = new Database(':memory:', { safeIntegers: true });
    expect(db.prepare<any, any>('select ? as a').get(-(2n ** 63n))).toEqual({ a: -(2n ** 63n) });
    expect(() => db.prepare<any, any>('select ?').get(2n ** 64n)).toThrow(
      new RangeError("BigInt value '18446744073709551616' is out of range"),
    );
    const s = loose.prepare('select 1 as a');
    expect([s.safeIntegers(), s.safeIntegers(true) === s, s.safeIntegers(), s.get()]).toEqual([
      false,
      true,
      true,
      { a: 1n },
    ]);
  });
});

test('where no code may be generated from strings, nothing is different', () => {
  const source = `
    const { Database } = require('bun:sqlite');
    let generates = true;
    try {
      new Function('');
    } catch {
      generates = false;
    }
    const db = new Database(':memory:');
    const said = [];
    for (const count of [1, 2, 3, 8, 9, 64]) {
      const values = Array.from({ length: count }, (_, i) => [i, i / 4, 'x'.repeat(i * 50), null, true][i % 5]);
      const statement = db.prepare('select ' + values.map((_, i) => '? as c' + i).join());
      for (let i = 0; i < 20; i++) said.push(statement.get(...values), statement.all(...values), statement.values(values));
      said.push(statement.run(...values).changes, statement.get(), statement.toString(), statement.get.name);
      try {
        statement.get(...values, 1);
      } catch (error) {
        said.push(error.message);
      }
    }
    const named = db.prepare('select $a as a, $b as b');
    for (let i = 0; i < 20; i++) said.push(named.get({ $a: i, $b: 'é'.repeat(i) }));
    console.log(JSON.stringify([generates, Bun.hash.crc32(JSON.stringify(said)), said.length]));
  `;
  const run = (flags: string) => {
    const env = { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${flags}` };
    const child = spawnSync(process.execPath, ['-e', source], { encoding: 'utf8', env });
    return child.stdout.trim() || child.stderr;
  };
  const [, crc, length] = JSON.parse(run(''));
  expect(length).toBe(410);
  expect(crc).toBe(1_177_770_289);
  // Real Bun has no such flag.
  if (isDxCompat) expect(run('--disallow-code-generation-from-strings')).toBe(JSON.stringify([false, crc, length]));
});
