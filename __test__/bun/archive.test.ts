import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

let root: string;
const at = (...names: string[]) => path.join(root, ...names);
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-archive-'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const hasTar = spawnSync('tar', ['--version']).status === 0;
const tar = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync('tar', words, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
};
const texts = async (files: Map<string, File>) =>
  Object.fromEntries(await Promise.all([...files].map(async ([name, file]) => [name, await file.text()])));

test('what is packed comes out', async () => {
  const long = `${'q/'.repeat(100)}f`;
  const archive = new Bun.Archive({
    'text.txt': 'plain',
    'dir/bytes': new Uint8Array([104, 105]),
    buffer: new Uint8Array([106]).buffer,
    blob: new Blob(['b', 'c']),
    number: 1 as any,
    nothing: undefined as any,
    [long]: 'long',
    ünï: 'u',
    empty: '',
  });
  expect(await texts(await archive.files())).toEqual({
    'text.txt': 'plain',
    'dir/bytes': 'hi',
    buffer: 'j',
    blob: 'bc',
    number: '1',
    nothing: 'undefined',
    [long]: 'long',
    ünï: 'u',
    empty: '',
  });
  const file = (await archive.files('text.txt')).get('text.txt') as File;
  expect([file.name, file.size]).toEqual(['text.txt', 5]);
  expect(Math.abs(Date.now() - file.lastModified)).toBeLessThan(60_000);
  const bytes = await archive.bytes();
  expect(bytes.length % 512).toBe(0);
  expect((await archive.blob()).size).toBe(bytes.length);
});

test('gzip', async () => {
  const data = { a: 'x'.repeat(10_000) };
  const packed = await new Bun.Archive(data, { compress: 'gzip', level: 9 }).bytes();
  expect([...packed.slice(0, 2)]).toEqual([0x1f, 0x8b]);
  expect(packed.length).toBeLessThan(500);
  expect(await texts(await new Bun.Archive(packed).files())).toEqual(data);
  expect((await new Bun.Archive(data, { compress: 'gzip' }).blob()).size).toBeLessThan(500);
  expect((await new Bun.Archive(data, { level: 5 } as any).bytes())[0]).toBe(97);
});

test('later changes of what was given change nothing', async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const archive = new Bun.Archive({ bytes });
  bytes[0] = 9;
  expect(await (await archive.files()).get('bytes')?.bytes()).toEqual(new Uint8Array([1, 2, 3]));
  const whole = await archive.bytes();
  const copy = new Bun.Archive(whole);
  whole.fill(0);
  expect((await copy.files()).size).toBe(1);
});

describe('extract', () => {
  test('writes files and directories', async () => {
    const to = at('plain');
    expect(await new Bun.Archive({ a: '1', 'b/c/d': '2', './e/../f': '3', 'g//h': '4' }).extract(to)).toBe(4);
    expect(fs.readFileSync(path.join(to, 'b/c/d'), 'utf8')).toBe('2');
    expect(fs.readdirSync(to).sort()).toEqual(expect.arrayContaining(['a', 'b', 'f', 'g']));
    fs.writeFileSync(path.join(to, 'a'), 'something longer');
    await new Bun.Archive({ a: 'new' }).extract(to);
    expect(fs.readFileSync(path.join(to, 'a'), 'utf8')).toBe('new');
  });

  test('stays below its directory', async () => {
    const to = at('deep', 'inside');
    await new Bun.Archive({ '../../evil': 'x', '/abs': 'y', 'a/../../../up': 'z' }).extract(to);
    expect(fs.readdirSync(to).sort()).toEqual(['abs', 'evil', 'up']);
    expect(fs.readdirSync(at('deep'))).toEqual(['inside']);
  });

  test.skipIf(!hasTar || process.platform === 'win32')('links that lead out are not made', async () => {
    fs.mkdirSync(at('links'));
    fs.writeFileSync(at('links', 'f'), 'file', { mode: 0o640 });
    fs.symlinkSync('f', at('links', 'good'));
    fs.symlinkSync('/etc/passwd', at('links', 'absolute'));
    fs.symlinkSync('../../x', at('links', 'up'));
    tar('cf', 'links.tar', '-C', 'links', 'f', 'good', 'absolute', 'up');
    const to = at('unlinked');
    const archive = new Bun.Archive(fs.readFileSync(at('links.tar')));
    expect([...(await archive.files()).keys()]).toEqual(['f']);
    // Bun counts what it leaves out as well.
    expect(await archive.extract(to)).toBe(isDxCompat ? 2 : 4);
    expect(fs.readdirSync(to).sort()).toEqual(['f', 'good']);
    expect(fs.readlinkSync(path.join(to, 'good'))).toBe('f');
  });

  // Bun 1.4.5 follows a link that was in the directory before.
  test.skipIf(!isDxCompat || process.platform === 'win32')('writes through no link', async () => {
    const [to, outside] = [at('through'), at('outside')];
    for (const directory of [to, outside]) fs.mkdirSync(directory);
    fs.symlinkSync(outside, path.join(to, 'link'));
    fs.symlinkSync(path.join(outside, 'target'), path.join(to, 'file'));
    expect(new Bun.Archive({ 'link/file': 'x' }).extract(to)).rejects.toMatchObject({ code: 'ENOTDIR' });
    await new Bun.Archive({ file: 'x' }).extract(to);
    expect(fs.readdirSync(outside)).toEqual([]);
    expect(fs.lstatSync(path.join(to, 'file')).isFile()).toBe(true);
  });

  test('into a file, or without a right, fails', async () => {
    fs.writeFileSync(at('file'), '');
    expect(new Bun.Archive({ a: '1' }).extract(at('file'))).rejects.toThrow();
    expect(new Bun.Archive({ a: '1' }).extract('/proc/nope/x')).rejects.toThrow();
  });
});

