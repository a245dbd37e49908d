import {
  deserialize,
  edenGC,
  fullGC,
  gcAndSweep,
  heapSize,
  heapStats,
  memoryUsage,
  serialize,
  setTimeZone,
} from 'bun:jsc';
import { expect, test } from 'bun:test';

test('the collectors give the size of the heap', () => {
  for (const collect of [fullGC, gcAndSweep, edenGC]) expect(collect()).toBeGreaterThan(0);
  expect(heapSize()).toBeGreaterThan(0);
});

test('Bun.gc may be the global gc', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'gc');
  Object.defineProperty(globalThis, 'gc', { value: Bun.gc, configurable: true });
  try {
    expect(Bun.gc(true)).toBeGreaterThan(0);
  } finally {
    if (before) Object.defineProperty(globalThis, 'gc', before);
    else delete (globalThis as any).gc;
  }
});

test('heapStats counts objects by class', () => {
  const promises = Array.from({ length: 500 }, () => new Promise(() => {}));
  const stats = heapStats();
  expect(stats.heapSize).toBeGreaterThan(0);
  expect(stats.heapCapacity).toBeGreaterThan(0);
  expect(stats.objectCount).toBeGreaterThan(500);
  expect(stats.objectTypeCounts.Promise).toBeGreaterThanOrEqual(500);
  expect(promises).toHaveLength(500);
});

test('memoryUsage has the peak at or above the present', () => {
  const { current, peak } = memoryUsage();
  expect(current).toBeGreaterThan(0);
  expect(peak).toBeGreaterThanOrEqual(current);
});

test('a value survives serialize and deserialize', () => {
  const value = { a: [1, 'ü', 2n], b: new Map([[1, new Date(5)]]) };
  const shared = serialize(value);
  expect(shared).toBeInstanceOf(SharedArrayBuffer);
  expect(deserialize(shared)).toEqual(value);
  const buffer = serialize(value, { binaryType: 'nodebuffer' });
  expect(Buffer.isBuffer(buffer)).toBe(true);
  expect(deserialize(buffer)).toEqual(value);
});

/** What Bun writes after the version. */
const written: [string, unknown, string][] = [
  ['undefined', undefined, '03'],
  ['null', null, '04'],
  ['booleans', [true, false], '0102000000000000000901000000' + '08ffffffff'],
  ['0', 0, '06'],
  ['1', 1, '07'],
  ['-1', -1, '05ffffffff'],
  ['-0', -0, '0a0000000000000080'],
  ['2 ** 31', 2 ** 31, '0a000000000000e041'],
  ['NaN', Number.NaN, '0a000000000000f87f'],
  ['an empty text', '', '11'],
  ['ISO 8859-1', '\u00e9', '1001000080e9'],
  ['UTF-16', '\u20ac', '1001000000ac20'],
  ['half a surrogate pair', '\ud800', '100100000000d8'],
  ['an object', { a: 1, b: 'x' }, '020100008061070100008062100100008078ffffffff'],
  ['a getter', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true }), '02010000806107ffffffff'],
  ['names', { '': 1, 2: 3, '\u20ac': 1 }, '02010000803205030000000000008007' + '01000000ac2007ffffffff'],
  // oxlint-disable-next-line no-sparse-arrays
  ['holes', [1, , 3], '01030000000000000007020000000503000000ffffffff'],
  ['a property of an array', Object.assign([1], { x: 2 }), '01010000000000000007fdffffff01000080780502000000ffffffff'],
  ['a text twice', ['abc', 'abc'], '010200000000000000100300008061626301000000' + '10feffffff00ffffffff'],
  ['a date', new Date(5), '0b0000000000001440'],
  ['no date', new Date(Number.NaN), '0b000000000000f87f'],
  ['an expression', /ab+c/gi, '120400008061622b63020000806769'],
  ['a map', new Map([[1, 2]]), '1e0705020000001fffffffff'],
  ['a set', new Set([1, 'a']), '1d0710010000806120ffffffff'],
  ['a buffer', new Uint8Array([1, 2, 3]).buffer, '150300000000000000010203'],
  [
    'a part of a buffer',
    new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
    '160201000000000000000200000000000000' + '15040000000000000001020304',
  ],
  ['doubles', new Float64Array([1.5]), '160900000000000000000800000000000000' + '150800000000000000000000000000f83f'],
  [
    'a view',
    new DataView(new ArrayBuffer(8), 2, 3),
    '160002000000000000000300000000000000' + '1508000000000000000000000000000000',
  ],
  ['a big integer', -12345678901234567890n, '2f0101000000d20a1feb8ca954ab'],
  ['0n', 0n, '2f0000000000'],
  [
    'objects around values',
    [Object(true), Object('s'), Object(5)],
    '0103000000000000001801000000' + '1a010000807302000000' + '1c0000000000001440ffffffff',
  ],
  ['a DOMException', new DOMException('m', 'AbortError'), '33010000806d0a00008041626f72744572726f72'],
];

