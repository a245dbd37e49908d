import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { complaints, load, project } from './project';

/** The text of a bundle of one file, spaces and line ends aside. */
async function bundled(source: string, config: Partial<Bun.BuildConfig> = {}, name = 'entry.ts', more = {}) {
  const folder = project({ [name]: source, ...more });
  const { outputs } = await Bun.build({ entrypoints: [path.join(folder, name)], ...config });
  return { output: outputs[0], text: await outputs[0].text(), outputs, folder };
}

const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('Bun.build: format and target', () => {
  const source = `export const a = 1; export default class B { x = 2 }`;

  test('esm', async () => {
    const { output } = await bundled(source);
    const loaded = await load(output);
    expect(Object.keys(loaded).sort()).toEqual(['a', 'default']);
    expect(new loaded.default().x).toBe(2);
  });

  test('cjs', async () => {
    const { text } = await bundled(source, { format: 'cjs' });
    const module = { exports: {} as any };
    new Function('module', 'exports', 'require', text)(module, module.exports, require);
    expect(module.exports.a).toBe(1);
    expect(module.exports.__esModule).toBe(true);
    expect(new module.exports.default().x).toBe(2);
  });

  test('iife runs at once and leaves nothing behind', async () => {
    const { text } = await bundled(`export const a = 1; globalThis.__iife = a;`, { format: 'iife' });
    expect(text.trimStart().startsWith('(() => {')).toBe(true);
    // eslint-disable-next-line no-eval
    (0, eval)(text);
    expect((globalThis as any).__iife).toBe(1);
    delete (globalThis as any).__iife;
  });

  test('target bun is marked', async () => {
    expect((await bundled(source, { target: 'bun' })).text.startsWith('// @bun')).toBe(true);
    expect((await bundled(source, { target: 'node' })).text).not.toContain('@bun');
  });

  test('modules of Node and of Bun stay imports where they are', async () => {
    const { text } = await bundled(`import path from 'path'; import fs from 'node:fs'; console.log(path, fs)`, {
      target: 'node',
    });
    expect(text).toMatch(/from "path"/);
    expect(text).toMatch(/from "node:fs"/);
    expect(
      (await bundled(`import { Database } from 'bun:sqlite'; console.log(Database)`, { target: 'bun' })).text,
    ).toContain('"bun:sqlite"');
  });

  test('require of an external module works in an ES module for Node', async () => {
    for (const target of ['node', 'bun'] as const) {
      for (const minify of [false, true]) {
        const { output } = await bundled(`export const join = require('node:path').join('a', 'b')`, { target, minify });
        expect((await load(output)).join).toBe(path.join('a', 'b'));
      }
    }
  });

  test('conditions and main fields of packages are those of the target', async () => {
    const exports = {
      '.': { bun: './bun.js', browser: './browser.js', node: './node.js', default: './other.js' },
      './module': { module: './module.js', default: './other.js' },
      './custom': { custom: './custom.js', default: './other.js' },
    };
    const named = Object.fromEntries(
      ['bun', 'browser', 'node', 'module', 'custom', 'other', 'main'].flatMap((name) => [
        [`node_modules/p/${name}.js`, `export default 'p:${name}'`],
        [`node_modules/q/${name}.js`, `export default 'q:${name}'`],
      ]),
    );
    const files = {
      ...named,
      'node_modules/p/package.json': JSON.stringify({ name: 'p', exports }),
      'node_modules/q/package.json': JSON.stringify({
        main: './main.js',
        module: './module.js',
        browser: './browser.js',
      }),
    };
    const source = `import a from 'p'; import b from 'p/module'; import c from 'p/custom'; import d from 'q'; export default [a, b, c, d];`;
    const of = async (config: Partial<Bun.BuildConfig>) =>
      (await load((await bundled(source, config, 'entry.js', files)).output)).default;
    expect(await of({})).toEqual(['p:browser', 'p:module', 'p:other', 'q:browser']);
    expect(await of({ target: 'node' })).toEqual(['p:node', 'p:other', 'p:other', 'q:main']);
    expect(await of({ target: 'bun' })).toEqual(['p:bun', 'p:other', 'p:other', 'q:module']);
    expect((await of({ conditions: ['custom'] }))[2]).toBe('p:custom');
    expect((await of({ conditions: 'custom' }))[2]).toBe('p:custom');
  });
});

