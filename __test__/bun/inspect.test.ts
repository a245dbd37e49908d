import { describe, expect, test } from 'bun:test';

import cases from './inspect.cases.json';

// [expression, what Bun 1.4.5 prints], taken from the real binary.
describe('Bun.inspect', () => {
  test.each(cases as [string, string][])('%s', (code, expected) => {
    expect(Bun.inspect(new Function(code)())).toBe(expected);
  });
});

test('a class that extends a built-in one may print itself', () => {
  for (const Base of [Promise, Map, Set, Array, Date, Error, Uint8Array, RegExp, Function, Response] as any[]) {
    class Extended extends Base {
      [Symbol.for('nodejs.util.inspect.custom')]() {
        return `its own ${Base.name}`;
      }
    }
    expect(Bun.inspect(new Extended(...(Base === Promise ? [() => {}] : [])))).toBe(`its own ${Base.name}`);
  }
  expect(Bun.inspect(Promise.resolve(1))).toBe('Promise { <resolved> }');
});

test('a class that extends a built-in one and has no printer is printed as that', () => {
  class Part extends Blob {}
  class Place extends URL {}
  expect(Bun.inspect(new Part(['abc']))).toBe('Blob (3 bytes)');
  expect(Bun.inspect(new Place('http://x/y'))).toStartWith("Place {\n  href: 'http://x/y'");
});

describe('Bun.inspect options', () => {
  test('depth', () => {
    expect(Bun.inspect({ a: { b: 1 }, c: [1], d: new Map([[1, 2]]), e: [] }, { depth: 0 })).toBe(
      '{\n  a: [Object ...],\n  c: [Array ...],\n  d: [Map ...],\n  e: [],\n}',
    );
    expect(() => Bun.inspect({}, { depth: -1 })).toThrow('expected depth to be greater than or equal to 0, got -1');
    expect(() => Bun.inspect({}, { depth: Number.NaN })).toThrow('expected depth to be an integer, got NaN');
  });

  test('sorted', () => {
    expect(Bun.inspect({ b: 1, a: 2, c: { z: 1, y: 2 } }, { sorted: true })).toBe(
      '{\n  a: 2,\n  b: 1,\n  c: {\n    y: 2,\n    z: 1,\n  },\n}',
    );
  });

  test('compact', () => {
    expect(Bun.inspect([{ a: 1 }, { b: new Map([[1, 2]]) }, new Set([1])], { compact: true })).toBe(
      '[ { a: 1 }, { b: Map(1) { 1: 2 } }, Set(1) { 1 } ]',
    );
  });

  test('colors', () => {
    expect(Bun.inspect({ a: 1, 'b-c': 's', d: [null] }, { colors: true })).toBe(
      '{\n  \u001b[0ma\u001b[2m:\u001b[0m \u001b[0m\u001b[33m1\u001b[0m\u001b[0m\u001b[2m,\u001b[0m\n' +
        '  \u001b[0m\u001b[32m"b-c"\u001b[0m\u001b[2m:\u001b[0m \u001b[0m\u001b[32m\u001b[0m\u001b[32m"s"\u001b[0m\u001b[0m\u001b[0m\u001b[2m,\u001b[0m\n' +
        '  \u001b[0md\u001b[2m:\u001b[0m [ \u001b[0m\u001b[33mnull\u001b[0m ]\u001b[0m\u001b[2m,\u001b[0m\n}',
    );
  });

  test('no value prints nothing', () => {
    expect((Bun.inspect as any)()).toBe('');
  });
});

describe('Bun.inspect.custom', () => {
  const custom = Bun.inspect.custom;

  test('is the symbol of node:util', () => {
    expect(custom).toBe(Symbol.for('nodejs.util.inspect.custom'));
  });

  test('gets depth, options and inspect', () => {
    let seen: unknown[] = [];
    const value = {
      [custom](...given: any[]) {
        seen = [given[0], Object.keys(given[1]), given[1].stylize('a', 'string'), given[2].name];
        return 'shown';
      },
    };
    expect(Bun.inspect({ a: { b: value } })).toBe('{\n  a: {\n    b: shown,\n  },\n}');
    expect(seen).toEqual([6, ['stylize', 'depth', 'colors'], 'a', 'inspect']);
  });

  test('what it returns is printed unless it is a string', () => {
    expect(Bun.inspect({ [custom]: () => ({ a: 1 }) })).toBe('{\n  a: 1,\n}');
    expect(Bun.inspect({ [custom]: () => undefined })).toBe('undefined');
    expect(Bun.inspect(Object.assign(new Map(), { [custom]: () => 'mine' }))).toBe('mine');
    expect(() =>
      Bun.inspect({
        [custom]() {
          throw new Error('inside');
        },
      }),
    ).toThrow('inside');
  });
});

describe('Bun.inspect of errors', () => {
  test('head, own properties, stack', () => {
    const error: any = new TypeError('bad');
    error.code = 'X';
    error.extra = { a: 1 };
    const shown = Bun.inspect(error);
    expect(shown).toContain('\nTypeError: bad\n extra: {\n  a: 1,\n},\n  code: "X"\n\n      at ');
    expect(shown).toMatch(/\d+ \| +const error: any = new TypeError\(.bad.\);\n +\^\n/);
  });

  test('a plain Error is "error", a cause follows', () => {
    const shown = Bun.inspect(new Error('outer', { cause: new RangeError('inner') }));
    expect(shown.indexOf('error: outer\n')).toBeGreaterThan(-1);
    expect(shown.indexOf('RangeError: inner\n')).toBeGreaterThan(shown.indexOf('error: outer\n'));
  });
});

describe('Bun.inspect.table', () => {
  test('columns of objects', () => {
    expect(
      Bun.inspect.table([
        { a: 1, b: 'x' },
        { a: 2, c: true },
      ]),
    ).toBe(
      '┌───┬───┬───┬──────┐\n│   │ a │ b │ c    │\n├───┼───┼───┼──────┤\n│ 0 │ 1 │ x │      │\n│ 1 │ 2 │   │ true │\n└───┴───┴───┴──────┘\n',
    );
  });

  test('chosen columns, plain values, maps, nothing', () => {
    expect(Bun.inspect.table([{ a: 1, b: 2 }], ['b'])).toBe('┌───┬───┐\n│   │ b │\n├───┼───┤\n│ 0 │ 2 │\n└───┴───┘\n');
    expect(Bun.inspect.table([1, 'a'])).toBe(
      '┌───┬────────┐\n│   │ Values │\n├───┼────────┤\n│ 0 │ 1      │\n│ 1 │ a      │\n└───┴────────┘\n',
    );
    expect(
      Bun.inspect.table(
        new Map<string, unknown>([
          ['a', 1],
          ['b', { x: 1 }],
        ]),
      ),
    ).toBe(
      '┌───┬─────┬──────────┐\n│   │ Key │ Values   │\n├───┼─────┼──────────┤\n│ 0 │ a   │ 1        │\n│ 1 │ b   │ { x: 1 } │\n└───┴─────┴──────────┘\n',
    );
    expect(Bun.inspect.table([])).toBe('┌───┐\n│   │\n├───┤\n└───┘\n');
    expect(Bun.inspect.table(5 as any)).toBe('');
  });

  test('wide characters', () => {
    expect(Bun.inspect.table([{ a: '日本' }, { a: 'x' }])).toBe(
      '┌───┬──────┐\n│   │ a    │\n├───┼──────┤\n│ 0 │ 日本 │\n│ 1 │ x    │\n└───┴──────┘\n',
    );
  });
});
