import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { hash, load, project, unhashed } from './project';

/** The outputs of a bundle of files, the first of which is the entry point. */
async function bundled(files: Record<string, string | Uint8Array>, config: Partial<Bun.BuildConfig> = {}) {
  const folder = project(files);
  return (await Bun.build({ entrypoints: [path.join(folder, Object.keys(files)[0])], ...config })).outputs;
}

const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

describe('Bun.build: data', () => {
  test('JSON, JSONC, JSON5, TOML, YAML, text', async () => {
    const [output] = await bundled({
      'entry.js': `import json, { v } from './a.json'; import jsonc from './b.jsonc'; import json5 from './c.json5';
import toml from './d.toml'; import yaml, { list } from './e.yaml'; import yml from './f.yml'; import text from './g.txt';
export { json, v, jsonc, json5, toml, yaml, list, yml, text };`,
      'a.json': '{"v":1,"with space":[true,null]}',
      'b.jsonc': '// comment\n{"a":1,}',
      'c.json5': "{a:'one', b: +1}",
      'd.toml': 'a = 1\n[t]\nb = "x"',
      'e.yaml': 'list: [1, two]',
      'f.yml': '- 1\n- a: b',
      'g.txt': 'a text\n',
    });
    expect(await load(output)).toMatchObject({
      json: { v: 1, 'with space': [true, null] },
      v: 1,
      jsonc: { a: 1 },
      json5: { a: 'one', b: 1 },
      toml: { a: 1, t: { b: 'x' } },
      yaml: { list: [1, 'two'] },
      list: [1, 'two'],
      yml: [1, { a: 'b' }],
      text: 'a text\n',
    });
  });

  test('import attributes go before extensions', async () => {
    const [output, asset] = await bundled({
      'entry.js': `import a from './a.json' with { type: 'text' }; import b from './b.css' with { type: 'text' };
import c from './c.txt' with { type: 'file' }; import d from './d' with { type: 'toml' }; import e from './e.data' with { type: 'json' };
export default [a, b, c, d, e];`,
      'a.json': '{"v":1}',
      'b.css': '.a {}',
      'c.txt': 'copied',
      d: 'a = 1',
      'e.data': '[1]',
    });
    expect([unhashed(asset.path), asset.kind, await asset.text()]).toEqual(['./c-HASH.txt', 'asset', 'copied']);
    expect((await load(output)).default).toEqual(['{"v":1}', '.a {}', asset.path, { a: 1 }, [1]]);
  });

  test('loader of the config', async () => {
    const files = { 'entry.js': `import x from './x.data'; export default x`, 'x.data': '{"a":1}' };
    expect((await load((await bundled(files, { loader: { '.data': 'json' } }))[0])).default).toEqual({ a: 1 });
    expect((await load((await bundled(files, { loader: { '.data': 'text' } }))[0])).default).toBe('{"a":1}');
    const [script, asset] = await bundled(files);
    expect((await load(script)).default).toBe(asset.path);
    expect(asset.type).toBe('application/octet-stream');
    const text = { 'entry.js': `import x from './x.png'; export default x`, 'x.png': 'image' };
    expect((await load((await bundled(text, { loader: { '.png': 'text' } }))[0])).default).toBe('image');
  });

  test('CommonJS and ES modules in one bundle', async () => {
    const [output] = await bundled({
      'entry.js': `import cjs, { named } from './cjs.cjs'; import * as esm from './esm.mjs'; const again = require('./esm.mjs');
export default [cjs.named, named, esm.x, again.x, esm.default];`,
      'cjs.cjs': `exports.named = 'cjs'`,
      'esm.mjs': `export const x = 'esm'; export default class {} ;`,
    });
    const [a, b, c, d, e] = (await load(output)).default;
    expect([a, b, c, d, typeof e]).toEqual(['cjs', 'cjs', 'esm', 'esm', 'function']);
  });

  test('bytes that are no text are copied as they are', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const outputs = await bundled({ 'entry.js': `import x from './x.bin'; console.log(x)`, 'x.bin': bytes });
    expect(new Uint8Array(await outputs[1].arrayBuffer())).toEqual(bytes);
  });

  test.if(isDxCompat)('base64 and dataurl (Bun gives "")', async () => {
    const files = { 'entry.js': `import x from './x.png'; export default x`, 'x.png': 'png' };
    expect((await load((await bundled(files, { loader: { '.png': 'base64' } }))[0])).default).toBe(btoa('png'));
    expect((await load((await bundled(files, { loader: { '.png': 'dataurl' } }))[0])).default).toContain(
      'data:image/png',
    );
  });
});

