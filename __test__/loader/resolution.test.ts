import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { program } from './program';

/** Which of several files wins, and which when that is gone, and so on. */
function order(statement: string): string[] {
  const extensions = ['tsx', 'jsx', 'mts', 'ts', 'mjs', 'js', 'cts', 'cjs'];
  const folders = extensions.map((_, left) => left);
  // One program imports from many folders, each with one file less: quicker than many programs.
  const known: string[] = statement.includes('require')
    ? ['tsx', 'ts', 'jsx', 'cts', 'cjs', 'js', 'mjs', 'mts']
    : ['tsx', 'jsx', 'mts', 'ts', 'mjs', 'js', 'cts', 'cjs'];
  const files = Object.fromEntries(
    folders.flatMap((folder) =>
      known.slice(folder).map((extension) => [`f${folder}/m.${extension}`, `globalThis.won.push('${extension}')`]),
    ),
  );
  const body = folders.map((folder) => statement.replace('X', `./f${folder}/m`)).join('\n');
  using app = program({
    ...files,
    'first.cjs': 'globalThis.won = []',
    'main.ts': `${body}\nconsole.log(JSON.stringify(won));`,
  });
  const source = fs.readFileSync(path.join(app.folder, 'main.ts'), 'utf8');
  fs.writeFileSync(
    path.join(app.folder, 'main.ts'),
    `declare var won: string[]; ${source.startsWith('import') ? "import './first.cjs';" : "require('./first.cjs');"}\n${source}`,
  );
  return app.json('main.ts');
}

describe('the order of extensions', () => {
  test('import', () => {
    expect(order("await import('X');").sort()).toEqual(['tsx', 'jsx', 'mts', 'ts', 'mjs', 'js', 'cts', 'cjs'].sort());
  });

  test('in packages what is published goes before its source', () => {
    const orders = {
      import: ['mjs', 'jsx', 'mts', 'js', 'cjs', 'tsx', 'ts', 'cts'],
      require: ['jsx', 'cjs', 'js', 'mjs', 'mts', 'tsx', 'ts', 'cts'],
    };
    for (const [kind, extensions] of Object.entries(orders)) {
      const files: Record<string, string> = {};
      for (const [at] of extensions.entries())
        for (const extension of extensions.slice(at)) {
          files[`node_modules/p${at}/index.${extension}`] = `globalThis.won.push('${extension}')`;
          files[`node_modules/q${at}/m.${extension}`] = `globalThis.won.push('${extension}')`;
        }
      const asked = extensions.flatMap((_, at) => [`p${at}`, `q${at}/m`, `./node_modules/q${at}/m`]);
      const load = kind === 'import' ? (id: string) => `await import('${id}')` : (id: string) => `require('${id}')`;
      using app = program({
        ...files,
        'main.ts': `globalThis.won = [];\n${asked.map(load).join(';\n')}\nconsole.log(JSON.stringify(globalThis.won));`,
      });
      expect(app.json('main.ts')).toEqual(extensions.flatMap((extension) => [extension, extension]));
    }
  });

  test('module syntax makes a module, whatever package.json says', () => {
    using app = program({
      'node_modules/p/package.json': '{ "type": "commonjs", "exports": "./index.js" }',
      'node_modules/p/index.js': `export * from './other'; export const a = 1;`,
      'node_modules/p/other.js': `export const b = 2;`,
      'node_modules/p/other.ts': `export const b = 3;`,
      'main.ts': `import * as p from 'p'; console.log(JSON.stringify(p));`,
    });
    expect(app.json('main.ts')).toEqual({ a: 1, b: 2 });
  });

  test('require', () => {
    expect(order("require('X');")).toEqual(['tsx', 'ts', 'jsx', 'cts', 'cjs', 'js', 'mjs', 'mts']);
  });
});

test('folders, package.json in a folder, extensionless, .js for a .ts file', () => {
  using app = program({
    'lib/index.tsx': `export default 'index'`,
    'pkg/package.json': `{ "main": "./entry.ts" }`,
    'pkg/entry.ts': `export default 'main'`,
    'written.ts': `export default 'ts for js'`,
    'written2.mts': `export default 'mts for mjs'`,
    'both.ts': `export default 'ts'`,
    'both.js': `export default 'js'`,
    'main.ts': `import a from './lib'; import b from './pkg'; import c from './written.js'; import d from './written2.mjs'; import e from './both.js'; import f from './lib/';
      console.log(JSON.stringify([a, b, c, d, e, f, require('./lib').default]));`,
  });
  expect(app.json('main.ts')).toEqual(['index', 'main', 'ts for js', 'mts for mjs', 'js', 'index', 'index']);
});