describe('Bun.build: what is left out', () => {
  test('external: names, wildcards; packages', async () => {
    const source = `import a from 'one'; import b from 'two/sub'; console.log(a, b);`;
    const { text } = await bundled(source, { external: ['one', 'two/*'] });
    expect(text).toMatch(/from "one"/);
    expect(text).toMatch(/from "two\/sub"/);
    expect((await bundled(source, { packages: 'external' })).text).toMatch(/from "two\/sub"/);
    const more = { 'node_modules/one/index.js': 'export default 1', 'local.js': 'export const local = "bundled"' };
    const { text: mixed } = await bundled(
      `import a from 'one'; import { local } from './local'; console.log(a, local)`,
      { packages: 'external' },
      'entry.js',
      more,
    );
    expect(mixed).toMatch(/from "one"/);
    expect(mixed).toContain('bundled');
  });

  test('drop', async () => {
    const source = `console.log('said'); debugger; other.call('kept');`;
    const dropped = (await bundled(source, { drop: ['console', 'debugger'] })).text;
    expect(dropped).not.toContain('said');
    expect(dropped).not.toContain('debugger');
    expect(dropped).toContain('kept');
    expect((await bundled(source, { drop: ['other.call'] })).text).not.toContain('kept');
  });

  test('what has no effect: unused exports, pure calls', async () => {
    const more = {
      'lib.js': `export const used = 1; export const unused = 'shaken'; const x = /* @__PURE__ */ call('pure');`,
    };
    const source = `import { used } from './lib'; console.log(used);`;
    const { text } = await bundled(source, {}, 'entry.js', more);
    expect(text).not.toContain('shaken');
    expect(text).not.toContain('pure');
    const kept = (await bundled(source, { ignoreDCEAnnotations: true }, 'entry.js', more)).text;
    expect(kept).toContain('pure');
  });
});

