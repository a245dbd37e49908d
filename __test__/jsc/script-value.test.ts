import { deserialize, serialize } from 'bun:jsc';
import { describe, expect, test } from 'bun:test';

const hex = (value: unknown) => serialize(value, { binaryType: 'nodebuffer' }).subarray(4).toString('hex');
const refused = expect.objectContaining({ name: 'DataCloneError', message: 'The object can not be cloned.' });
const getter = (object: object, name: string | number, get: (this: any) => unknown) =>
  Object.defineProperty(object, name, { get, enumerable: true });

describe('depth', () => {
  const depth = 40_001;
  const wraps: [string, (inner: unknown) => unknown][] = [
    ['objects', (inner) => ({ inner })],
    ['arrays', (inner) => [inner]],
    ['maps', (inner) => new Map([[1, inner]])],
    ['keys of maps', (inner) => new Map([[inner, 1]])],
    ['sets', (inner) => new Set([inner])],
  ];
  test.each(wraps)('%s lie in each other', (_name, wrap) => {
    let value: unknown = 5;
    for (let at = 0; at < depth; at++) value = wrap(value);
    const bytes = serialize(value, { binaryType: 'nodebuffer' });
    expect(bytes.equals(serialize(deserialize(bytes), { binaryType: 'nodebuffer' }))).toBe(true);
    const tooDeep = new RangeError('Maximum call stack size exceeded.');
    expect(() => serialize(wrap(value))).toThrow(tooDeep);
  });

  test('of what is read has a limit as well', () => {
    const array = Buffer.from('010100000000000000', 'hex');
    const make = (count: number) =>
      Buffer.concat([
        Buffer.from([14, 0, 0, 0]),
        ...Array.from({ length: count }, () => array),
        Buffer.from([7]),
        Buffer.alloc(4 * count, 255),
      ]);
    expect(deserialize(make(depth))).toHaveLength(1);
    expect(() => deserialize(make(depth + 1))).toThrow(new RangeError('Maximum call stack size exceeded.'));
  });
});

test('a big integer takes no longer than its length', () => {
  for (const value of [1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 130n + 5n, (1n << 4_000_000n) - 1n]) {
    expect(deserialize(serialize(value)) === value).toBe(true);
    expect(deserialize(serialize(-value)) === -value).toBe(true);
  }
});

describe('a getter changes what comes later', () => {
  test('of an object', () => {
    const object = getter({}, 'a', function () {
      delete this.b;
      Object.setPrototypeOf(this, { b: 9 });
      this.z = 1;
      return 1;
    });
    expect(hex(Object.assign(object, { b: 2, c: 3 }))).toBe('02010000806107010000806305' + '03000000ffffffff');
  });

  test('of an array', () => {
    const shortened = getter([0, 2, 3, 4], 1, function () {
      this.length = 2;
      return 7;
    });
    expect(hex(shortened)).toBe('01040000000000000006010000000507000000ffffffff');
    const hole = getter([0, 2, 3, 4], 1, function () {
      delete this[2];
      this.push(5);
      this.x = 1;
      return 7;
    });
    expect(hex(hole)).toBe(
      '01040000000000000006010000000507000000' + '030000000504000000' + 'fdffffff010000807807ffffffff',
    );
  });

  test('of a map and of a set', () => {
    const key = getter({}, 'a', () => {
      map.delete('q');
      map.set('n', 1);
      set.delete('q');
      set.add('n');
      return 1;
    });
    const map = new Map<unknown, unknown>([
      [key, 1],
      ['q', 2],
    ]);
    const set = new Set<unknown>([key, 'q']);
    expect(hex(map)).toBe('1e02010000806107ffffffff0710010000806e071fffffffff');
    map.clear();
    expect(hex(set)).toBe('1d02010000806107ffffffff10010000806e20ffffffff');
  });
});

