import { expect, test, vi } from 'bun:test';
// Tests written for another runner get ours. Neither package is installed here.
// @ts-expect-error
import * as jest from '@jest/globals';
// @ts-expect-error
import * as vitest from 'vitest';

test('vitest and @jest/globals', async () => {
  expect([vitest.test, vitest.expect, vitest.vi]).toEqual([test, expect, vi]);
  expect([jest.test, jest.expect]).toEqual([test, expect]);
  // @ts-expect-error
  expect((await import('vitest')).expect).toBe(expect);
  expect(() => require('@jest/globals')).toThrow('Cannot find');
});
