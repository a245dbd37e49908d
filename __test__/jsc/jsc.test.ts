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