test('own methods do not speak for what an object is', () => {
  expect(hex(Object.assign(Object(5), { valueOf: () => 'x' }))).toBe('1c0000000000001440');
  expect(hex(Object.assign(Object('ab'), { valueOf: () => 3 }))).toBe('1a020000806162');
  expect(hex(Object.defineProperty(/a/g, 'source', { value: 'zz' }))).toBe('1201000080610100008067');
  expect(hex(5n === BigInt(5) && Object(5n))).toBe('3000010000000500000000000000');
});

const plain = '02010000806107ffffffff';
const plains: [string, object][] = [
  ['of a class', new (class Foo {})()],
  [
    'of a class that is tagged as a map',
    new (class Foo {
      get [Symbol.toStringTag]() {
        return 'Map';
      }
    })(),
  ],
  [
    'of a class that is named as one of the host',
    new (class Request {
      get [Symbol.toStringTag]() {
        return 'Request';
      }
    })(),
  ],
  ['that is tagged', { [Symbol.toStringTag]: 'Math' }],
  ['that inherits from a map', Object.create(Map.prototype)],
  ['that inherits from a promise', Object.create(Promise.prototype)],
  ['that inherits from nothing', Object.create(null)],
];
test.each(plains)('an object %s is plain', (_name, value) => {
  expect(hex(Object.assign(value, { a: 1 }))).toBe(plain);
});

test('the names of no class are looked up', () => {
  let reads = 0;
  Object.defineProperty(globalThis, 'Surprise', { get: () => reads++, configurable: true });
  class Surprise {
    a = 1;
    get [Symbol.toStringTag]() {
      return 'Surprise';
    }
  }
  expect(hex(new Surprise())).toBe(plain);
  expect(reads).toBe(0);
  delete (globalThis as any).Surprise;
});

const others: [string, () => unknown][] = [
  ...['Math', 'JSON', 'Reflect', 'Atomics', 'Intl', 'WebAssembly', 'globalThis'].map(
    (name): [string, () => unknown] => [name, () => (globalThis as any)[name]],
  ),
  ['Intl.NumberFormat', () => new Intl.NumberFormat()],
  ['Intl.Segmenter', () => new Intl.Segmenter()],
  ['WebAssembly.Memory', () => new WebAssembly.Memory({ initial: 1 })],
  ['Map.prototype', () => Map.prototype],
  ['Date.prototype', () => Date.prototype],
  ['an iterator of an array', () => [][Symbol.iterator]()],
  ['an iterator of a map', () => new Map().entries()],
  ['an iterator of a set', () => new Set().values()],
  ['an iterator of a text', () => ''[Symbol.iterator]()],
  ['matches', () => 'a'.matchAll(/a/g)],
  [
    'a generator',
    () =>
      (function* () {
        yield 1;
      })(),
  ],
  ['a promise', () => Promise.resolve()],
  ['a weak map', () => new WeakMap()],
  ['a weak reference', () => new WeakRef({})],
  ['a registry', () => new FinalizationRegistry(() => {})],
  [
    'arguments',
    () =>
      (function () {
        // oxlint-disable-next-line prefer-rest-params
        return arguments;
      })(),
  ],
  ['a proxy', () => new Proxy({}, {})],
  ['a proxy of an array', () => new Proxy([], {})],
  ['a symbol', () => Object(Symbol('a'))],
  ['URL', () => new URL('http://a')],
  ['a class that extends URL', () => new (class extends URL {})('http://a')],
  ['Headers', () => new Headers()],
  ['Request', () => new Request('http://a')],
  ['Response', () => new Response()],
  ['FormData', () => new FormData()],
  ['URLSearchParams', () => new URLSearchParams()],
  ['TextEncoder', () => new TextEncoder()],
  ['TextDecoder', () => new TextDecoder()],
  ['Event', () => new Event('x')],
  ['AbortController', () => new AbortController()],
  ['ReadableStream', () => new ReadableStream()],
  ['CompressionStream', () => new CompressionStream('gzip')],
  ['crypto', () => crypto],
  ['performance', () => performance],
];
test.each(others)('%s is refused', (_name, make) => {
  expect(() => serialize(make())).toThrow(refused);
  expect(() => serialize([{ inner: make() }])).toThrow(refused);
});

