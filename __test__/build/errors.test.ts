import { describe, expect, test } from 'bun:test';
import path from 'node:path';
import { complaints, project } from './project';

const ok = { entrypoints: [path.join(project({ 'ok.ts': 'export const x = 1' }), 'ok.ts')] };

describe('Bun.build: what it refuses', () => {
  const refused = (config: unknown) => {
    try {
      Bun.build(config as any).catch(() => {});
    } catch (error: any) {
      return `${error.name} ${error.code}: ${error.message}`;
    }
    return undefined;
  };

  test.each([
    [undefined, 'Expected a config object to be passed to Bun.build'],
    [null, 'Expected a config object to be passed to Bun.build'],
    ['./a.ts', 'Expected a config object to be passed to Bun.build'],
    [{}, 'Expected entrypoints to be an array of strings'],
    [{ entrypoints: [] }, 'Expected entrypoints to be an array of strings'],
    [{ entrypoints: 'x' }, 'entrypoints must be an array'],
    [{ ...ok, outdir: 5 }, 'The "outdir" property must be of type string, got number'],
    [
      { ...ok, target: 'deno' },
      "Expected target to be one of 'browser', 'node', 'bun', 'macro', or 'bun-<target>', got deno",
    ],
    [{ ...ok, target: 5 }, 'The "target" property must be of type string, got number'],
    [{ ...ok, format: 'umd' }, 'format must be one of "esm", "cjs", "iife"'],
    [{ ...ok, packages: 'x' }, 'packages must be one of "bundle", "external"'],
    [{ ...ok, sourcemap: 'x' }, 'sourcemap must be one of "none", "linked", "inline", "external"'],
    [{ ...ok, sourcemap: 5 }, 'sourcemap must be a string'],
    [{ ...ok, minify: 5 }, 'Expected minify to be a boolean or an object'],
    [{ ...ok, define: 5 }, 'define must be an object'],
    [{ ...ok, define: { A: 1 } }, 'define "A" must be a JSON string'],
    [{ ...ok, loader: { x: 'text' } }, "loader property names must be file extensions, such as '.txt'"],
    [{ ...ok, external: 'x' }, 'external must be an array'],
    [{ ...ok, drop: 'x' }, 'drop must be an array'],
    [{ ...ok, features: 5 }, 'features must be an array'],
    [{ ...ok, conditions: 5 }, 'Expected conditions to be an array of strings'],
    [{ ...ok, env: 'x' }, "env must be 'inline', 'disable', or a string with a '*' character"],
    [{ ...ok, naming: 5 }, 'Expected naming to be a string or an object'],
    [{ ...ok, banner: 5 }, 'The "banner" property must be of type string, got number'],
    [{ ...ok, publicPath: 5 }, 'The "publicPath" property must be of type string, got number'],
    [{ ...ok, throw: 5 }, 'The "throw" property must be of type boolean, got number'],
    [{ ...ok, jsx: 5 }, 'jsx must be an object'],
    [{ ...ok, files: 5 }, 'files must be an object'],
    [{ ...ok, plugins: {} }, 'plugins must be an array'],
    [{ ...ok, plugins: [5] }, 'Expected plugin to be an object'],
    [{ ...ok, plugins: [{}] }, 'Expected plugin to have a name'],
    [{ ...ok, plugins: [{ name: 'x' }] }, 'Expected plugin to have a setup() function'],
    [{ ...ok, bytecode: true, target: 'browser' }, "target must be 'bun' when bytecode is true"],
  ])('config %#', (config, message) => {
    expect(refused(config)).toBe(`TypeError ERR_INVALID_ARG_TYPE: ${message}`);
  });

  test('loaders that are none', () => {
    expect(refused({ ...ok, loader: { '.x': 'none' } })).toContain('loader must be one of "js", "jsx", "ts", "tsx"');
    expect(refused({ ...ok, jsx: { runtime: 'x' } })).toContain("Invalid jsx.runtime: 'x'");
  });

  test('what it does not know is ignored', async () => {
    expect((await Bun.build({ ...ok, unknown: true } as any)).success).toBe(true);
  });
});

