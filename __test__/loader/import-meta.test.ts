import { expect, test } from 'bun:test';
import { program } from './program';

test('dir, file, path, url, main, env, require, resolve, resolveSync', () => {
  using app = program({
    'sub/other.ts': `export const main = import.meta.main; export const file = import.meta.file;`,
    'node_modules/pkg/index.ts': `export {}`,
    'main.ts': `import path from 'node:path'; import { pathToFileURL } from 'node:url'; import * as other from './sub/other';
      const m = import.meta; const tail = (name: string) => name.split(/[\\\\/]/).slice(-3).join('/');
      console.log(JSON.stringify({
        dir: m.dir === process.cwd() && m.dir === m.dirname, file: m.file, path: m.path === path.join(m.dir, 'main.ts') && m.path === m.filename,
        url: m.url === pathToFileURL(m.path).href, main: [m.main, other.main, other.file], env: m.env === process.env,
        require: m.require('./sub/other').file, resolveOfRequire: typeof m.require.resolve,
        resolve: [m.resolve('./sub/other').endsWith('/sub/other'), tail(m.resolve('pkg')), m.resolve('fs'), m.resolve('bun'), m.resolve('./gone').endsWith('/gone')],
        resolveSync: [tail(m.resolveSync('./sub/other')), tail(m.resolveSync('./other', path.join(m.dir, 'sub', 'x.ts'))), m.resolveSync('fs')],
        missing: (() => { try { m.resolveSync('./gone') } catch (e: any) { return [e.name, e.code] } })(),
        missingPackage: (() => { try { m.resolve('gone') } catch (e: any) { return [e.name, e.code] } })(),
      }));`,
  });
  const answer = app.json('main.ts');
  const folder = app.folder.split(/[\\/]/).pop();
  expect(answer).toEqual({
    dir: true,
    file: 'main.ts',
    path: true,
    url: true,
    main: [true, false, 'other.ts'],
    env: true,
    require: 'other.ts',
    resolveOfRequire: 'function',
    resolve: [true, 'node_modules/pkg/index.ts', 'node:fs', 'bun', true],
    resolveSync: [`${folder}/sub/other.ts`, `${folder}/sub/other.ts`, 'node:fs'],
    missing: ['ResolveMessage', 'ERR_MODULE_NOT_FOUND'],
    missingPackage: ['ResolveMessage', 'ERR_MODULE_NOT_FOUND'],
  });
});

test('worker threads and forked children run TypeScript; import.meta.main', () => {
  using app = program({
    'lib.ts': `export const v: string = 'lib';`,
    'worker.ts': `import { parentPort, workerData } from 'node:worker_threads'; import { v } from './lib'; enum E { A = 3 }
      parentPort!.postMessage([v, workerData, E.A, typeof Bun]);`,
    'child.ts': `import { v } from './lib'; process.send!([v, process.argv.slice(2), import.meta.main]); process.disconnect();`,
    'main.ts': `import { Worker } from 'node:worker_threads'; import { fork } from 'node:child_process'; import { once } from 'node:events'; import path from 'node:path';
      const [fromUrl] = await once(new Worker(new URL('./worker.ts', import.meta.url), { workerData: 1 }), 'message');
      const [fromPath] = await once(new Worker('./worker.ts', { workerData: 2 }), 'message');
      const [fromChild] = await once(fork(path.join(import.meta.dir, 'child.ts'), ['x']), 'message');
      console.log(JSON.stringify([fromUrl, fromPath, fromChild]));`,
  });
  expect(app.json('main.ts')).toEqual([
    ['lib', 1, 3, 'object'],
    ['lib', 2, 3, 'object'],
    ['lib', ['x'], true],
  ]);
});

test('console.log shows only what the module added', () => {
  using app = program({
    'main.ts': `const before = Bun.inspect(import.meta); (import.meta as any).own = 1; console.log(JSON.stringify([before, Bun.inspect(import.meta), Object.keys(import.meta), import.meta.url.slice(0, 5)]));`,
  });
  expect(app.json('main.ts')).toEqual(['ImportMeta {}', 'ImportMeta {\n  own: 1,\n}', ['own'], 'file:']);
});

test('import.meta.resolve leaves URLs of files alone', () => {
  for (const url of ['file:///oh/haha', 'file:///', 'file:///a%20b?x#y', import.meta.url])
    expect(import.meta.resolve(url)).toBe(url);
  expect(() => import.meta.resolve('file:x')).toThrow('Cannot find');
  expect(() => import.meta.resolveSync('file:///oh/haha')).toThrow('Cannot find');
});
