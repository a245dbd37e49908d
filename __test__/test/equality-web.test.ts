import { expect, test } from 'bun:test';

/** Classes of the Web have no properties: loosely they equal any such object, unless both are of a class that is compared by what it holds. */
const form = (name: string) => {
  const made = new FormData();
  made.append(name, '1');
  return made;
};
const values: Record<string, () => unknown> = {
  '{}': () => ({}),
  '{ a }': () => ({ a: '1' }),
  form: () => new FormData(),
  'form a': () => form('a'),
  'form b': () => form('b'),
  headers: () => new Headers(),
  'headers a': () => new Headers({ a: '1' }),
  'headers b': () => new Headers({ b: '2' }),
  search: () => new URLSearchParams(),
  'search a': () => new URLSearchParams('a=1'),
  'search b': () => new URLSearchParams('b=2'),
  'url a': () => new URL('http://a/'),
  'url b': () => new URL('http://b/'),
  response: () => new Response('a'),
  request: () => new Request('http://a'),
  blob: () => new Blob(['a']),
  'other blob': () => new Blob(['bb']),
  file: () => new File(['a'], 'x'),
  'Bun.file': () => Bun.file('x'),
  map: () => new Map(),
  date: () => new Date(0),
  controller: () => new AbortController(),
  stream: () => new ReadableStream(),
  array: () => [],
  'event a': () => new Event('a'),
  'event b': () => new Event('b'),
};
const names = Object.keys(values);
const holds = (check: () => void) => {
  try {
    check();
    return '1';
  } catch {
    return '0';
  }
};

const table = (equal: (a: unknown, b: unknown) => void) =>
  names.map((a) => names.map((b) => holds(() => equal(values[a](), values[b]()))).join(''));
const loose = [
  '10111111111111111110011000',
  '01000000000000000000000000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '10111100111111111110011000',
  '10111010111111111110011000',
  '10111001111111111110011000',
  '10111111100111111110011000',
  '10111111010111111110011000',
  '10111111001111111110011000',
  '10111111111101111110011000',
  '10111111111011111110011000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '00000000000000000001000000',
  '00000000000000000000100000',
  '10111111111111111110011000',
  '10111111111111111110011000',
  '00000000000000000000000100',
  '00000000000000000000000010',
  '00000000000000000000000001',
];
const strict = [
  '10000000000000000000000000',
  '01000000000000000000000000',
  '00111000000000000000000000',
  '00111000000000000000000000',
  '00111000000000000000000000',
  '00000100000000000000000000',
  '00000010000000000000000000',
  '00000001000000000000000000',
  '00000000100000000000000000',
  '00000000010000000000000000',
  '00000000001000000000000000',
  '00000000000100000000000000',
  '00000000000010000000000000',
  '00000000000001000000000000',
  '00000000000000100000000000',
  '00000000000000011110000000',
  '00000000000000011110000000',
  '00000000000000011110000000',
  '00000000000000011110000000',
  '00000000000000000001000000',
  '00000000000000000000100000',
  '00000000000000000000010000',
  '00000000000000000000001000',
  '00000000000000000000000100',
  '00000000000000000000000010',
  '00000000000000000000000001',
];

test('toEqual, Bun.deepEquals', () => {
  expect(table((a, b) => expect(a).toEqual(b))).toEqual(loose);
  expect(table((a, b) => expect(Bun.deepEquals(a, b)).toBe(true))).toEqual(loose);
});

test('toStrictEqual, Bun.deepEquals(…, true)', () => {
  expect(table((a, b) => expect(a).toStrictEqual(b))).toEqual(strict);
  expect(table((a, b) => expect(Bun.deepEquals(a, b, true)).toBe(true))).toEqual(strict);
});