test('globs', async () => {
  const archive = new Bun.Archive({ a: '1', 'b/c': '2' });
  const cases: [any, string[]][] = [
    [undefined, ['a', 'b/c']],
    [null, ['a', 'b/c']],
    ['', ['a', 'b/c']],
    [[], ['a', 'b/c']],
    ['!a', ['b/c']],
    [['!a'], ['b/c']],
    [['a', '!a'], []],
    ['**', ['a', 'b/c']],
    ['*', ['a']],
    ['b/**', ['b/c']],
  ];
  for (const [glob, names] of cases) {
    expect([...(await archive.files(glob)).keys()]).toEqual(names);
    expect(await archive.extract(at('globs'), { glob })).toBe(names.length);
  }
});

test('what is no archive, or is cut off', async () => {
  const junk = new Uint8Array(2000).map((_, i) => (i * 7) % 251);
  const fails = async (bytes: Uint8Array, message: RegExp) => {
    expect(new Bun.Archive(bytes).files()).rejects.toThrow(message);
    expect(new Bun.Archive(bytes).extract(at('junk'))).rejects.toThrow();
  };
  await fails(junk, /^Unrecognized archive format$/);
  await fails(new Uint8Array(0), /^Unrecognized archive format$/);
  await fails(new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), /^gzip decompression failed$/);
  const whole = await new Bun.Archive({ a: 'x'.repeat(5000) }).bytes();
  for (const size of [1000, 2000, 5500]) await fails(whole.slice(0, size), /^Truncated tar archive detected/);
  expect(await new Bun.Archive(junk).bytes()).toEqual(junk);
});

test.skipIf(!hasTar)('other programs read it, and it reads theirs', async () => {
  await Bun.Archive.write(at('ours.tar.gz'), { 'x/y.txt': 'hello', z: '' }, { compress: 'gzip' });
  expect(tar('tzf', 'ours.tar.gz').trim().split('\n')).toEqual(['x/y.txt', 'z']);
  fs.mkdirSync(at('theirs', 'd'.repeat(90)), { recursive: true });
  fs.writeFileSync(at('theirs', 'd'.repeat(90), 'n'.repeat(60)), 'long name');
  for (const format of ['gnu', 'pax', 'ustar']) {
    tar('cf', `${format}.tar`, `--format=${format}`, '-C', 'theirs', '.');
    const files = await new Bun.Archive(fs.readFileSync(at(`${format}.tar`))).files();
    expect([...files.values()].map(({ size }) => size)).toEqual([9]);
  }
});

test('Archive.write and Bun.write', async () => {
  const archive = new Bun.Archive({ a: '1' });
  expect(await Bun.Archive.write(at('one.tar'), archive)).toBeUndefined();
  expect(await Bun.write(at('two.tar'), archive as any)).toBe(fs.statSync(at('one.tar')).size);
  expect(fs.readFileSync(at('one.tar'))).toEqual(fs.readFileSync(at('two.tar')));
  expect(Bun.Archive.write(at('no', 'such', 'x'), { a: '1' })).rejects.toMatchObject({
    code: 'ENOENT',
    syscall: 'open',
  });
});

test('wrong arguments', async () => {
  const refused = (work: () => unknown, message: string) =>
    expect(work).toThrow(expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message }));
  const input = 'Expected an object, Blob, TypedArray, or ArrayBuffer';
  for (const wrong of [undefined, null, 1, 'x', true] as any[]) refused(() => new Bun.Archive(wrong), input);
  const options = (given: any) => () => new Bun.Archive({ a: '1' }, given);
  refused(options(1), 'Archive: options must be an object');
  refused(options({ compress: 'x' }), 'Archive: compress option must be "gzip"');
  refused(options({ compress: 1 }), 'Archive: compress option must be a string');
  refused(options({ compress: 'gzip', level: 0 }), 'Archive: level must be between 1 and 12');
  refused(options({ compress: 'gzip', level: 13 }), 'Archive: level must be between 1 and 12');
  refused(options({ compress: 'gzip', level: 'x' }), 'Archive: level must be a number');
  const archive = new Bun.Archive({ a: '1' }) as any;
  refused(() => archive.extract(), 'Archive.extract requires a path argument');
  refused(() => archive.extract('x', 1), 'Archive.extract: second argument must be an options object');
  refused(() => archive.extract('x', { glob: 1 }), 'Archive.extract: glob must be a string or array of strings');
  refused(() => archive.files([1]), 'Archive.files: glob array must contain only strings');
  refused(() => (Bun.Archive as any).write(1, {}), 'Archive.write: first argument must be a string path');
});
