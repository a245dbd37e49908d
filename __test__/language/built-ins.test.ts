import { describe, expect, test } from 'bun:test';

// Part of JavaScript in Bun; V8 of older Node has them not.
const g = globalThis as any;

describe('Promise', () => {
  test('withResolvers', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    resolve(5);
    expect(await promise).toBe(5);
    class Own<T> extends Promise<T> {}
    expect((Promise as any).withResolvers.call(Own).promise).toBeInstanceOf(Own);
  });

  test('try', async () => {
    expect(await (Promise as any).try((a: number, b: number) => a + b, 1, 2)).toBe(3);
    expect(
      (Promise as any).try(() => {
        throw new Error('x');
      }),
    ).rejects.toThrow('x');
  });
});

describe('collections', () => {
  test('Array.fromAsync', async () => {
    async function* two() {
      yield 1;
      yield 2;
    }
    expect(await Array.fromAsync(two(), (x) => x * 10)).toEqual([10, 20]);
    expect(await Array.fromAsync([Promise.resolve(1), 2])).toEqual([1, 2]);
    expect(await Array.fromAsync({ length: 2, 0: 'a', 1: Promise.resolve('b') } as any)).toEqual(['a', 'b']);
  });

  test('groupBy', () => {
    expect(Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even'))).toEqual({ odd: [1, 3], even: [2] } as any);
    expect(Object.getPrototypeOf(Object.groupBy([], () => ''))).toBe(null);
    expect(Map.groupBy([1, 2, 3], (x) => x % 2).get(1)).toEqual([1, 3]);
    expect(() => Object.groupBy([1], 5 as any)).toThrow(TypeError);
  });

  test('getOrInsert', () => {
    const map = new Map<string, number>() as any;
    expect(map.getOrInsert('a', 1)).toBe(1);
    expect(map.getOrInsertComputed('a', () => 2)).toBe(1);
    expect(map.getOrInsertComputed('b', (key: string) => key.length)).toBe(1);
    expect(() => map.getOrInsertComputed('c', 5)).toThrow(TypeError);
  });

  test('sets', () => {
    const a = new Set([1, 2, 3]) as any;
    expect([...a.union(new Set([3, 4]))]).toEqual([1, 2, 3, 4]);
    expect([...a.intersection(new Set([3, 2]))].sort()).toEqual([2, 3]);
    expect([...a.difference(new Map([[1, 'x']]))]).toEqual([2, 3]);
    expect([...a.symmetricDifference(new Set([3, 4]))]).toEqual([1, 2, 4]);
    expect(a.isSupersetOf(new Set([1]))).toBe(true);
    expect(a.isSubsetOf(new Set([1, 2, 3, 4]))).toBe(true);
    expect(a.isDisjointFrom(new Set([9]))).toBe(true);
    expect(() => a.union([1])).toThrow(TypeError);
    expect(() => a.union(5)).toThrow(TypeError);
    expect(() => a.union({ size: -1, has() {}, keys() {} })).toThrow(RangeError);
  });
});

describe('iterators', () => {
  test('helpers are lazy and close what they leave early', () => {
    const log: string[] = [];
    function* source() {
      try {
        yield 1;
        yield 2;
        yield 3;
      } finally {
        log.push('closed');
      }
    }
    const result = (source() as any)
      .map((x: number) => (log.push(`map ${x}`), x * 2))
      .filter((x: number) => x > 2)
      .take(1);
    expect(log).toEqual([]);
    expect([...result]).toEqual([4]);
    expect(log).toEqual(['map 1', 'map 2', 'closed']);
  });

  test('the rest', () => {
    const of = () => [1, 2, 3].values() as any;
    expect(of().drop(1).toArray()).toEqual([2, 3]);
    expect(
      of()
        .flatMap((x: number) => [x, x])
        .toArray(),
    ).toEqual([1, 1, 2, 2, 3, 3]);
    expect(of().reduce((a: number, b: number) => a + b)).toBe(6);
    expect(of().some((x: number) => x === 2)).toBe(true);
    expect(of().every((x: number) => x < 3)).toBe(false);
    expect(of().find((x: number) => x > 1)).toBe(2);
    expect(() => of().take(-1)).toThrow(RangeError);
    expect(() => of().map(5)).toThrow(TypeError);
    expect(() => [].values().reduce((a: any) => a)).toThrow(TypeError);
    let next = 0;
    expect(g.Iterator.from({ next: () => ({ done: next === 2, value: next++ }) }).toArray()).toEqual([0, 1]);
    expect(of()).toBeInstanceOf(g.Iterator);
    expect(() => new g.Iterator()).toThrow(TypeError);
    expect(g.Iterator.concat([1], new Set([2])).toArray()).toEqual([1, 2]);
  });

  test('a property of an object that inherits a helper is its own', () => {
    const own = [].values() as any;
    own.map = 5;
    expect(own.map).toBe(5);
    expect(typeof ([].values() as any).map).toBe('function');
  });
});

describe('disposal', () => {
  test('DisposableStack', () => {
    const log: string[] = [];
    const stack = new g.DisposableStack();
    stack.defer(() => log.push('deferred'));
    stack.adopt('value', (value: string) => log.push(value));
    stack.use({ [Symbol.dispose]: () => log.push('used') });
    const moved = stack.move();
    expect(stack.disposed).toBe(true);
    expect(() => stack.defer(() => {})).toThrow(ReferenceError);
    moved.dispose();
    expect(log).toEqual(['used', 'value', 'deferred']);
  });

  test('errors suppress one another', async () => {
    const stack = new g.AsyncDisposableStack();
    stack.defer(async () => {
      throw 'first';
    });
    stack.defer(() => {
      throw 'second';
    });
    const error = await stack.disposeAsync().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(g.SuppressedError);
    expect([error.name, error.error, error.suppressed]).toEqual(['SuppressedError', 'first', 'second']);
  });
});

describe('bytes and numbers', () => {
  test('base64 and hexadecimal', () => {
    const bytes = new Uint8Array([251, 255, 1, 0]) as any;
    expect(bytes.toBase64()).toBe('+/8BAA==');
    expect(bytes.toBase64({ alphabet: 'base64url', omitPadding: true })).toBe('-_8BAA');
    expect(bytes.toHex()).toBe('fbff0100');
    const { fromBase64, fromHex } = Uint8Array as any;
    expect([...fromBase64(' +/8B AA= =')]).toEqual([251, 255, 1, 0]);
    expect([...fromBase64('AAA', { lastChunkHandling: 'stop-before-partial' })]).toEqual([]);
    expect([...fromHex('00Ff')]).toEqual([0, 255]);
    for (const text of ['A', 'A===', '+/8BAA=', '$$$$', 'AA=A']) expect(() => fromBase64(text)).toThrow(SyntaxError);
    expect(() => fromBase64('AB==', { lastChunkHandling: 'strict' })).toThrow(SyntaxError);
    expect(() => fromHex('0')).toThrow(SyntaxError);
    expect(() => fromHex('0g')).toThrow(SyntaxError);
    const target = new Uint8Array(4) as any;
    expect(target.setFromBase64('AQIDBAUG')).toEqual({ read: 4, written: 3 });
    expect(target.setFromHex('0a0b0c0d0e')).toEqual({ read: 8, written: 4 });
  });

  test('half precision', () => {
    const { f16round } = Math as any;
    expect([1.337, 65519, 65520, 1e-8, -0, 2 ** -24, 1.00048828125].map(f16round)).toEqual([
      1.3369140625,
      65504,
      Infinity,
      0,
      -0,
      2 ** -24,
      1,
    ]);
    const view = new DataView(new ArrayBuffer(2)) as any;
    view.setFloat16(0, -1.5, true);
    expect([view.getUint8(1), view.getFloat16(0, true)]).toEqual([0xbe, -1.5]);
  });

  test('sumPrecise', () => {
    const { sumPrecise } = Math as any;
    expect(sumPrecise([1e20, 0.1, -1e20])).toBe(0.1);
    expect(sumPrecise([])).toBe(-0);
    expect(sumPrecise([Infinity, -Infinity])).toBe(NaN);
    expect(() => sumPrecise(['1'])).toThrow(TypeError);
  });
});

test('RegExp.escape, Error.isError, ArrayBuffer#transfer', () => {
  const { escape } = RegExp as any;
  expect([escape('a.b'), escape('1-2'), escape('\n$'), escape('_x')]).toEqual([
    '\\x61\\.b',
    '\\x31\\x2d2',
    '\\n\\$',
    '_x',
  ]);
  const { isError } = Error as any;
  expect([isError(new TypeError()), isError({ message: '' })]).toEqual([true, false]);
  const buffer = new Uint8Array([1, 2, 3]).buffer as any;
  const moved = buffer.transfer(5);
  expect([buffer.byteLength, moved.byteLength, new Uint8Array(moved)[2]]).toEqual([0, 5, 3]);
});
