import { describe, expect, test } from 'bun:test';
import cases from './cookie.cases.json';

/** What the expression gives, or the error that it throws. */
function run(expression: string) {
  try {
    const value = new Function('C', 'M', `return ${expression}`)(Bun.Cookie, Bun.CookieMap);
    return JSON.stringify(value instanceof Bun.Cookie ? [value.serialize(), value.toJSON()] : value) ?? 'undefined';
  } catch (error: any) {
    return `${error.name} ${error.code} ${error.message}`;
  }
}

describe('Bun.Cookie and Bun.CookieMap', () => {
  test('do in every case what the real binary does', () => {
    const wrong = cases
      .map(([expression, expected]) => [expression, expected, run(expression)])
      .filter(([, expected, got]) => expected !== got);
    expect(wrong).toEqual([]);
  });

  test('print as what they hold', () => {
    expect(Bun.inspect(new Bun.CookieMap())).toBe('{}');
    expect(Bun.inspect(new Bun.Cookie('a', 'b'))).toStartWith('[Object: null prototype] {');
  });
});
