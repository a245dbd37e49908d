import { describe, expect, test } from 'bun:test';
import path from 'node:path';

const here = import.meta.dir;

describe('Bun.resolveSync', () => {
  test('finds files, packages and built-in modules from a folder', () => {
    expect(Bun.resolveSync('./resolve.test', here)).toBe(import.meta.path);
    expect(Bun.resolveSync('hono', here).split(path.sep)).toContain('hono');
    expect(Bun.resolveSync('fs', here)).toBe('node:fs');
    expect(Bun.resolveSync('bun', here)).toBe('bun');
  });

  test('throws a ResolveMessage', () => {
    expect(() => Bun.resolveSync('./gone', here)).toThrow(`Cannot find module './gone' imported from ${here}`);
    expect(() => Bun.resolveSync('gone', here)).toThrow(`Cannot find package 'gone' imported from ${here}`);
  });

  test('needs both arguments', () => {
    expect(() => (Bun as any).resolveSync()).toThrow('Expected a specifier and a from path');
    expect(() => (Bun as any).resolveSync('./a')).toThrow('Expected a from path');
  });
});

describe('Bun.resolve', () => {
  test('gives a promise', async () => {
    expect(await Bun.resolve('./resolve.test', here)).toBe(import.meta.path);
    const error: any = await Promise.resolve(Bun.resolve('./gone', here)).catch((reason) => reason);
    expect(error.code).toBe('ERR_MODULE_NOT_FOUND');
    const missing: any = await Promise.resolve((Bun as any).resolve()).catch((reason) => reason);
    expect(missing.message).toBe('Expected a specifier and a from path');
  });
});
