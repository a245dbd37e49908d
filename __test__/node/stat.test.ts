// `stat` of many files through `dx-compat/node/fs` beside Node's own. Not in Bun, which has no such package.
import { afterAll, describe, expect, test } from 'bun:test';
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/fs') : fs;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-stat-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(folder, name);
fs.writeFileSync(at('file'), 'content', { mode: 0o640 });
fs.utimesSync(at('file'), 1234.5678, 2345.6789);
fs.mkdirSync(at('directory'));
fs.symlinkSync('file', at('link'));
fs.symlinkSync('none', at('broken'));
fs.writeFileSync(at('ñ €'), '');
for (let number = 0; number < 300; number++) fs.writeFileSync(at(`many-${number}`), 'x'.repeat(number));

const paths: any[] = [
  ...['file', 'directory', 'link', 'broken', 'none', 'file/below', 'ñ €', '', '.'].map((name) => at(name)),
  '/proc/self/status',
  '/dev/null',
  '',
  'a\0b',
  Buffer.from(at('file')),
  new URL(`file://${at('file')}`),
  undefined,
  5,
  ...Array.from({ length: 300 }, (_, number) => at(`many-${number}`)),
];
const options: any[][] = [
  [],
  [undefined],
  [{}],
  [{ bigint: false }],
  [{ bigint: true }],
  [{ throwIfNoEntry: false }],
  [null],
  ['x'],
];

/** What came of a call; the time of the last look is that of an earlier test. */
const shown = (promise: Promise<any>) =>
  promise.then(
    // Late releases give nothing for what is not there, if they are asked to.
    (stats) =>
      stats && {
        members: Object.entries(stats).filter(([name]) => !name.startsWith('atime')),
        all: Reflect.ownKeys(stats).map(String),
        made: stats.constructor,
        isFile: stats.isFile(),
        times: [stats.mtime, stats.birthtime],
      },
    ({ name, message, code, errno, syscall, path }) => ({ name, message, code, errno, syscall, path }),
  );
const promised =
  (module: any, name: string) =>
  (...given: any[]) =>
    (async () => module.promises[name](...given))();
const called =
  (module: any, name: string) =>
  (...given: any[]) =>
    new Promise((resolve, reject) => {
      const passed = [...given, (error: any, stats: any) => (error ? reject(error) : resolve(stats))];
      module[name](...passed);
    });

describe.skipIf(!isDxCompat)('many files', () => {
  test.each(['stat', 'lstat'])('%s', async (name) => {
    for (const form of [promised, called]) {
      for (const given of options) {
        const all = (module: any) => Promise.all(paths.map((each) => shown(form(module, name)(each, ...given))));
        expect(await all(ours)).toEqual(await all(fs));
      }
    }
  });

  test('a single one', async () => {
    expect(await shown(ours.promises.stat(at('file')))).toEqual(await shown(fs.promises.stat(at('file'))));
    expect(await shown(called(ours, 'stat')(at('none')))).toEqual(await shown(called(fs, 'stat')(at('none'))));
  });

  test('callbacks run in the context of their call', async () => {
    const storage = new AsyncLocalStorage();
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        storage.run(number, () => new Promise((resolve) => ours.stat(at('file'), () => resolve(storage.getStore())))),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, number) => number));
  });

  test('what is no callback', () => {
    const thrown = (module: any, ...given: any[]) => {
      try {
        return module.stat(...given);
      } catch (error: any) {
        return [error.code, error.message];
      }
    };
    for (const given of [[at('file')], [at('file'), {}], [at('file'), {}, 5], []])
      expect(thrown(ours, ...given)).toEqual(thrown(fs, ...given));
  });
});