describe('Bun.build: builds that fail', () => {
  const facts = (log: any) => [log.name, log.code, log.level, log.message];

  test('the promise rejects with an AggregateError of what is wrong', async () => {
    const folder = project({ 'a.js': `import x from 'not-there'; import './nope'; console.log(x)` });
    const error = await Bun.build({ entrypoints: [path.join(folder, 'a.js')] }).then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.message).toBe('Bundle failed');
    expect(error.errors.map(facts)).toEqual([
      [
        'ResolveMessage',
        'ERR_MODULE_NOT_FOUND',
        'error',
        'Could not resolve: "not-there". Maybe you need to "bun install"?',
      ],
      ['ResolveMessage', 'ERR_MODULE_NOT_FOUND', 'error', 'Could not resolve: "./nope"'],
    ]);
    expect(error.errors.map(({ specifier, importKind, referrer }: any) => [specifier, importKind, referrer])).toEqual([
      ['not-there', 'import-statement', ''],
      ['./nope', 'import-statement', ''],
    ]);
    expect(error.errors[1].position).toEqual({
      lineText: `import x from 'not-there'; import './nope'; console.log(x)`,
      file: path.join(folder, 'a.js'),
      namespace: 'file',
      line: 1,
      column: 35,
      length: 8,
      offset: 34,
    });
    expect(Bun.inspect(error.errors[1])).toContain('error: Could not resolve: "./nope"');
  });

  test('with throw: false it is said in the logs', async () => {
    const folder = project({ 'a.js': `let x = ;\n` });
    const result = await Bun.build({ entrypoints: [path.join(folder, 'a.js')], throw: false });
    expect(Object.keys(result)).toEqual(['outputs', 'success', 'logs']);
    expect(result.success).toBe(false);
    expect(result.outputs).toEqual([]);
    expect(result.logs.map(facts)).toEqual([['BuildMessage', undefined, 'error', 'Unexpected ;']]);
    expect(result.logs[0].position).toMatchObject({ line: 1, column: 9, offset: 8, length: 1, lineText: 'let x = ;' });
  });

  test('positions on later lines, after characters of several bytes', async () => {
    const folder = project({
      'a.js': `// first\nconst é = 'é';\n  import { none } from './b'; console.log(none, é);`,
      'b.js': 'export {}',
    });
    const [log] = await complaints({ entrypoints: [path.join(folder, 'a.js')] });
    expect(log.message).toContain('for import "none"');
    expect(log.position).toMatchObject({ line: 3, column: 12, length: 4 });
    expect(log.position.lineText).toContain('import { none }');
  });

  test.each([
    ['const x = 1; x = 2;', 'Cannot assign to "x" because it is a constant'],
    ['let a; let a;', '"a" has already been declared'],
    ['export { nope }', '"nope" is not declared in this file'],
    ['if (x) {', 'Unexpected end of file'],
    ['<div></span>', 'Expected closing JSX tag to match opening tag "<div>"'],
    ['a b', 'Expected ";" but found "b"'],
    ['1 = 2', 'Invalid assignment target'],
  ])('what does not parse: %s', async (source, message) => {
    const folder = project({ 'a.jsx': source });
    const logs = await complaints({ entrypoints: [path.join(folder, 'a.jsx')], external: ['react/*'] });
    expect([logs.length, logs[0].name, logs[0].message]).toEqual([1, 'BuildMessage', message]);
  });

  test('entry points that are not there; patterns are none', async () => {
    const folder = project({ 'a.ts': '' });
    for (const name of ['nope.js', '*.ts']) {
      const entry = path.join(folder, name);
      const logs = await complaints({ entrypoints: [entry] });
      expect(logs.map(facts)).toEqual([
        ['BuildMessage', undefined, 'error', `ModuleNotFound resolving "${entry}" (entry point)`],
      ]);
      expect(logs[0].position).toBe(null);
    }
  });

  test('modules of Bun in builds for others', async () => {
    const folder = project({ 'a.js': `import { Database } from 'bun:sqlite'; console.log(Database)` });
    const [log] = await complaints({ entrypoints: [path.join(folder, 'a.js')] });
    expect(log.message).toBe(
      `Browser build cannot import Bun builtin: "bun:sqlite". When bundling for Bun, set target to 'bun'`,
    );
  });

  test('two files of one name', async () => {
    const folder = project({ 'a.ts': 'console.log(1)', 'b.ts': 'console.log(2)' });
    const logs = await complaints({
      entrypoints: ['a.ts', 'b.ts'].map((name) => path.join(folder, name)),
      naming: 'same.js',
    });
    expect(logs[0].message).toStartWith('Multiple files share the same output path\n  ./same.js:\n');
    expect([logs[1].level, logs[1].message]).toEqual([
      'note',
      "entry naming is './same.js', consider adding '[hash]' to make filenames unique",
    ]);
  });

  test('splitting wants ES modules', async () => {
    const [log] = await complaints({ ...ok, format: 'cjs', splitting: true });
    expect(log.message).toBe('Code splitting is currently only supported when format is set to "esm"');
  });

  test('JSON that is none', async () => {
    const folder = project({ 'a.js': `import x from './x.json'; console.log(x)`, 'x.json': '{"a": /* no */ 1}' });
    const [log] = await complaints({ entrypoints: [path.join(folder, 'a.js')] });
    expect(log.message).toBe('JSON does not support comments');
    expect(log.position.file).toBe(path.join(folder, 'x.json'));
  });

  test('a warning does not fail a build', async () => {
    const folder = project({ 'a.js': `import * as ns from './b'; console.log(ns.nope)`, 'b.js': 'export const x = 1' });
    const { success, logs } = await Bun.build({ entrypoints: [path.join(folder, 'a.js')] });
    expect(success).toBe(true);
    expect(logs).toHaveLength(1);
    expect(logs[0].level).toBe('warn');
    expect(logs[0].message).toStartWith(
      'Import "nope" will always be undefined because there is no matching export in "',
    );
  });
});