test.each(written)('%s is written and read as Bun does', (_name, value, hex) => {
  const bytes = serialize(value, { binaryType: 'nodebuffer' });
  expect(bytes.subarray(4).toString('hex')).toBe(hex);
  const read = deserialize(bytes);
  if (value instanceof DOMException) expect([read.name, read.message]).toEqual(['AbortError', 'm']);
  else if (typeof value === 'object' && value !== null && 'a' in value) expect(read).toEqual({ ...value });
  else if (value instanceof Date) expect(read.getTime()).toEqual(value.getTime());
  else expect(read).toEqual(value);
});

test('what occurs twice is one thing, also in a circle and among many', () => {
  const value: any = {
    map: new Map(),
    view: new Uint8Array(2),
    many: Array.from({ length: 300 }, (_, i) => ({ [`k${i}`]: i })),
  };
  value.self = value;
  value.map.set(value.map, value.view);
  value.buffer = value.view.buffer;
  value.again = [value.many[299], value.view, 'k0', 'k299', value.many[0]];
  const bytes = serialize(value, { binaryType: 'nodebuffer' });
  const read = deserialize(bytes);
  expect(read.self).toBe(read);
  expect(read.map.get(read.map)).toBe(read.view);
  expect(read.view.buffer).toBe(read.buffer);
  expect(read.again[0]).toBe(read.many[299]);
  expect(read.again[1]).toBe(read.view);
  expect(read.again.slice(2, 4)).toEqual(['k0', 'k299']);
  expect(read.again[4]).toBe(read.many[0]);
  expect(Bun.hash.crc32(bytes)).toBe(1104955079);
});

test('errors keep their class, message and stack', () => {
  for (const Class of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const error = new Class('m');
    error.stack = 'S';
    const read = deserialize(serialize(error));
    expect(read).toBeInstanceOf(Class);
    expect([read.message, read.stack]).toEqual(['m', 'S']);
  }
});

test('bytes that are cut off give nothing', () => {
  const bytes = serialize(
    { a: [1, 'text', new Map([[1, { b: 2n }]]), new Uint8Array(3)], c: /x/g },
    { binaryType: 'nodebuffer' },
  );
  for (let length = 0; length < bytes.length; length++) {
    let read;
    try {
      read = deserialize(bytes.subarray(0, length));
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      continue;
    }
    expect(read).toBeNull(); // as Bun has it for some
  }
});

test('what cannot be cloned or read is refused', () => {
  expect(() => serialize(() => 1)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  expect(() => deserialize(5 as never)).toThrow(new TypeError('First argument must be an ArrayBuffer'));
  expect(() => deserialize(new Uint8Array(5))).toThrow(new TypeError('Unable to deserialize data.'));
});

test('setTimeZone changes the clock of Date', () => {
  const before = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    expect(setTimeZone('America/New_York')).toBe('America/New_York');
    expect(new Date(0).getHours()).toBe(19);
    expect(() => setTimeZone('x/y')).toThrow(new TypeError('Invalid timezone: "x/y"'));
    expect(() => (setTimeZone as any)()).toThrow(new TypeError('setTimeZone requires a timezone string'));
  } finally {
    setTimeZone(before);
  }
});
