import { describe, expect, test } from 'bun:test';
import cases from './slice-ansi.cases.json';

const E = '\u2026';

describe('Bun.sliceAnsi', () => {
  test('gives for text, styles and links what the real binary gives', () => {
    const wrong = cases.filter(([given, expected]) => {
      const [text, start, end, options, narrow] = (given as any[]).map((value) => value ?? undefined);
      return Bun.sliceAnsi(text, start, end, options, narrow) !== expected;
    });
    expect(wrong).toEqual([]);
  });

  test('arguments are made what they should be', () => {
    expect(Bun.sliceAnsi(12345 as any, '1' as any, 3.9)).toBe('23');
    expect(Bun.sliceAnsi('hello', NaN, Infinity)).toBe('hello');
    expect(Bun.sliceAnsi('hello', null as any, null as any)).toBe('');
    expect(Bun.sliceAnsi('hello', 0, 3, 5 as any)).toBe('hel');
    expect((Bun.sliceAnsi as any)()).toBe('undefined');
    expect(() => Bun.sliceAnsi('hello', Symbol('x') as any)).toThrow(TypeError);
  });

  test('an ellipsis, as text or as an option', () => {
    expect(Bun.sliceAnsi('unicorn', 0, 4, E)).toBe(`uni${E}`);
    expect(Bun.sliceAnsi('unicorn', -4, undefined, { ellipsis: E })).toBe(`${E}orn`);
    expect(Bun.sliceAnsi('0123456789', 2, 8, E)).toBe(`${E}3456${E}`);
    expect(Bun.sliceAnsi('\u03B1\u03B2\u03B3', 0, 2, false)).toBe('\u03B1');
  });
});
