import { expect, mock, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import alias, { callsFoo, fn, foo, K, renamed } from './fixtures/dependency';
import * as namespace from './fixtures/dependency';
import { use } from './fixtures/user';

test('mock.module changes what is already imported, here and elsewhere', async () => {
  expect([foo(1), fn(), alias(), new K().v, renamed]).toEqual(['real1', 'real', 'real default', 'real', 'hidden']);
  expect(use()).toEqual(['real1', 'real2', 'hidden', 1, 'real c', 'real json']);

  mock.module('./fixtures/dependency', () => ({
    foo: () => 'mock foo',
    fn: () => 'mock fn',
    default: () => 'mock default',
    K: class {
      v = 'mock';
    },
    renamed: 'mock renamed',
    bar: 77,
  }));
  expect([foo(1), fn(), alias(), new K().v, renamed, callsFoo(), namespace.foo(1)]).toEqual([
    ...['mock foo', 'mock fn', 'mock default', 'mock', 'mock renamed', 'mock foo', 'mock foo'],
  ]);

  mock.module('./fixtures/common.cjs', () => ({ c: () => 'mock c' }));
  mock.module('./fixtures/data.json', () => ({ default: { v: 'mock json' } }));
  expect(use()).toEqual(['mock foo', 'mock foo', 'mock renamed', 77, 'mock c', 'mock json']);

  expect((await import('./fixtures/dependency')).foo(3)).toBe('mock foo');
  expect(require('./fixtures/dependency').foo(4)).toBe('mock foo');
  expect(require('./fixtures/common.cjs').c()).toBe('mock c');
});

test("a module of Node is mocked for the program's files", () => {
  mock.module('node:fs', () => ({ readFileSync: () => 'mock file' }));
  expect(readFileSync('/no/such/file', 'utf8')).toBe('mock file');
});

test('a module that there is not; factories that are async; a second mock', async () => {
  mock.module('not-there', () => ({ x: 5, default: 6 }));
  const imported: any = await import('not-there' as string);
  expect([imported.x, imported.default, require('not-there').x]).toEqual([5, 6, 5]);
  await mock.module('./fixtures/late', async () => ({ q: 'async' }));
  expect(((await import('./fixtures/late' as string)) as any).q).toBe('async');
  mock.module('./fixtures/late', () => ({ q: 'second' }));
  expect(((await import('./fixtures/late' as string)) as any).q).toBe('second');
});