describe('Bun.build: CSS', () => {
  const files = {
    'entry.ts': `import './b.css'; import names from './c.module.css'; export { names }`,
    'a.css': '.a { color: red }',
    'b.css': '@import "./a.css"; .b { background: url(./i.png) }',
    'c.module.css': '.foo { color: #00f }',
    'i.png': 'PNG',
  };

  test('what scripts import is a sheet beside them', async () => {
    const [script, sheet, ...more] = await bundled(files);
    expect(more).toEqual([]);
    expect([script.path, script.kind]).toEqual(['./entry.js', 'entry-point']);
    expect([sheet.path, sheet.kind, sheet.loader, sheet.type]).toEqual([
      './entry.css',
      'asset',
      'ts',
      'text/css;charset=utf-8',
    ]);
    expect(sheet.hash).toMatch(hash);
    const text = squeeze(await sheet.text());
    const { foo } = (await load(script)).names;
    expect(foo).toMatch(/foo/);
    expect(text).toContain(`.${foo} {`);
    expect(text.indexOf('.a {')).toBeLessThan(text.indexOf('.b {'));
    expect(text).not.toContain('@import');
  });

  test('files in url() that are small become a part of it', async () => {
    const outputs = await bundled({ 'b.css': files['b.css'], 'a.css': '', 'i.png': 'PNG' });
    expect(outputs).toHaveLength(1);
    expect(await outputs[0].text()).toMatch(/url\("?data:image\/png[;,]/);
  });

  test('larger ones are copied', async () => {
    const outputs = await bundled({ 'b.css': files['b.css'], 'a.css': '', 'i.png': new Uint8Array(200_000) });
    expect(outputs.map(({ path: file, kind }) => [unhashed(file), kind])).toEqual([
      ['./b.css', 'asset'],
      ['./i-HASH.png', 'asset'],
    ]);
    expect(await outputs[0].text()).toContain(outputs[1].path);
  });

  test('as entry point; minified', async () => {
    const [sheet] = await bundled({ 'a.css': '.a { color: red; }  .b { margin: 0px 0px 0px 0px }' }, { minify: true });
    expect([sheet.path, sheet.kind, sheet.loader]).toEqual(['./a.css', 'asset', 'css']);
    expect((await sheet.text()).trim()).toBe('.a{color:red}.b{margin:0}');
  });

  test('addresses elsewhere stay', async () => {
    const [sheet] = await bundled({
      'a.css': '@import "https://host.example/x.css"; .a { background: url(https://host.example/i.png) }',
    });
    const text = await sheet.text();
    expect(text).toContain('https://host.example/x.css');
    expect(text).toContain('https://host.example/i.png');
  });

  test('naming: the sheet is called as its script', async () => {
    const outputs = await bundled(files, { naming: 'x/[name]-[hash].[ext]' });
    expect(outputs.map(({ path: file }) => unhashed(file))).toEqual(['./x/entry-HASH.js', './x/entry-HASH.css']);
    expect(outputs[1].path).toBe(`./x/entry-${outputs[1].hash}.css`);
  });
});

describe('Bun.build: metafile', () => {
  const files = {
    'entry.ts': `import { a } from './a'; import data from './d.json'; import './s.css'; export const b = a + data.v; export const lazy = () => import('./lazy');`,
    'a.ts': 'export const a = 1;',
    'd.json': '{"v":1}',
    's.css': '.a { color: red }',
    'lazy.ts': 'export const x = 1;',
  };

  test('none unless asked for', async () => {
    const folder = project(files);
    expect((await Bun.build({ entrypoints: [path.join(folder, 'entry.ts')] })).metafile).toBeUndefined();
  });

  test('written as a file of the build', async () => {
    const folder = project(files);
    const entrypoints = [path.join(folder, 'entry.ts')];
    const outdir = path.join(folder, 'out');
    for (const metafile of ['sub/meta.json', { json: 'sub/meta.json' }] as const) {
      const built = await Bun.build({ entrypoints, outdir, metafile });
      const last = built.outputs.at(-1)!;
      const { path: file, kind, loader, hash, type } = last as any;
      expect([file, kind, loader, hash, type]).toEqual([
        path.join(outdir, 'sub/meta.json'),
        'metafile-json',
        'json',
        '00000000',
        'application/json;charset=utf-8',
      ]);
      expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(built.metafile)));
      expect(JSON.parse(await last.text())).toEqual(JSON.parse(JSON.stringify(built.metafile)));
      expect(Object.keys(built.metafile!.outputs)).not.toContain('./sub/meta.json');
      fs.rmSync(outdir, { recursive: true });
    }
    const { outputs } = await Bun.build({ entrypoints, metafile: 'meta.json' });
    expect(outputs.at(-1)!.path).toBe('meta.json');
    for (const metafile of ['', {}] as const) {
      const plain = await Bun.build({ entrypoints, metafile });
      expect(typeof plain.metafile).toBe('object');
      expect(plain.outputs.filter(({ path: file }) => file.endsWith('meta.json'))).toEqual([]);
    }
  });

  test('inputs and outputs', async () => {
    const folder = project(files);
    const { metafile, outputs } = await Bun.build({
      entrypoints: [path.join(folder, 'entry.ts')],
      metafile: true,
      splitting: true,
    });
    const { inputs, outputs: made } = metafile!;
    const named = (name: string) => Object.entries(inputs).find(([key]) => path.basename(key) === name)!;
    expect(
      Object.keys(inputs)
        .map((key) => path.basename(key))
        .sort(),
    ).toEqual(Object.keys(files).sort());
    const [entryKey, entry] = named('entry.ts');
    expect(entry.bytes).toBe(files['entry.ts'].length);
    expect(entry.format).toBe('esm');
    const chunk = outputs.find(({ kind }) => kind === 'chunk')!;
    const imports = (entry.imports as any[]).map((one) => ({ ...one, path: path.basename(one.path) }));
    expect(imports).toEqual([
      { path: 'a.ts', kind: 'import-statement', original: './a' },
      { path: 'd.json', kind: 'import-statement', original: './d.json', with: { type: 'json' } },
      { path: 's.css', kind: 'import-statement', original: './s.css' },
      {
        path: path.basename(chunk.path),
        kind: 'dynamic-import',
        original: './lazy',
        entryPoint: named('lazy.ts')[0],
        external: true,
      },
    ]);
    expect([named('d.json')[1].format, named('s.css')[1].format]).toEqual(['json', 'css']);
    expect(Object.keys(made).sort()).toEqual(outputs.map(({ path: file }) => file).sort());
    for (const output of outputs) expect(made[output.path].bytes).toBe(output.size);
    const script = made['./entry.js'];
    expect(script.entryPoint).toBe(entryKey);
    expect([...script.exports].sort()).toEqual(['b', 'lazy']);
    expect((script as any).cssBundle).toBe('./entry.css');
    expect(script.imports).toEqual([{ path: chunk.path, kind: 'dynamic-import' }]);
    expect(Object.keys(script.inputs).map((key) => path.basename(key))).toContain('a.ts');
    expect(made[chunk.path].exports).toEqual(['x']);
    expect(Object.keys(made['./entry.css'].inputs).map((key) => path.basename(key))).toEqual(['s.css']);
  });
});
