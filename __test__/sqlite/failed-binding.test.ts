// What a call that cannot bind its values leaves behind.
import { describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';

const wrong: any = new Date();
const large = 2n ** 70n;
const thrown = (body: () => unknown) => {
  try {
    body();
  } catch (error: any) {
    return error.message;
  }
  return 'nothing';
};
const count = (received: number) => `SQLite query expected 3 values, received ${received}`;
const kind = 'Binding expected string, TypedArray, boolean, number, bigint or null';
const range = `BigInt value '${large}' is out of range`;

describe('what was bound before is gone; what was bound before the wrong value stays', () => {
  const getter = {
    0: 9,
    get 1() {
      throw new Error('from the getter');
    },
    2: 7,
  };
  const list: any[] = [9, 8, 7];
  Object.defineProperty(list, 1, { get: () => getter[1] });
  const cases: [any[], string, any[]][] = [
    [[9], count(1), [null, null, null]],
    [[9, 8, 7, 6], count(4), [null, null, null]],
    [[[9, 8]], count(2), [null, null, null]],
    [[wrong], count(1), [null, null, null]],
    [[wrong, 8, 7], kind, [null, null, null]],
    [[9, wrong, 7], kind, [9, null, null]],
    [[[9, 8, wrong]], kind, [9, 8, null]],
    [[{ 0: 9, 1: wrong }], kind, [9, null, null]],
    [[getter], 'from the getter', [9, null, null]],
    [[list], 'from the getter', [9, null, null]],
  ];
  const methods = ['get', 'all', 'values', 'raw', 'run', 'iterate'] as const;
  for (const [index, [given, message, left]] of cases.entries())
    test.each(methods)(`case ${index}, %s`, (method) => {
      const statement: any = new Database().prepare('select ? as a, ? as b, ? as c');
      statement.get(1, 2, 3);
      expect(
        thrown(() => (method === 'iterate' ? statement.iterate(...given).next() : statement[method](...given))),
      ).toBe(message);
      expect(statement.values()).toEqual([left]);
    });
});

test('names, in the order of the parameters', () => {
  const ask = (options: object, given: any) => {
    const statement: any = new Database(':memory:', options).prepare('select $a as a, $b as b, $c as c');
    statement.get(1, 2, 3);
    const message = thrown(() => statement.get(given));
    return [message, ...statement.safeIntegers(false).values()[0]];
  };
  const strict = { strict: true };
  const safe = { safeIntegers: true };
  expect(ask(strict, { a: 9, b: 8 })).toEqual(['Missing parameter "c"', 9, 8, null]);
  expect(ask(strict, { b: 8, c: 7 })).toEqual(['Missing parameter "a"', null, null, null]);
  expect(ask(strict, { a: wrong, c: 7 })).toEqual([kind, null, null, null]);
  expect(ask(strict, { b: wrong, c: 7 })).toEqual(['Missing parameter "a"', null, null, null]);
  expect(ask({}, { b: wrong, c: 7 })).toEqual([kind, null, null, null]);
  expect(ask({}, { b: 8 })).toEqual(['nothing', null, 8, null]);
  // An integer that is out of range takes everything with it.
  expect(ask(safe, { a: 9, b: large, c: wrong })).toEqual([range, null, null, null]);
  expect(ask(safe, { a: 9, b: wrong, c: large })).toEqual([kind, 9, null, null]);
  expect(ask({ ...strict, ...safe }, { a: large })).toEqual([range, null, null, null]);
  expect(ask({ ...strict, ...safe }, { a: 1, c: large })).toEqual(['Missing parameter "b"', 1, null, null]);
  expect(() => new Database(':memory:', strict).run('select $a, $b', { a: wrong } as any)).toThrow(kind);
});

test('it takes the cursor from an iterator', () => {
  const db = new Database();
  db.run('create table t(a); insert into t values (1), (2), (3)');
  for (const given of [
    [1, 2],
    [wrong],
    [Symbol('x')],
    [
      {
        get $x() {
          throw new Error('x');
        },
      },
    ],
  ] as any[][]) {
    const statement: any = db.prepare('select a from t where a > $x');
    const rows = statement.iterate(0);
    expect(rows.next().value).toEqual({ a: 1 });
    expect(() => statement.get(...given)).toThrow();
    expect(() => rows.next()).toThrow('This iterator was invalidated');
    expect(rows.next()).toEqual({ done: true, value: undefined });
  }
});

test('a call on a finalized statement leaves nothing for the next one', () => {
  const db = new Database();
  const dead: any = db.prepare('select ?, ?, ?, ?');
  const alive: any = db.prepare('select ? as a, ? as b');
  dead.finalize();
  for (const given of ['x'.repeat(9000), new Uint8Array(9000), wrong, [1, 2, 3, 'x'.repeat(9000)]]) {
    expect(() => dead.get(given, 'x'.repeat(9000), 1, 2)).toThrow('Statement has finalized');
    expect(alive.values(1, 'two')).toEqual([[1, 'two']]);
    expect(alive.raw({ 0: 'a' })).toEqual([[new Uint8Array([97]), null]]);
  }
});

test('an empty blob is a blob', () => {
  const statement = new Database().prepare('select ? as a, typeof(?1) as t');
  expect(statement.get(new Uint8Array(0))).toEqual({ a: new Uint8Array(0), t: 'blob' });
  expect(statement.toString()).toBe("select x'' as a, typeof(x'') as t");
});
