import { describe, expect, test } from 'bun:test';

import cases from './deep-equals.cases.json';

// [two values, equal(a, b), equal(b, a), strict(a, b), strict(b, a), match(a, b), match(b, a)] of Bun 1.4.5.
type Case = [string, boolean, boolean, boolean, boolean, boolean | null, boolean | null];

describe('Bun.deepEquals and Bun.deepMatch', () => {
  test.each(cases as Case[])('%s', (code, loose, looseBack, strict, strictBack, match, matchBack) => {
    const [a, b] = (0, eval)(`[${code}]`);
    expect([Bun.deepEquals(a, b), Bun.deepEquals(b, a)]).toEqual([loose, looseBack]);
    expect([Bun.deepEquals(a, b, true), Bun.deepEquals(b, a, true)]).toEqual([strict, strictBack]);
    if (match === null) expect(() => Bun.deepMatch(a, b)).toThrow('Expected 2 objects to match');
    else expect([Bun.deepMatch(a, b), Bun.deepMatch(b, a)]).toEqual([match, matchBack!]);
  });

  test('strict equality looks at the class of plain objects', () => {
    class Thing {}
    class Other {}
    class List extends Array {}
    expect(Bun.deepEquals(new Thing(), new Other())).toBe(true);
    expect(Bun.deepEquals(new Thing(), new Other(), true)).toBe(false);
    expect(Bun.deepEquals(new Thing(), {}, true)).toBe(false);
    expect(Bun.deepEquals(new List(), [], true)).toBe(true);
  });

  test('two values are needed', () => {
    expect(() => (Bun.deepEquals as any)(1)).toThrow('Expected 2 values to compare');
    expect(() => (Bun.deepMatch as any)({})).toThrow('Expected 2 values to compare');
  });
});