test('paths, baseUrl and extends of tsconfig.json', () => {
  using app = program({
    'base.json': `{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./src/*"], "exact": ["./src/exact.ts"], "#two/*": ["./none/*", "./src/*"] } } }`,
    'tsconfig.json': `{ /* comment */ "extends": "./base.json", }`,
    'src/a.ts': `export default 'a'`,
    'src/exact.ts': `export default 'exact'`,
    'src/deep/index.ts': `export default 'deep'`,
    'main.ts': `import a from '@/a'; import exact from 'exact'; import deep from '@/deep'; import base from 'src/a'; import two from '#two/a';
      console.log(JSON.stringify([a, exact, deep, base, two, require('@/a').default]));`,
  });
  expect(app.json('main.ts')).toEqual(['a', 'exact', 'deep', 'a', 'a', 'a']);
});

test("conditions of exports, imports of package.json, a package's own name, a linked workspace", () => {
  using app = program({
    'package.json': `{ "name": "app", "exports": { "./self": "./self.ts" }, "imports": { "#inner": { "bun": "./inner.bun.ts", "default": "./inner.ts" } } }`,
    'self.ts': `export default 'self'`,
    'inner.ts': `export default 'default'`,
    'inner.bun.ts': `export default 'bun'`,
    'node_modules/c/package.json': `{ "name": "c", "exports": { ".": { "bun": "./bun.ts", "default": "./default.js" }, "./kind": { "import": "./kind.mjs", "require": "./kind.cjs" }, "./only/*": "./deep/*.js" } }`,
    'node_modules/c/bun.ts': `const shipped: string = 'ts in a package'; export default shipped`,
    'node_modules/c/kind.mjs': `export default 'import'`,
    'node_modules/c/kind.cjs': `module.exports = 'require'`,
    'node_modules/c/deep/x.js': `module.exports = 'x'`,
    'node_modules/m/package.json': `{ "name": "m", "main": "./main.js", "module": "./module.js" }`,
    'node_modules/m/main.js': `exports.x = 'main'`,
    'node_modules/m/module.js': `export const x = 'module'`,
    'parts/space/package.json': `{ "name": "space", "main": "./index.ts" }`,
    'parts/space/index.ts': `export default import.meta.dir.endsWith('space')`,
    'main.ts': `import fs from 'node:fs'; fs.symlinkSync('../parts/space', './node_modules/space', 'junction');
      import c from 'c'; import kind from 'c/kind'; import x from 'c/only/x'; import inner from '#inner'; import self from 'app/self'; import { x as m } from 'm';
      console.log(JSON.stringify([c, kind, require('c/kind'), x, inner, self, m, (await import('space')).default]));`,
  });
  const kinds = ['import', 'require', 'x', 'bun', 'self', 'main'];
  expect(app.json('main.ts')).toEqual(['ts in a package', ...kinds, true]);
});

test('a package that needs something of Bun gets it', () => {
  using app = program({
    'node_modules/p/package.json': `{ "name": "p", "type": "module", "main": "./index.js" }`,
    'node_modules/p/index.js': `import { escapeHTML } from 'bun'; export { escapeHTML }; export const here = import.meta.dir; export const sum = import.meta.require('./cjs.cjs');`,
    'node_modules/p/cjs.cjs': `module.exports = 1 + 1`,
    'main.ts': `import { escapeHTML, here, sum } from 'p'; console.log(JSON.stringify([escapeHTML('<'), here.split(/[\\\\/]/).pop(), sum]));`,
  });
  expect(app.json('main.ts')).toEqual(['&lt;', 'p', 2]);
});

test('a file that is written while the program runs is found', () => {
  using app = program({
    'main.ts': `import fs from 'node:fs'; const name = './late';
      const before = await import(name).catch((error: any) => error.code);
      fs.writeFileSync('late.ts', 'export const late: number = 7');
      const { late } = await import(name); console.log(JSON.stringify([before, late]));`,
  });
  expect(app.json('main.ts')).toEqual(['ERR_MODULE_NOT_FOUND', 7]);
});

test('queries make modules of their own', () => {
  using app = program({
    'lib.ts': `export const token = {};`,
    'main.ts': `const [a, b, c] = [await import('./lib?1'), await import('./lib?2'), await import('./lib')];
      console.log(JSON.stringify([a.token === b.token, a.token === c.token]));`,
  });
  expect(app.json('main.ts')).toEqual([false, false]);
});