describe('Bun.build: what is put in', () => {
  test('define', async () => {
    const { output } = await bundled(`export default [FLAG, typeof process.env.MODE, a.b.c, process.env.MODE]`, {
      define: { FLAG: 'true', 'process.env.MODE': '"dark"', 'a.b.c': '12' },
    });
    expect((await load(output)).default).toEqual([true, 'string', 12, 'dark']);
  });

  test('NODE_ENV decides which of two files is bundled', async () => {
    const source = `if (process.env.NODE_ENV === 'production') module.exports = require('./users'); else module.exports = require('./me');`;
    const more = { 'users.js': `module.exports = 'for users'`, 'me.js': `module.exports = 'for me'` };
    const define = { 'process.env.NODE_ENV': '"production"' };
    const { text, output } = await bundled(source, { define }, 'entry.js', more);
    expect(text).not.toContain('for me');
    expect((await load(output)).default).toBe('for users');
  });

  test('banner and footer', async () => {
    const { text } = await bundled(`console.log(1)`, { banner: '"use client";', footer: '// made here' });
    expect(text.startsWith('"use client";')).toBe(true);
    expect(text.trimEnd().endsWith('// made here')).toBe(true);
    const bun = (await bundled(`console.log(1)`, { banner: '#!/usr/bin/env bun', target: 'bun' })).text;
    expect(bun.split('\n').slice(0, 2)).toEqual(['#!/usr/bin/env bun', '// @bun']);
  });

  test('__dirname and __filename are those of the source', async () => {
    const { output, folder } = await bundled(`export default [__dirname, __filename]`);
    expect((await load(output)).default).toEqual([folder, path.join(folder, 'entry.ts')]);
  });

  test('import.meta of formats that have none', async () => {
    const source = `export const found = [import.meta.url, import.meta.dir, import.meta.path, import.meta.main, __dirname, 'import.meta.url']`;
    const { text, folder } = await bundled(source, { format: 'cjs', target: 'node' });
    const module = { exports: {} as any };
    new Function('module', 'exports', 'require', text)(module, module.exports, { main: module });
    const file = path.join(folder, 'entry.ts');
    expect(module.exports.found).toEqual([Bun.pathToFileURL(file).href, folder, file, true, folder, 'import.meta.url']);
  });

  test('which changes neither directives nor names that a file has itself', async () => {
    const { output, folder } = await bundled(
      `import strict from './strict.cjs'; import own from './own'; export default [strict, own]`,
      {},
      'entry.js',
      {
        'strict.cjs': `// comment\n'use strict'\nmodule.exports = [(function () { return this === undefined })(), __dirname]`,
        'own.js': `const __dirname = 'own'; export default __dirname`,
      },
    );
    expect((await load(output)).default).toEqual([[true, folder], 'own']);
  });

  test('however a file declares such a name', async () => {
    const { output, folder } = await bundled(
      `import list from './list'; import taken from './taken'; import given from './given'; import inner from './inner';
export default [list, taken, given, inner]`,
      {},
      'entry.js',
      {
        'list.js': `const __filename = 'own file', __dirname = __filename + '!'; export default [__filename, __dirname]`,
        'taken.js': `const { __dirname } = { __dirname: 'taken' }; export default __dirname`,
        'given.js': `import { __dirname } from './names'; export default [__dirname, __filename]`,
        'names.js': `const name = 'given'; export { name as __dirname }`,
        'inner.js': `const of = () => {\n  const __dirname = 'inner';\n  return __dirname;\n};\nexport default [of(), __dirname]`,
      },
    );
    const [list, taken, given, inner] = (await load(output)).default;
    expect(list).toEqual(['own file', 'own file!']);
    expect(taken).toBe('taken');
    expect(given).toEqual(['given', path.join(folder, 'given.js')]);
    expect(inner).toEqual(['inner', folder]);
  });

  test('a name that is declared twice is an error', async () => {
    const folder = project({ 'entry.js': `let { __dirname } = {};\nlet __dirname = 1;\nconsole.log(__dirname)` });
    const logs = await complaints({ entrypoints: [path.join(folder, 'entry.js')] });
    expect(logs[0].message).toBe('"__dirname" has already been declared');
  });

  test('many comments before the first statement', async () => {
    const { output, folder } = await bundled(`${'/* one ** of many */'.repeat(2000)}export default __dirname`);
    expect((await load(output)).default).toBe(folder);
  });

  test('features of bun:bundle', async () => {
    const source = `import { feature } from 'bun:bundle';
if (feature('ON')) console.log('is on'); else console.log('is not on');
if (feature("OFF")) console.log('is off');`;
    const { text } = await bundled(source, { features: ['ON'], minify: { syntax: true } });
    expect(text).toContain('is on');
    expect(text).not.toContain('is not on');
    expect(text).not.toContain('is off');
    expect(text).not.toContain('bun:bundle');
  });

  test('env: inline, a prefix, disable', async () => {
    const folder = project({ 'entry.ts': `console.log(process.env.BUILD_TEST_A, process.env.OTHER_TEST_B)` });
    const run = (env: string) => {
      const code = `const { outputs } = await Bun.build({ entrypoints: ['./entry.ts'], env: ${JSON.stringify(env)} }); console.log(await outputs[0].text());`;
      const { stdout } = Bun.spawnSync([process.execPath, '-e', code], {
        cwd: folder,
        env: { ...process.env, BUILD_TEST_A: 'value "a"', OTHER_TEST_B: 'bee' },
      });
      return squeeze(stdout.toString());
    };
    expect(run('inline')).toMatch(/console\.log\(('value "a"'|"value \\"a\\""), "bee"\)/);
    expect(run('BUILD_TEST_*')).toMatch(/console\.log\(('value "a"'|"value \\"a\\""), process\.env\.OTHER_TEST_B\)/);
    expect(run('disable')).toContain('console.log(process.env.BUILD_TEST_A, process.env.OTHER_TEST_B)');
  });
});

