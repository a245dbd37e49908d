import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

let dir: string;
const at = (name: string) => path.join(dir, name);
const read = (name: string) => fs.readFileSync(at(name), 'utf8');

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-sink-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('FileSink', () => {
  test('write, flush, end and what they answer', async () => {
    const writer = Bun.file(at('a')).writer();
    expect(fs.existsSync(at('a'))).toBe(true);
    expect(writer.write('h\u00e9')).toBe(3);
    expect(writer.write(new Uint8Array([65, 66]))).toBe(2);
    expect(writer.write(new Uint8Array([67]).buffer)).toBe(1);
    expect(writer.write(new DataView(new Uint8Array([68, 69]).buffer, 1))).toBe(1);
    expect(writer.write('')).toBe(0);
    expect(read('a')).toBe('');
    expect(writer.flush()).toBe(7);
    expect(read('a')).toBe('h\u00e9ABCE');
    expect(writer.flush()).toBe(0);
    writer.write('!');
    expect(await writer.end()).toBe(1);
    expect(read('a')).toBe('h\u00e9ABCE!');
    expect(await writer.end()).toBe(0);
    expect(writer.write('late') as any).toBe(true);
  });

  test('what is gathered leaves by itself', async () => {
    const writer = Bun.file(at('b')).writer();
    writer.write('by itself');
    for (let i = 0; i < 100 && read('b') === ''; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(read('b')).toBe('by itself');
    await writer.end();
  });

  test('large chunks leave at once; highWaterMark keeps them', async () => {
    const writer = Bun.file(at('c')).writer();
    writer.write('x'.repeat(300_000));
    expect(read('c').length).toBe(300_000);
    await writer.end();
    const patient = Bun.file(at('d')).writer({ highWaterMark: 1024 * 1024 });
    patient.write('x'.repeat(100_000));
    if (isDxCompat) expect(read('d').length).toBe(0); // real Bun 1.4.5 does not wait for the mark
    await patient.end();
    expect(read('d').length).toBe(100_000);
  });

  test('bytes may be changed once they were written', async () => {
    const writer = Bun.file(at('e')).writer();
    const bytes = new Uint8Array([65]);
    writer.write(bytes);
    bytes[0] = 66;
    writer.write(bytes);
    await writer.end();
    expect(read('e')).toBe('AB');
  });

  test('a file is written over from its start, not emptied', async () => {
    fs.writeFileSync(at('f'), '0123456789');
    const writer = Bun.file(at('f')).writer();
    writer.write('ab');
    await writer.end();
    expect(read('f')).toBe('ab23456789');
  });

  test('a descriptor stays open', async () => {
    const descriptor = fs.openSync(at('g'), 'w');
    const writer = Bun.file(descriptor).writer();
    writer.write('through');
    await writer.end();
    fs.writeSync(descriptor, '!');
    fs.closeSync(descriptor);
    expect(read('g')).toBe('through!');
  });

  test('wrong chunks and options', async () => {
    const writer = Bun.file(at('h')).writer();
    for (const chunk of [5, null, undefined, ['a'], {}, new Blob(['x'])]) {
      expect(() => writer.write(chunk as any)).toThrow('write() expects a string, ArrayBufferView, or ArrayBuffer');
    }
    await writer.end();
    expect(() => Bun.file(at('h')).writer('x' as any)).toThrow('options must be an object or undefined');
    for (const options of [{ highWaterMark: -5 }, { highWaterMark: 'x' as any }, null as any]) {
      await Bun.file(at('h')).writer(options).end();
    }
  });

  test('a file that cannot be opened', () => {
    expect(() => Bun.file(at('no/such')).writer()).toThrow(/^ENOENT: no such file or directory, open/);
    expect(() => Bun.file(dir).writer()).toThrow(/^EISDIR/);
  });

  test('a descriptor that is not open', () => {
    try {
      Bun.file(9999).writer();
    } catch (error: any) {
      expect([error.code, error.syscall, error.fd]).toEqual(['EBADF', 'fcntl', 9999]);
      expect(error.message).toBe('EBADF: bad file descriptor, fcntl');
      return;
    }
    throw new Error('it was opened');
  });

  test('a full device', () => {
    if (!fs.existsSync('/dev/full')) return;
    const writer = Bun.file('/dev/full').writer();
    writer.write('x');
    expect(() => writer.flush()).toThrow(/^ENOSPC/);
  });

  test('ref, unref, start', async () => {
    const writer = Bun.file(at('i')).writer();
    expect(writer.ref()).toBeUndefined();
    expect(writer.unref()).toBeUndefined();
    expect(writer.start({ highWaterMark: 10 })).toBeUndefined();
    await writer.end();
  });
});