test('what is left of a buffer that was given away is refused', () => {
  for (const make of [() => new Uint8Array(4), () => new DataView(new ArrayBuffer(4)), () => new ArrayBuffer(4)]) {
    const value = make();
    const buffer = value instanceof ArrayBuffer ? value : value.buffer;
    structuredClone(buffer, { transfer: [buffer] });
    expect(() => serialize(value)).toThrow(refused);
  }
  const buffer = new (ArrayBuffer as any)(8, { maxByteLength: 16 });
  const views = [new Uint8Array(buffer, 4, 4), new DataView(buffer, 4, 4)];
  buffer.resize(2);
  for (const view of views) expect(() => serialize(view)).toThrow(refused);
});

test('names that objects inherit are names like others', () => {
  const value = JSON.parse('{"__proto__":{"x":1},"toString":1,"constructor":2,"a":3}');
  const read = deserialize(serialize(value));
  expect(Object.keys(read)).toEqual(['__proto__', 'toString', 'constructor', 'a']);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(read.x).toBeUndefined();
  const map = Object.defineProperty(new Map(), 'size', { value: 7, enumerable: true });
  expect(deserialize(serialize(map)).size).toBe(7);
});

test('holes of an array stay, and properties besides', () => {
  const array: any[] = [1];
  array[70_000] = { a: 2 };
  array.length = 80_000;
  (array as any).x = 'y';
  (array as any)[4294967293.5] = 'z';
  const read = deserialize(serialize(array));
  expect(read).toHaveLength(80_000);
  expect(Object.entries(read)).toEqual(Object.entries(array));
});

test('long arrays with everything that an array can have are what Bun makes of them', () => {
  const changes: ((array: any) => void)[] = [
    () => {},
    (array) => (array.x = 1),
    (array) => (array[-1] = 2),
    (array) => (array[Symbol('s')] = 3),
    (array) => Object.defineProperty(array, 'y', { value: 4, enumerable: false }),
    (array) => getter(array, 'y', () => 5),
    (array) => delete array[150],
    (array) => delete array[299],
    (array) => (array[150] = undefined),
    (array) => (array[7] = { a: [array] }),
    (array) => getter(array, 3, () => array.pop()),
    (array) => Object.setPrototypeOf(array, Object.assign(Object.create(Array.prototype), { 8: 'inherited' })),
    (array) => Object.setPrototypeOf(array, null),
    (array) => (array.constructor = 'c'),
    (array) => (array[Symbol.toStringTag] = 'Tag'),
    (array) => (array[' more items ]'] = 1),
  ];
  const made = changes.map((change) => {
    const array = Array.from({ length: 300 }, (_, at) => at - 2);
    change(array);
    return hex(array);
  });
  expect(made.map((text) => text.length - made[0].length)).toEqual([
    0, 20, 30, 0, 0, 28, -18, -18, -8, 40, -10, 0, 0, 50, 0, 44,
  ]);
  expect(Bun.hash.crc32(made.join())).toBe(1_230_243_349);
  (Array.prototype as any)[9] = 'inherited';
  try {
    const array = Array.from({ length: 300 }, (_, at) => at);
    delete array[9];
    expect(hex(array)).not.toContain(Buffer.from('inherited').toString('hex'));
  } finally {
    delete (Array.prototype as any)[9];
  }
});

test('what a getter gives the prototype meanwhile is not written', () => {
  for (const [length, proto] of [
    [300, Array.prototype],
    [300, Object.prototype],
    [20, Array.prototype],
  ] as [number, any][]) {
    const array = Array.from({ length }, (_, at) => at);
    delete array[15];
    getter(array, 3, () => {
      Object.defineProperty(proto, 15, { value: 'inherited', configurable: true });
      return 'read';
    });
    try {
      expect(hex(array)).not.toContain(Buffer.from('inherited').toString('hex'));
    } finally {
      delete proto[15];
    }
  }
});
