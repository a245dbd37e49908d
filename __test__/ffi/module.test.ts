import { FFIType, dlopen, ptr, read, suffix } from 'bun:ffi';
import { expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';

test('constants', () => {
  expect(suffix).toBe(process.platform === 'win32' ? 'dll' : process.platform === 'darwin' ? 'dylib' : 'so');
  const { i32, int, ptr: pointer, cstring, fn, f64, char, i8, bool } = FFIType as any;
  expect([i32, int, pointer, cstring, fn, f64, char, i8, bool]).toEqual([5, 5, 12, 14, 17, 9, 0, 1, 11]);
  expect((FFIType as any)[17]).toBe(17);
  expect(Object.keys(FFIType).length).toBe(61);
});

// A binary of Bun has native code always.
test.skipIf(!isDxCompat)('without native code each function says so when it is called', () => {
  for (const call of [() => dlopen('x', {}), () => ptr(new Uint8Array(1)), () => read.u8(0 as any, 0)])
    expect(call).toThrow('this binary was built without the feature flag "bun-ffi"');
});
