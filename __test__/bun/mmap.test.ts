import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

let dir: string;
const at = (name: string) => path.join(dir, name);
const put = (name: string, content: string | Uint8Array) => {
  fs.writeFileSync(at(name), content);
  return at(name);
};
const thrown = (work: () => unknown): any => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-mmap-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('mmap', () => {
  test('a file as memory', () => {
    const memory = Bun.mmap(put('plain', 'hello'));
    expect(memory).toBeInstanceOf(Uint8Array);
    expect([memory.length, Buffer.from(memory).toString()]).toEqual([5, 'hello']);
  });

  test('shared and private', () => {
    const shared = Bun.mmap(put('shared', 'hello'));
    shared[0] = 72;
    expect(fs.readFileSync(at('shared'), 'utf8')).toBe('Hello');
    const own = Bun.mmap(at('shared'), { shared: false });
    own[0] = 74;
    expect(fs.readFileSync(at('shared'), 'utf8')).toBe('Hello');
    expect(own[0]).toBe(74);
  });

  test('offset and size', () => {
    const name = put(
      'range',
      Uint8Array.from({ length: 10_000 }, (_, i) => i % 251),
    );
    for (const [options, length, first] of [
      [{ offset: 4096, size: 10 }, 10, 4096],
      [{ offset: 1 }, 9999, 1],
      [{ offset: 5000, size: 10 }, 10, 5000],
      [{ size: 99_999 }, 10_000, 0],
    ] as const) {
      const memory = Bun.mmap(name, options as any);
      expect([memory.length, memory[0]]).toEqual([length, first % 251]);
    }
    for (const empty of [{ offset: 99_999 }, { size: 0 }]) {
      const error = thrown(() => Bun.mmap(name, empty as any));
      expect([error.code, error.syscall]).toEqual(['EINVAL', 'mmap']);
    }
    expect(() => Bun.mmap(name, { offset: -1 } as any)).toThrow('offset must be a non-negative integer');
    expect(() => Bun.mmap(name, { size: -1 } as any)).toThrow('size must be a non-negative integer');
    expect(thrown(() => Bun.mmap(name, { size: null } as any)).code).toBe('EINVAL');
  });

  test('wrong values and files', () => {
    for (const wrong of [undefined, null, 5]) expect(() => Bun.mmap(wrong as any)).toThrow('path must be a string');
    expect(() => Bun.mmap('a\0b')).toThrow(/without null bytes/);
    expect(() => Bun.mmap(at('plain'), 5 as any)).toThrow('MMapOptions must be an object');
    expect(thrown(() => Bun.mmap(dir)).code).toBe('EISDIR');
    expect(thrown(() => Bun.mmap(put('empty', ''))).code).toBe('EINVAL');
  });

  // Real Bun makes the missing file, and dies of SIGBUS.
  test.skipIf(!isDxCompat)('a file that is not there', () => {
    const error = thrown(() => Bun.mmap(at('none')));
    expect([error.code, error.syscall, error.path]).toEqual(['ENOENT', 'open', at('none')]);
    expect(fs.existsSync(at('none'))).toBe(false);
  });

  test.skipIf(!isDxCompat)('a file that is cut off reads as zeros', () => {
    const memory = Bun.mmap(put('cut', new Uint8Array(100_000).fill(1)));
    fs.truncateSync(at('cut'), 10);
    expect(memory[99_999]).toBe(0);
    expect(memory.reduce((sum, byte) => sum + byte, 0)).toBeLessThan(100_000);
  });
});
