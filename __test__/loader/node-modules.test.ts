import { afterAll, expect, test } from 'bun:test';
import fs, { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'node-modules-'));
const file = join(folder, 'f');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('node:fs writes array buffers', async () => {
  const data = new TextEncoder().encode('hello').buffer as any;
  const written = async (write: () => unknown) => {
    writeFileSync(file, '');
    await write();
    return readFileSync(file, 'utf8');
  };
  const called = (name: 'writeFile' | 'appendFile') =>
    new Promise<void>((resolve, reject) => fs[name](file, data, (error) => (error ? reject(error) : resolve())));
  expect(await written(() => writeFileSync(file, data))).toBe('hello');
  expect(await written(() => appendFileSync(file, data))).toBe('hello');
  expect(await written(() => called('writeFile'))).toBe('hello');
  expect(await written(() => called('appendFile'))).toBe('hello');
  expect(await written(() => writeFile(file, data))).toBe('hello');
  expect(await written(() => fs.promises.appendFile(file, data))).toBe('hello');
  expect(await written(() => require('fs/promises').writeFile(file, data))).toBe('hello');
  expect(await written(() => writeFileSync(file, new SharedArrayBuffer(3) as any))).toBe('\0\0\0');
  expect(() => writeFileSync(file, new Date() as any)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
  expect([writeFileSync.name, writeFileSync.length]).toEqual(['writeFileSync', 3]);
});

test('abort-controller is built in', async () => {
  // @ts-expect-error it has no types
  const imported = await import('abort-controller');
  expect(imported.AbortSignal).toBe(AbortSignal);
  expect(imported.default).toBe(AbortController);
  const required = require('abort-controller');
  expect(required).toBe(AbortController);
  expect(required.default.AbortController).toBe(AbortController);
  expect(required.AbortSignal).toBe(AbortSignal);
  expect(require.resolve('abort-controller')).toBe('abort-controller');
});
