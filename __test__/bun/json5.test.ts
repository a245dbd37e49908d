import { describe, expect, test } from 'bun:test';

describe('Bun.JSON5.stringify', () => {
  test.each([
    [null, 'null'],
    ["it's", "'it\\'s'"],
    ['say "hi"', `'say "hi"'`],
    ['a\nb\0\u2028\\', "'a\\nb\\0\\u2028\\\\'"],
    ['\x7f\x0b', "'\\x7f\\v'"],
    [Number.NaN, 'NaN'],
    [-0, '0'],
    [[undefined, () => {}], '[null,null]'],
    [{ a: undefined }, '{}'],
    [new Date(0), '{}'],
    [{ 'a-b': 1, $a: 2, ü: 3 }, "{'a-b':1,$a:2,ü:3}"],
    [Object(3), '3'],
  ])('%p', (value, text) => {
    expect(Bun.JSON5.stringify(value)).toBe(text);
  });

  test('space', () => {
    expect(Bun.JSON5.stringify({ a: [1, { b: 2 }], c: {} }, null, 2)).toBe(
      '{\n  a: [\n    1,\n    {\n      b: 2,\n    },\n  ],\n  c: {},\n}',
    );
    expect(Bun.JSON5.stringify({ a: 1 }, null, '--')).toBe('{\n--a: 1,\n}');
  });

  test('errors', () => {
    const cycle: any = {};
    cycle.self = cycle;
    expect(() => Bun.JSON5.stringify(cycle)).toThrow('Converting circular structure to JSON5');
    expect(() => Bun.JSON5.stringify(1n)).toThrow('JSON5.stringify cannot serialize BigInt');
    expect(() => Bun.JSON5.stringify({}, ['a'] as any)).toThrow(
      'JSON5.stringify does not support the replacer argument',
    );
  });
});

test('parse', () => {
  expect(Bun.JSON5.parse("{a:1,b:'x',/*c*/d:[1,],}")).toEqual({ a: 1, b: 'x', d: [1] });
  expect(Bun.JSONC.parse('{"a":1,//x\n"b":[1,],}')).toEqual({ a: 1, b: [1] });
  expect(Bun.TOML.parse('a=1\n[b]\nc="x"')).toEqual({ a: 1, b: { c: 'x' } });
  expect(Bun.YAML.parse('a: &x 1\nb: [*x, 2]')).toEqual({ a: 1, b: [1, 2] });
  expect(Bun.JSONL.parse('{"a":1}\n2\n')).toEqual([{ a: 1 }, 2]);
  expect(Bun.JSONL.parse('{"a":1}\nbad\n3')).toEqual([{ a: 1 }]);
  expect(() => Bun.TOML.parse('a=')).toThrow(/^TOML Parse error: /);
  expect(() => Bun.YAML.parse('a: [')).toThrow(/^YAML Parse error: /);
  expect(() => Bun.JSON5.parse('{a')).toThrow(/^JSON5 Parse error: /);
  expect(() => (Bun.TOML.parse as any)()).toThrow('input must be a string, ArrayBuffer, ArrayBufferView or Blob');
});