describe('Bun.build: minify', () => {
  const source = `export function aLongName(parameter) { const local = parameter + 1; if (true === !false) return local; return undefined }\n`;

  test('all of it', async () => {
    const plain = await bundled(source);
    const small = await bundled(source, { minify: true });
    expect(small.text.length).toBeLessThan(plain.text.length);
    expect(small.text).not.toContain('local');
    expect(small.text.trim()).not.toContain('\n');
    expect((await load(small.output)).aLongName(1)).toBe(2);
  });

  test('parts of it', async () => {
    const whitespace = (await bundled(source, { minify: { whitespace: true } })).text;
    expect(whitespace.trim()).not.toContain('\n');
    expect(whitespace).toContain('local');
    const identifiers = (await bundled(source, { minify: { identifiers: true } })).text;
    expect(identifiers).toContain('\n');
    expect(identifiers).not.toContain('local');
    expect((await bundled(source, { minify: {} })).text).toContain('local');
  });

  test('legal comments stay', async () => {
    const { text } = await bundled(`/*! of the author */ /* of nobody */ console.log(1)`, { minify: true });
    expect(text).toContain('/*! of the author */');
    expect(text).not.toContain('of nobody');
  });
});

describe('Bun.build: JSX and TypeScript', () => {
  const source = `export const A = <a href="x">text</a>;`;
  const external = ['react/*', 'preact/*'];
  const define = { 'process.env.NODE_ENV': '"production"' };

  test('automatic, for development and for production', async () => {
    expect((await bundled(source, { external }, 'a.jsx')).text).toMatch(/jsxDEV.* from "react\/jsx-dev-runtime"/);
    const { text } = await bundled(source, { external, define }, 'a.jsx');
    expect(text).toMatch(/import \{ jsx \} from "react\/jsx-runtime"/);
    expect(text).toContain('/* @__PURE__ */');
  });

  test('options', async () => {
    const classic = await bundled(source, { jsx: { runtime: 'classic', factory: 'h' } }, 'a.jsx');
    expect(squeeze(classic.text)).toMatch(/h\("a", \{ href: "x" \}, "text"\)/);
    const preact = await bundled(
      source,
      { external, jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
      'a.tsx',
    );
    expect(preact.text).toContain('"preact/jsx-runtime"');
  });

  test('.js may have JSX, .mjs may not', async () => {
    expect((await bundled(source, { external, define }, 'a.js')).text).toContain('jsx(');
    const folder = project({ 'a.mjs': source });
    expect(await complaints({ entrypoints: [path.join(folder, 'a.mjs')], external })).not.toHaveLength(0);
  });

  test('tsconfig: paths, jsx, decorators', async () => {
    const tsconfig = (options: object) => ({
      'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '@/*': ['./lib/*'] }, ...options } }),
      'lib/x.ts': `export const x: string = 'by path';`,
    });
    const { output } = await bundled(`export { x } from '@/x'`, {}, 'entry.ts', tsconfig({}));
    expect((await load(output)).x).toBe('by path');
    const classic = await bundled(source, {}, 'entry.tsx', tsconfig({ jsx: 'react', jsxFactory: 'make' }));
    expect(squeeze(classic.text)).toMatch(/make\("a", \{ href: "x" \}, "text"\)/);
    const decorated = `function d(...given: any[]) { counts.push(given.length) } export const counts: number[] = []; @d class A { @d method() {} }`;
    expect((await load((await bundled(decorated)).output)).counts).toEqual([2, 2]);
    const legacy = await bundled(decorated, {}, 'entry.ts', tsconfig({ experimentalDecorators: true }));
    expect((await load(legacy.output)).counts).toEqual([3, 1]);
  });

  test('emitDecoratorMetadata', async () => {
    const source = `import { Service } from './service';
(Reflect as any).metadata = (key: string, value: any) => () => void found.push([key, value]);
export const found: [string, any][] = [];
function d(..._: any[]): any {}
@d class A { constructor(service: Service) {} @d method(a: string, b: number): Promise<void> { return null as any } }
export { Service };`;
    const { output } = await bundled(source, {}, 'entry.ts', {
      'service.ts': 'export class Service {}',
      'base.json': '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
      'tsconfig.json': '{ "extends": "./base.json" }',
    });
    const { found, Service } = await load(output);
    expect(found).toContainEqual(['design:paramtypes', [String, Number]]);
    expect(found).toContainEqual(['design:returntype', Promise]);
    expect(found).toContainEqual(['design:paramtypes', [Service]]);
  });

  test('tsconfig of the config', async () => {
    const more = {
      'other.json': JSON.stringify({ compilerOptions: { paths: { far: ['./near.ts'] } } }),
      'near.ts': 'export default "near"',
    };
    const folder = project({ 'entry.ts': `export { default } from 'far'`, ...more });
    const { outputs } = await Bun.build({
      entrypoints: [path.join(folder, 'entry.ts')],
      tsconfig: path.join(folder, 'other.json'),
    });
    expect((await load(outputs[0])).default).toBe('near');
    const [missing] = await complaints({
      entrypoints: [path.join(folder, 'entry.ts')],
      tsconfig: path.join(folder, 'none.json'),
    });
    expect(missing.message).toBe(`Cannot find tsconfig file "${path.join(folder, 'none.json')}"`);
  });

  test('types and what is used as types only are gone', async () => {
    const { text } = await bundled(
      `import type { T } from './missing-types'; import { type U } from './also'; enum E { A, B } namespace N { export const n = 1 } const x: T | U = E.B + N.n; console.log(x satisfies number)`,
      {},
      'entry.ts',
      { 'also.ts': 'export type U = 1' },
    );
    expect(text).not.toContain('missing-types');
    expect(text).not.toContain('satisfies');
  });
});

describe('Bun.build: files', () => {
  test('files in memory, in place of those on disk and beside them', async () => {
    const folder = project({
      'entry.ts': `import { a } from './a.ts'; import { b } from './b.ts'; export { a, b }`,
      'a.ts': `export const a = 'disk'`,
    });
    const { outputs } = await Bun.build({
      entrypoints: [path.join(folder, 'entry.ts')],
      files: {
        [path.join(folder, 'a.ts')]: `export const a: string = 'memory'`,
        [path.join(folder, 'b.ts')]: new Blob([`export const b = 'blob'`]),
      },
    });
    expect(await load(outputs[0])).toMatchObject({ a: 'memory', b: 'blob' });
    expect(fs.readdirSync(folder).sort()).toEqual(['a.ts', 'entry.ts']);
  });

  test('all in memory; bytes; data', async () => {
    const { outputs } = await Bun.build({
      entrypoints: ['/virtual/entry.ts'],
      files: {
        '/virtual/entry.ts': `import x from './x.json'; import t from './t.txt'; export { x, t }`,
        '/virtual/x.json': '{"one":1}',
        '/virtual/t.txt': new TextEncoder().encode('bytes'),
      },
    });
    expect(path.posix.basename(outputs[0].path)).toBe('entry.js');
    expect(await load(outputs[0])).toMatchObject({ x: { one: 1 }, t: 'bytes' });
  });
});

describe('Bun.build: options that are not honoured', () => {
  const folder = project({ 'entry.js': 'console.log(1)' });
  const build = (config: any) => Bun.build({ entrypoints: [path.join(folder, 'entry.js')], ...config });

  test('what asks for nothing is taken', async () => {
    for (const config of [
      { allowUnresolved: ['*'] },
      { allowUnresolved: null },
      { optimizeImports: [] },
      { minChunkSize: 0 },
      { splitting: true, splitRequire: false, modulePreload: false },
    ]) {
      expect((await build(config)).success).toBe(true);
    }
  });

  test('what does not fit', () => {
    expect(() => build({ allowUnresolved: '*' })).toThrow('allowUnresolved must be an array');
    expect(() => build({ optimizeImports: true })).toThrow('optimizeImports must be an array');
    expect(() => build({ minChunkSize: 'x' })).toThrow(
      'The "minChunkSize" property must be of type number. Received string',
    );
    expect(() => build({ minChunkSize: 1 })).toThrow('minChunkSize requires splitting to be true.');
    expect(() => build({ metafile: { json: 1 } })).toThrow('The "json" property must be of type string, got number');
  });

  test.if(isDxCompat)('what cannot be done names itself', () => {
    for (const [name, config] of [
      ['allowUnresolved', { allowUnresolved: [] }],
      ['optimizeImports', { optimizeImports: ['lib'] }],
      ['minChunkSize', { splitting: true, minChunkSize: 16384 }],
      ['splitRequire', { splitting: true, target: 'bun', splitRequire: true }],
      ['modulePreload', { splitting: true, modulePreload: true }],
      ['metafile.markdown', { metafile: { markdown: 'meta.md' } }],
    ] as const) {
      expect(() => build(config)).toThrow(expect.objectContaining({ code: 'ERR_OPTION_UNSUPPORTED' }));
      expect(() => build(config)).toThrow(name);
    }
  });
});
