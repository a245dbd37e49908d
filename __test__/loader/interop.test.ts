import { expect, test } from 'bun:test';
import { program } from './program';

/** Exports that no look at the source shows. */
const hidden = `const o = {}; for (const n of ['a', 'b']) o[n + '1'] = n; module.exports = Object.assign(o, { z: 1 }); globalThis.runs = (globalThis.runs ?? 0) + 1;`;
const transpiled = `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 1; for (const k of ['q', 'r']) exports[k] = k;`;

test('import * and import() of CommonJS have the names that running it shows', () => {
  using app = program({
    'c.cjs': hidden,
    'd.cjs': transpiled,
    'star.mjs': `export * from './c.cjs'; export const own = 1;`,
    'main.mjs': `import * as c from './c.cjs'; import whole, { a1 } from './c.cjs'; import d, { q } from './d.cjs'; import * as dd from './d.cjs'; import * as star from './star.mjs';
      const late = await import('./d.cjs'), again = await import('./c.cjs');
      console.log(JSON.stringify([c, whole.b1, a1, d, q, dd, late, Object.keys(again), Object.keys(star), runs]));`,
  });
  const c = { a1: 'a', b1: 'b', z: 1 };
  const d = { default: 1, q: 'q', r: 'r' };
  expect(app.json('main.mjs')).toEqual([
    { ...c, default: c },
    'b',
    'a',
    1,
    'q',
    d,
    d,
    ['a1', 'b1', 'default', 'z'],
    ['a1', 'b1', 'own', 'z'],
    1,
  ]);
});

test('a required ES module sees them, too; __esModule is there and hidden', () => {
  using app = program({
    'c.cjs': hidden,
    'star.mjs': `import * as c from './c.cjs'; export * from './c.cjs'; export const names = Object.keys(c); export default 2; export let live = 1; export const step = () => ++live;`,
    'plain.mjs': `export const only = 1;`,
    'marked.mjs': `export const __esModule = false, own = 1;`,
    'main.cjs': `const star = require('./star.mjs'), plain = require('./plain.mjs'), marked = require('./marked.mjs');
      const { live } = star; star.step(); const forIn = []; for (const key in star) forIn.push(key);
      console.log(JSON.stringify([star, Object.keys(plain), star.__esModule, plain.__esModule, '__esModule' in plain, marked, { ...plain },
        Object.hasOwn(star, '__esModule'), forIn, live, star.live, require('./star.mjs') === star, Object.prototype.toString.call(star), Object.getOwnPropertyDescriptor(plain, 'only')]));`,
  });
  const names = ['a1', 'b1', 'default', 'z'];
  const keys = ['a1', 'b1', 'default', 'live', 'names', 'step', 'z'];
  expect(app.json('main.cjs')).toEqual([
    { a1: 'a', b1: 'b', default: 2, live: 2, names, z: 1 },
    ['only'],
    true,
    true,
    true,
    { __esModule: false, own: 1 },
    { only: 1 },
    false,
    keys,
    1,
    2,
    true,
    '[object Module]',
    { value: 1, writable: true, enumerable: true, configurable: false },
  ]);
});

test('a CommonJS module that throws is run once', () => {
  using app = program({
    'thrower.cjs': `globalThis.runs = (globalThis.runs ?? 0) + 1; throw new TypeError('from cjs');`,
    'main.mjs': `const caught = await import('./thrower.cjs').catch((error) => error);
      console.log(JSON.stringify([caught instanceof TypeError, caught.message, runs]));`,
  });
  expect(app.json('main.mjs')).toEqual([true, 'from cjs', 1]);
});

