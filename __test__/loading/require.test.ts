import { describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';
import { evaluate, project, run } from './host';

/** What of dx-compat is loaded, as paths below the package. */
const loaded = `const loaded = () => Object.keys(require.cache).map((file) => file.replaceAll('\\\\', '/'))
  .filter((file) => !file.endsWith('main.cjs')).map((file) => file.replace(/^.*?\\/(?=(index|pure|register)\\.js$|lib\\/)/, ''));`;

// About Node as the host: Bun has nothing to load.
describe.skipIf(!isDxCompat)("require('dx-compat')", () => {
  test('loads the table of contents only: no binary, no area', () => {
    using app = project({
      'main.cjs': `${loaded} require('dx-compat'); console.log(JSON.stringify(loaded()));`,
    });
    const files: string[] = evaluate(app.folder, 'main.cjs');
    expect(files).toContain('index.js');
    expect(files).toContain('pure.js');
    expect(files.filter((file) => file.endsWith('.node'))).toEqual([]);
    const areas = files.filter(
      (file) =>
        file.startsWith('lib/') &&
        !/^lib\/(polyfill|globals|modules|loader\/(?:builtins|builtin-imports|first-import|own-files)|bun\/version|language\/index|web\/(?:node-classes|extensions))\.js$|^lib\/internal\//.test(
          file,
        ),
    );
    expect(areas).toEqual([]);
    expect(files.length).toBeLessThan(18);
  });

  test("loads none of Node's own fetch, streams and threads, which take longer than all else", () => {
    using app = project({
      'main.cjs': `const before = process.moduleLoadList.length; require('dx-compat');
        const costly = process.moduleLoadList.filter((name) => /undici|NativeModule (?:worker_threads|stream)$/.test(name));
        console.log(JSON.stringify([costly, process.moduleLoadList.length - before < 12]));`,
    });
    expect(evaluate(app.folder, 'main.cjs')).toEqual([[], true]);
  });

  test("a first fetch loads none of Node's TLS, compression, resolver and fetch, which take longer than the request", () => {
    using app = project({
      'main.cjs': `require('dx-compat'); const server = Bun.serve({ port: 0, fetch: () => new Response('hi') });
        const before = new Set(process.moduleLoadList);
        fetch('http://localhost:' + server.port).then((response) => response.text()).then((text) => {
          const costly = process.moduleLoadList.filter((name) => !before.has(name) && /undici|NativeModule (?:tls|https|zlib|crypto)$/.test(name));
          console.log(JSON.stringify([text, costly])); server.stop(true); });`,
    });
    expect(evaluate(app.folder, 'main.cjs')).toEqual(['hi', []]);
  });

  test('an API loads its face on first touch, and is a plain value from then on', () => {
    using app = project({
      'main.cjs': `${loaded} const Bun = require('dx-compat'); const before = loaded();
        const kind = () => Object.keys(Object.getOwnPropertyDescriptor(Bun, 'escapeHTML')).sort().join();
        const first = kind(); const text = Bun.escapeHTML('<'); const after = loaded().filter((file) => !before.includes(file));
        console.log(JSON.stringify({ first, second: kind(), text, after, same: Bun.escapeHTML === Bun.escapeHTML }));`,
    });
    expect(evaluate(app.folder, 'main.cjs')).toEqual({
      first: 'configurable,enumerable,get,set',
      second: 'configurable,enumerable,value,writable',
      text: '&lt;',
      after: ['lib/bun/escape-html.js'],
      same: true,
    });
  });

  test('gives what it puts on globalThis; twice is harmless', () => {
    using app = project({
      'main.cjs': `const one = require('dx-compat'); for (const key of Object.keys(require.cache)) delete require.cache[key];
        const names = () => Object.getOwnPropertyNames(globalThis).length; const before = names();
        const two = require('dx-compat');
        console.log(JSON.stringify({ first: globalThis.Bun === one, added: names() - before, version: two.version, tag: String(one) }));`,
    });
    const { first, added, version, tag } = evaluate(app.folder, 'main.cjs');
    expect({ first, added, tag }).toEqual({ first: true, added: 0, tag: '[object Bun]' });
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('pure leaves globalThis alone', () => {
    using app = project({
      'main.cjs': `const names = () => Object.getOwnPropertyNames(globalThis).sort().join(); const before = names();
        const Bun = require('dx-compat/pure'); Bun.escapeHTML('<');
        console.log(JSON.stringify({ same: names() === before, has: 'Bun' in globalThis, version: typeof Bun.version }));`,
    });
    expect(evaluate(app.folder, 'main.cjs')).toEqual({ same: true, has: false, version: 'string' });
  });

  test('import gives the same object, from CommonJS and from an ES module', () => {
    using app = project({
      'main.mjs': `import Bun from 'dx-compat'; import { createRequire } from 'node:module';
        console.log(JSON.stringify([Bun === globalThis.Bun, createRequire(import.meta.url)('dx-compat') === Bun]));`,
    });
    expect(evaluate(app.folder, 'main.mjs')).toEqual([true, true]);
  });

  test('node -r dx-compat', () => {
    using app = project({ 'main.js': 'console.log(JSON.stringify(typeof Bun.escapeHTML));' });
    expect(evaluate(app.folder, '-r', 'dx-compat', 'main.js')).toBe('function');
  });

  test('loads nothing of Node either that Node would load on first touch', () => {
    using app = project({
      'main.cjs': `require('dx-compat');
        console.log(JSON.stringify(process.moduleLoadList.filter((name) => /undici|webstreams|crypto/.test(name))));`,
      'plain.cjs': `console.log(JSON.stringify(process.moduleLoadList.filter((name) => /undici|webstreams|crypto/.test(name))));`,
    });
    expect(evaluate(app.folder, 'main.cjs')).toEqual(evaluate(app.folder, 'plain.cjs'));
  });

  test('an API that is not there is absent, not a stub', () => {
    using app = project({ 'main.cjs': `console.log(JSON.stringify('noSuchApi' in require('dx-compat')));` });
    expect(evaluate(app.folder, 'main.cjs')).toBe(false);
  });

  test('prints nothing of its own', () => {
    using app = project({ 'main.cjs': `require('dx-compat');` });
    expect(run(app.folder, '--trace-warnings', 'main.cjs')).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
