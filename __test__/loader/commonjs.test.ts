import { expect, test } from 'bun:test';
import { program } from './program';

test('import of CommonJS: names that only running it shows, and the default of a transpiled module', () => {
  using app = program({
    'dynamic.cjs': `for (const name of ['x', 'y']) module.exports[name] = () => name;`,
    'transpiled.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'D'; exports.n = 1;`,
    'scope/package.json': `{ "type": "module" }`,
    'scope/transpiled.cjs': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'D'; exports.n = 1;`,
    'fn.cjs': `module.exports = () => 'called'; module.exports.extra = 2;`,
    'main.ts': `import all, { x, y } from './dynamic.cjs'; import d, { n } from './transpiled'; import s from './scope/transpiled.cjs'; import fn, { extra } from './fn.cjs';
      console.log(JSON.stringify([x(), y(), Object.keys(all), d, n, s.default, fn(), extra]));`,
  });
  expect(app.json('main.ts')).toEqual(['x', 'y', ['x', 'y'], 'D', 1, 'D', 'called', 2]);
});

test('the namespace of CommonJS has the names that only running it shows', () => {
  using app = program({
    'dynamic.cjs': `for (const name of ['x', 'y']) module.exports[name] = 1;`,
    'main.ts': `import * as all from './dynamic.cjs'; console.log(JSON.stringify(Object.keys(all)));`,
  });
  expect(app.json('main.ts')).toEqual(['default', 'x', 'y']);
});

test('a name that CommonJS does not export is a SyntaxError', () => {
  using app = program({
    'lib.cjs': `exports.a = 1;`,
    'user.ts': `import { nope } from './lib.cjs'; console.log(nope);`,
    'main.ts': `const error = await import('./user').catch((error) => error); console.log(JSON.stringify([error.name, /nope/.test(error.message)]));`,
  });
  expect(app.json('main.ts')).toEqual(['SyntaxError', true]);
});

test('require of an ES module: one instance with import, live, also from TypeScript', () => {
  using app = program({
    'esm.ts': `export let count = 0; export const inc = () => { count++ }; export default function named() { return 'default' }`,
    'user.cjs': `const required = require('./esm'); required.inc(); module.exports = [required.count, required.default(), required.__esModule];`,
    'main.ts': `import * as imported from './esm'; import user from './user.cjs'; const required = require('./esm'); required.inc();
      console.log(JSON.stringify([user, imported.count, required.count]));`,
  });
  expect(app.json('main.ts')).toEqual([[1, 'default', true], 2, 2]);
});

test('require of a module that awaits is a TypeError', () => {
  using app = program({
    'tla.mjs': `await new Promise((done) => setTimeout(done, 1)); export const t = 1;`,
    'main.cjs': `try { require('./tla.mjs') } catch (error) { console.log(JSON.stringify([error.name, error.message.replace(/".*[\\\\/]/, '"')])) }`,
  });
  expect(app.json('main.cjs')).toEqual([
    'TypeError',
    'require() async module "tla.mjs" is unsupported. use "await import()" instead.',
  ]);
});

test('require, __dirname and __filename in an ES module; module and exports are not there', () => {
  using app = program({
    'lib.cjs': `module.exports = 'lib'`,
    'main.ts': `import path from 'node:path';
      console.log(JSON.stringify([require('./lib.cjs'), __dirname === import.meta.dir, path.basename(__filename), typeof module, typeof exports, require.resolve('./lib') === path.join(__dirname, 'lib.cjs')]));
      export {};`,
  });
  expect(app.json('main.ts')).toEqual(['lib', true, 'main.ts', 'undefined', 'undefined', true]);
});

test('a CommonJS program: require.main, this, the cache', () => {
  using app = program({
    'dep.ts': `exports.main = require.main === module; exports.parent = module.parent?.filename;`,
    'main.ts': `const dep = require('./dep'); const again = require('./dep.ts'); delete require.cache[require.resolve('./dep')];
      console.log(JSON.stringify([require.main === module, dep.main, dep.parent === __filename, dep === again, dep === require('./dep'), this === module.exports]));`,
  });
  const answer = app.json('main.ts');
  expect(answer.slice(0, 5)).toEqual([true, false, true, true, false]);
});

test('cycles', () => {
  using app = program({
    'a.ts': `import { b } from './b'; export const a = () => 'a' + b; export const run = () => a();`,
    'b.ts': `import { a } from './a'; export const b = 'b'; export const later = () => a();`,
    'c.cjs': `exports.early = 1; const d = require('./d.cjs'); exports.late = d.seen;`,
    'd.cjs': `const c = require('./c.cjs'); exports.seen = [c.early, c.late === undefined];`,
    'main.ts': `import { run } from './a'; import { later } from './b'; import { late } from './c.cjs'; console.log(JSON.stringify([run(), later(), late]));`,
  });
  expect(app.json('main.ts')).toEqual(['ab', 'ab', [1, true]]);
});

test('sloppy code stays sloppy', () => {
  using app = program({
    'main.cjs': `var o = { a: 1 }; with (o) { var inside = a } console.log(JSON.stringify([inside, 010, (function () { return typeof this })()])); return; never();`,
  });
  expect(app.json('main.cjs')).toEqual([1, 8, 'object']);
});

test('the syntax of a file decides, whatever package.json says', () => {
  using app = program({
    'package.json': `{ "type": "commonjs" }`,
    'esm.js': `import path from 'node:path'; export default await Promise.resolve(typeof path.join)`,
    'scope/package.json': `{ "type": "module" }`,
    'scope/cjs.js': `module.exports = { cjs: typeof require }`,
    'main.js': `import esm from './esm.js'; import cjs from './scope/cjs.js'; console.log(JSON.stringify([esm, cjs.cjs]));`,
  });
  expect(app.json('main.js')).toEqual(['function', 'function']);
});

test('what is taken out of require.cache runs again: an edited ES module, and later imports get it', () => {
  using app = program({
    'x.ts': `import './y'; export const n: number = (globalThis as any).n = ((globalThis as any).n ?? 0) + 1; export const at = () => new Error('x').stack!;
      export const meta = [import.meta.file, import.meta.url.split('/').pop()];`,
    'y.ts': `import './x'; export {};`,
    'main.ts': `import fs from 'node:fs'; const file = require.resolve('./x'); const all: unknown[] = [];
      for (let i = 0; i < 3; i++) { all.push(require('./x').n); delete require.cache[file]; }
      const { at, meta } = require('./x'); all.push(meta, /x\\.ts:1:/.test(at()), (await import('./x')).n);
      fs.writeFileSync(file, 'export const n: string = "edited"'); for (const key of Object.keys(require.cache)) delete require.cache[key];
      all.push(require('./x').n, (await import('./x')).n); console.log(JSON.stringify(all));`,
  });
  expect(app.json('main.ts')).toEqual([1, 2, 3, ['x.ts', 'x.ts'], true, 4, 'edited', 'edited']);
});

test('what is taken out of require.cache runs again when it is imported, each query for itself', () => {
  using app = program({
    'm.ts': `((globalThis as any).ran ??= []).push(import.meta.url.split('/').pop()); import './dep'; export const n: number = (globalThis as any).ran.length;`,
    'dep.ts': `(globalThis as any).deps = ((globalThis as any).deps ?? 0) + 1;`,
    'c.cjs': `module.exports = { n: (globalThis.c = (globalThis.c ?? 0) + 1) };`,
    'throws.cjs': `globalThis.tries = (globalThis.tries ?? 0) + 1; if (globalThis.tries === 1) throw new Error('first'); exports.n = 1;`,
    'main.ts': `const m = require.resolve('./m'); const c = require.resolve('./c.cjs'); const all: unknown[] = []; const { ran } = globalThis as any;
      const first = await import('./m');
      all.push(first === await import('./m'), first !== await import('./m?q'));
      delete require.cache[m]; delete require.cache[m + '?q'];
      const second = await import('./m'); const query = await import('./m?q');
      all.push(first !== second, second === await import('./m'), query === await import('./m?q'), (await import('./uses')).n === second.n);
      delete require.cache[m]; all.push(require('./m').n, (await import('./m')).n);
      all.push((await import('./c.cjs')).default.n); delete require.cache[c]; all.push((await import('./c.cjs')).default.n, require('./c.cjs').n);
      try { require('./throws.cjs') } catch {} all.push((await import('./throws.cjs')).n);
      console.log(JSON.stringify([all, (globalThis as any).ran, (globalThis as any).deps]));`,
    'uses.ts': `export { n } from './m';`,
  });
  expect(app.json('main.ts')).toEqual([
    [true, true, true, true, true, true, 5, 5, 1, 2, 2, 1],
    ['m.ts', 'm.ts?q', 'm.ts', 'm.ts?q', 'm.ts'],
    1,
  ]);
});

test('what takes itself out of require.cache runs once for an import', () => {
  using app = program({
    'main.mjs': `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);
      const required = [require('./self.cjs').n, require('./self.cjs').n];
      const namespace = await import('./self.cjs');
      console.log(JSON.stringify([...required, namespace.n, namespace.default.n, (await import('./self.cjs')).n, globalThis.runs]));`,
    'static.mjs': `import * as all from './self.cjs'; import one, { n } from './self.cjs'; console.log(JSON.stringify([all.n, one.n, n, globalThis.runs]));`,
    'self.cjs': `exports.n = globalThis.runs = (globalThis.runs ?? 0) + 1; delete require.cache[__filename];`,
  });
  expect(app.json('main.mjs')).toEqual([1, 2, 3, 3, 3, 3]);
  expect(app.json('static.mjs')).toEqual([1, 1, 1, 1]);
});

test('require.cache lists files of the program only', () => {
  using app = program({
    'dep.cjs': '',
    'main.cjs': `require('./dep.cjs'); Bun.escapeHTML('<'); Bun.sha('x'); const path = require('path');
      console.log(JSON.stringify(Object.keys(require.cache).map((file) => path.basename(file)).sort()));`,
  });
  expect(app.json('main.cjs')).toEqual(['dep.cjs', 'main.cjs']);
});