test('a tsconfig.json that does not load as a whole keeps what it says itself', () => {
  using app = program({
    'tsconfig.json': `{ "extends": "@tsconfig/not-installed/tsconfig.json", "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }`,
    'src/a.ts': `export default 'a' as string`,
    'main.ts': `import a from '@/a'; console.log(JSON.stringify([a]));`,
    'broken/tsconfig.json': `{ broken`,
    'broken/main.ts': `import a from '../src/a'; console.log(JSON.stringify([a]));`,
  });
  expect(app.json('main.ts')).toEqual(['a']);
  expect(app.json('broken/main.ts')).toEqual(['a']);
});

describe('the nearest tsconfig.json or jsconfig.json holds', () => {
  const paths = `"compilerOptions": { "paths": { "@/*": ["./src/*"] } }`;
  const main = `import { a } from '@/a'; console.log(JSON.stringify(a));`;

  for (const own of [`"include": ["src"]`, `"exclude": ["*.ts"]`, `"files": ["src/a.ts"]`]) {
    test(`whatever it says of its files: ${own}`, () => {
      using app = program({
        'tsconfig.json': `{ ${paths}, ${own} }`,
        'src/a.ts': `export const a = 'a'`,
        'main.ts': main,
      });
      expect(app.json('main.ts')).toBe('a');
    });
  }

  test('for JavaScript, too', () => {
    using app = program({ 'tsconfig.json': `{ ${paths} }`, 'src/a.ts': `export const a = 'a'`, 'main.js': main });
    expect(app.json('main.js')).toBe('a');
  });

  test('jsconfig.json, with extends and jsx*; tsconfig.json goes before it', () => {
    using app = program({
      'base.json': `{ ${paths} }`,
      'jsconfig.json': `{ "extends": "./base.json", "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }`,
      'src/a.js': `export const a = 'a'`,
      'both/tsconfig.json': '{}',
      'both/jsconfig.json': `{ ${paths} }`,
      'both/src/a.js': `export const a = 'both'`,
      'both/index.js': `export const found = await import('@/a').catch((e) => e.message.slice(0, 24));`,
      'main.jsx': `import { a } from '@/a'; import { found } from './both'; const h = (...all) => all; console.log(JSON.stringify([a, <b />, found]));`,
    });
    expect(app.json('main.jsx')).toEqual(['a', ['b', null], "Cannot find package '@/a"]);
  });

  test('in a folder below, and for the files of packages', () => {
    using app = program({
      'tsconfig.json': `{ "compilerOptions": { "experimentalDecorators": true, "baseUrl": ".", "paths": { "@/*": ["./src/*"] } } }`,
      'src/a.ts': `export const a = 'root'`,
      'lib/index.ts': `export const lib = 'root lib'`,
      'sub/tsconfig.json': `{ ${paths} }`,
      'sub/src/a.ts': `export const a = 'sub'`,
      'sub/index.ts': `export { a } from '@/a'`,
      'node_modules/lib/index.js': `exports.lib = 'package lib'`,
      'node_modules/p/index.ts': `import { a } from '@/a'; import { lib } from 'lib'; const all: unknown[] = [a, lib];
        const d = (...given: unknown[]) => { all.push(given.length); }; class A { @d m() {} } export default all;`,
      'node_modules/p/package.json': `{ "name": "p", "main": "index.ts" }`,
      'node_modules/own/package.json': `{ "name": "own", "main": "index.ts" }`,
      'node_modules/own/tsconfig.json': `{ ${paths} }`,
      'node_modules/own/src/a.ts': `export const a = 'own'`,
      'node_modules/own/index.ts': `export { a } from '@/a'`,
      'main.ts': `import p from 'p'; import { a } from './sub'; import { a as own } from 'own'; console.log(JSON.stringify([p, a, own]));`,
    });
    expect(app.json('main.ts')).toEqual([['root', 'root lib', 3], 'sub', 'own']);
  });
});

test('a file of an extension that means nothing: its path when it is imported, a script when it is required', () => {
  using app = program({
    'a.xyz': `const x: number = 5; module.exports = { x };`,
    'b.xyz': `export const x = 6;`,
    'main.ts': `const a = require('./a.xyz'), b = require('./b.xyz'); const { default: path } = await import('./c.xyz');
      console.log(JSON.stringify([a, b, path.split(/[\\/]/).pop()]));`,
    'c.xyz': 'no script (',
  });
  expect(app.json('main.ts')).toEqual([{ x: 5 }, { x: 6 }, 'c.xyz']);
});
