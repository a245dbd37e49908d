import { describe, expect, test } from 'bun:test';

const classes: [string, new (parts?: any) => Blob][] = [
  ['Blob', Blob],
  [
    'File',
    class extends File {
      constructor(parts: any) {
        super(parts, 'name.txt');
      }
    },
  ],
];

describe.each(classes)('new %s', (_, Class) => {
  const bytes = new Uint8Array([65, 66]);

  test.each([
    ['a typed array', bytes, 'AB'],
    ['numbers of two bytes', new Uint16Array([65, 66]), 'A\0B\0'],
    ['a buffer', bytes.buffer, 'AB'],
    ['a view', new DataView(bytes.buffer, 1), 'B'],
    ['an array', ['x', bytes, new Blob(['y'])], 'xABy'],
    ['arrays in an array', [['a', 'b'], [1]], 'a,b1'],
    ['nothing', undefined, ''],
    ['null', null, ''],
  ])('of %s', async (__, parts, text) => {
    const blob = new Class(parts);
    expect(await blob.text()).toBe(text);
    expect(blob.size).toBe(text.length);
  });

  test.each([['text'], [5], [{}], [new Set(['a'])], [new Blob(['b'])], [Symbol('s')]])('not of %p', (parts) => {
    const make = () => new Class(parts);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', message: 'new Blob() expects an Array' }),
    );
  });
});

describe('the name of a blob', () => {
  test.each([
    ['Blob', () => new Blob(['a']), undefined],
    ['File', () => new File(['a'], 'own'), 'own'],
  ])('%s', (_, make, own) => {
    const blob = make() as any;
    expect(blob.name).toBe(own);
    blob.name = 'x';
    blob.name = 10;
    expect(blob.name).toBe('x');
    blob.name = '';
    expect(blob.name).toBe('');
    blob.name = undefined;
    expect(blob.name).toBe(undefined);
    expect(make().name).toBe(own as any);
  });
});

test('File wants a name', () => {
  expect(() => new (File as any)([])).toThrow('new File(bits, name) expects at least 2 arguments');
});

test('what Node makes and what extends the classes are instances', async () => {
  class Named extends Blob {
    kind = 'named';
  }
  const named = new Named(['z']);
  expect([named instanceof Named, named instanceof Blob, named.kind, await named.text()]).toEqual([
    true,
    true,
    'named',
    'z',
  ]);
  expect(named.slice(0, 1) instanceof Blob).toBe(true);
  expect(new Blob([]).constructor).toBe(Blob);
  expect((await new Response('r').blob()) instanceof Blob).toBe(true);
  expect(structuredClone(new Blob(['c'])) instanceof Blob).toBe(true);
  expect(new File([], 'f') instanceof Blob).toBe(true);
});

test('what is in memory needs no wait', () => {
  const read = (blob: any) =>
    ['text', 'arrayBuffer', 'bytes', 'json'].map((name) => {
      const promise = blob[name]();
      promise.catch(() => {});
      const value: any = Bun.peek(promise);
      if (value === promise) return 'pending';
      if (value instanceof Error) return 'error';
      if (value instanceof ArrayBuffer) return `${Buffer.from(value).toString('hex')} ${value.byteLength}`;
      return value instanceof Uint8Array ? `${Buffer.from(value).toString('hex')} ${value.buffer.byteLength}` : value;
    });
  expect(read(new Blob(['aé😀']))).toEqual(['aé😀', '61c3a9f09f9880 7', '61c3a9f09f9880 7', 'error']);
  expect(read(new Blob([]))).toEqual(['', ' 0', ' 0', 'error']);
  const parts = [new Uint8Array([97, 98]), 'c', new Blob(['d'])];
  expect(read(new Blob(parts))).toEqual(['abcd', '61626364 4', '61626364 4', 'error']);
  expect(read(new Blob(parts).slice(1, 3))).toEqual(['bc', '6263 2', '6263 2', 'error']);
  expect(read(new Blob(['\ufeff1']))).toEqual(['1', 'efbbbf31 4', 'efbbbf31 4', 1]);
  expect(read(new File(['{"a":1}'], 'f'))[3]).toEqual({ a: 1 });
});
