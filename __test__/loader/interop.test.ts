import { describe, expect, test } from 'bun:test';
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

test('require of an ES module that was imported before gives the same namespace, without a visible __esModule', () => {
  using app = program({
    'with.ts': `export default 1; export let n = 0; export const inc = () => { n++ };`,
    'without.ts': `export const x = 2;`,
    'main.ts': `import first, { inc } from './with'; import { x } from './without';
      const a = require('./with'), b = require('./without'); inc();
      console.log(JSON.stringify([first, x, Object.keys(a), a.__esModule, a.n, Object.keys(b), b.__esModule, require('./with') === a, Bun.inspect(a)]));`,
  });
  const shown = 'Module {\n  default: 1,\n  inc: [Function: inc],\n  n: 1,\n}';
  expect(app.json('main.ts')).toEqual([1, 2, ['default', 'inc', 'n'], true, 1, ['x'], true, true, shown]);
});

describe('require of ES modules that import each other', () => {
  const files = {
    'a.ts': `import ext from './ext'; import { b, getA } from './b'; import { read } from './d.toml';
      export const a: string = 'a'; log.push('a ' + b + ext + read); declare var log: string[];
      export default () => b + getA(); export const meta = [import.meta.file, import.meta.main, import.meta.url.split('/').pop()];
      export const later = () => import('./later'); export const boom = () => {
        throw new Error('x'); };`,
    'b.ts': `import { a } from './a'; import { c } from './c'; export const b = 'b' + c; export function getA() { return a; }
      log.push('b'); declare var log: string[];`,
    'c.tsx': `import { getA } from './b'; export const c = 'c'; export const viaB = () => getA(); log.push('c'); declare var log: string[];`,
    'ext.ts': `export default 'ext'; log.push('ext'); declare var log: string[];`,
    'd.toml': 'read = 5',
    'later.ts': `import { a } from './a'; export const later = 'later ' + a; export * as B from './b';`,
  };

  test('gives the modules that import gives later, run once and in order', () => {
    using app = program({
      ...files,
      'main.cjs': `globalThis.log = []; const A = require('./a'), B = require('./b'); let line;
        try { A.boom() } catch (error) { line = /a\\.ts:(\\d+)/.exec(error.stack)[1] }
        const first = [log.join(), A.default(), A.meta, Object.keys(A), A.__esModule, B.b, line];
        Promise.all([import('./a'), import('./b'), import('./c'), A.later()]).then(([a, b, c, l]) => {
          const same = [a.default === A.default, b.getA === B.getA, require('./c').viaB === c.viaB, l.B.getA === B.getA, require('./later').later];
          console.log(JSON.stringify([first, same, c.viaB(), log.length]));
        });`,
    });
    const names = ['a', 'boom', 'default', 'later', 'meta'];
    const first = ['ext,c,b,a bcext5', 'bca', ['a.ts', false, 'a.ts'], names, true, 'bc', '5'];
    expect(app.json('main.cjs')).toEqual([first, [true, true, true, true, 'later a'], 'a', 4]);
  });

  test('after they were imported, and in a worker', () => {
    using app = program({
      ...files,
      'main.ts': `import { Worker, isMainThread, parentPort } from 'node:worker_threads'; import { once } from 'node:events'; (globalThis as any).log = [];
        const first = isMainThread ? await import('./a') : require('./a'); const A = require('./a'), B = require('./b');
        const all = [A.default === first.default, B.getA(), (await import('./c')).viaB(), log.length]; declare var log: string[];
        if (isMainThread) console.log(JSON.stringify([all, (await once(new Worker(new URL('./main.ts', import.meta.url)), 'message'))[0]]));
        else parentPort!.postMessage(all);`,
    });
    const all = [true, 'a', 'a', 4];
    expect(app.json('main.ts')).toEqual([all, all]);
  });

  test('what cannot be loaded is told of, as often as it is asked for', () => {
    using app = program({
      'gone1.ts': `import './gone2';`,
      'gone2.ts': `import './gone1'; import './gone';`,
      'throws1.ts': `import './throws2'; throw new Error('thrown');`,
      'throws2.ts': `import './throws1';`,
      'waits1.ts': `import './waits2';`,
      'waits2.ts': `import './waits1'; await 1;`,
      'main.cjs': `const all = []; for (const name of ['gone1', 'gone2', 'throws1', 'throws2', 'waits1']) {
          try { require('./' + name) } catch (error) { all.push([error.name, error.message.slice(0, 16)]) } }
        console.log(JSON.stringify(all));`,
    });
    const gone = ['ResolveMessage', 'Cannot find modu'];
    const thrown = ['Error', 'thrown'];
    expect(app.json('main.cjs')).toEqual([gone, gone, thrown, thrown, ['TypeError', 'require() async ']]);
  });
});

test('a module may have a Symbol of its own', () => {
  using app = program({
    'own.ts': `export function Symbol(text: string) { return 'own ' + text; } export const s = Symbol('s'); export const here = import.meta.file;
      import { version } from 'bun'; export const v = typeof version;`,
    'node_modules/p/package.json': '{ "type": "module", "main": "index.js" }',
    'node_modules/p/index.js': `export function Symbol(text) { return 'package ' + text }\nexport const s = Symbol('s') // the end`,
    'main.ts': `import { s, here, v } from './own'; import { s as p } from 'p'; console.log(JSON.stringify([s, here, v, p, require('./own').s]));`,
    'main.cjs': `const { s, here, v } = require('./own'); console.log(JSON.stringify([s, here, v]));`,
  });
  expect(app.json('main.ts')).toEqual(['own s', 'own.ts', 'string', 'package s', 'own s']);
  expect(app.json('main.cjs')).toEqual(['own s', 'own.ts', 'string']);
});
