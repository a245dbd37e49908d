import { describe, expect, test } from 'bun:test';
import cases from './wrap-ansi.cases.json';

describe('Bun.wrapAnsi', () => {
  test('breaks text as the real binary does', () => {
    const wrong = cases.filter(
      ([[text, columns, options], expected]: any) => Bun.wrapAnsi(text, columns, options) !== expected,
    );
    expect(wrong).toEqual([]);
  });

  test('columns that are none leave the text alone', () => {
    for (const columns of [0, -5, Infinity, -Infinity, NaN, undefined]) {
      expect(Bun.wrapAnsi('hello  world', columns as any)).toBe('hello  world');
    }
    expect(Bun.wrapAnsi(1234567 as any, 3, { hard: true })).toBe('123\n456\n7');
  });
});