test('errors of dynamic and of static imports have their class', () => {
  using app = program({
    'broken.ts': 'export const x: = 5;',
    'holds-broken.mjs': `import './broken.ts'; console.log('never');`,
    'holds-missing.mjs': `import './nope.js'; console.log('never');`,
    'main.mjs': `const seen = [];
      for (const name of ['', './nope.js', 'nope-pkg', './holds-missing.mjs', './broken.ts', './holds-broken.mjs', 'node:nope', 'bun:nope']) {
        const error = await import(name).then(() => 'no error', (reason) => reason);
        seen.push([error instanceof ResolveMessage, error instanceof BuildMessage, error instanceof Error, error.constructor.name, error.name, error.code, error.specifier, error.importKind,
          error.position && [error.position.line, error.position.column, error.position.lineText, error.line, error.column], error.level, Object.keys(error), Object.keys(error.toJSON())]);
      }
      for (const Class of [BuildMessage, ResolveMessage]) { try { new Class('x') } catch (error) { seen.push(String(error)) } }
      console.log(JSON.stringify(seen));`,
  });
  const keys = ['name', 'position', 'message', 'level', 'specifier', 'importKind', 'referrer'];
  const missing = (specifier: string, code = 'ERR_MODULE_NOT_FOUND') => [
    true,
    false,
    true,
    'ResolveMessage',
    'ResolveMessage',
    code,
    specifier,
    'import-statement',
    null,
    'error',
    [],
    keys,
  ];
  const broken = [
    false,
    true,
    true,
    'BuildMessage',
    'BuildMessage',
    null,
    null,
    null,
    [1, 17, 'export const x: = 5;', 0, 16],
    'error',
    [],
    keys.slice(0, 4),
  ];
  expect(app.json('main.mjs')).toEqual([
    missing(''),
    missing('./nope.js'),
    missing('nope-pkg'),
    missing('./nope.js'),
    broken,
    broken,
    missing('node:nope', 'ERR_UNKNOWN_BUILTIN_MODULE'),
    missing('bun:nope'),
    'TypeError [ERR_ILLEGAL_CONSTRUCTOR]: Illegal constructor',
    'TypeError [ERR_ILLEGAL_CONSTRUCTOR]: Illegal constructor',
  ]);
});

test('what a required ES module imports is loaded as Bun loads it', () => {
  using app = program({
    'dep.ts': `export enum E { A = 4 } log.push('dep');`,
    'deep/index.tsx': `import { E } from '../dep'; export default E.A * 2; log.push('deep'); import { readFileSync } from 'fs'; export const read = typeof readFileSync;`,
    'd.toml': 'x = 5',
    't.txt': 'é',
    'c.cjs': hidden,
    'mod.ts': `import { E } from './dep'; import deep, { read } from './deep'; import data, { x } from './d.toml'; import text from './t.txt'; import raw from './d.toml' with { type: 'text' };
      import * as c from './c.cjs'; import { Database } from 'bun:sqlite'; export { Database as D } from 'bun:sqlite'; export * from './dep'; import { self } from './mod'; log.push('mod');
      export const self = () => all, all = [E.A, deep, read, data.x, x, text, raw, Object.keys(c), typeof Database]; export const same = () => self;`,
    'main.cjs': `globalThis.log = []; const mod = require('./mod'), dep = require('./dep'); const caught = [];
      for (const name of ['./bad', './bad-deep']) { try { require(name) } catch (error) { caught.push([error.constructor.name, error.specifier, error.importKind]) } }
      import('./dep').then((late) => console.log(JSON.stringify([mod.all, mod.same()() === mod.all, mod.E === dep.E, late.E === dep.E, typeof mod.D, log, caught])));`,
    'bad.ts': `import { x } from './gone'; export { x };`,
    'bad-deep.ts': `import './bad'; export const y = 1;`,
  });
  const names = ['a1', 'b1', 'default', 'z'];
  const gone = ['ResolveMessage', './gone', 'import-statement'];
  expect(app.json('main.cjs')).toEqual([
    [4, 8, 'function', 5, 5, 'é', 'x = 5', names, 'function'],
    true,
    true,
    true,
    'function',
    ['dep', 'deep', 'mod'],
    [gone, gone],
  ]);
});
