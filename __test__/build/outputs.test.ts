import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { hash, load, project, unhashed } from './project';

const files = {
  'src/a.ts': `import { shared } from './shared'; import text from './text.txt'; export const a: number = shared + 1; export { text };`,
  'src/b.ts': `import { shared } from './shared'; export default class Foo {} export const lazy = () => import('./lazy'); export { shared };`,
  'src/shared.ts': `export const shared = 41; export const unused = 'never used';`,
  'src/lazy.ts': `export const value = 5;`,
  'src/text.txt': 'hello\n',
  'src/image.js': `import image from './image.png'; export { image };`,
  'src/image.png': 'PNG',
};

describe('Bun.build: what it gives', () => {
  const root = project(files);
  const at = (name: string) => path.join(root, 'src', name);
  const shape = ({ path: file, kind, loader, type }: Bun.BuildArtifact) => [unhashed(file), kind, loader, type];

  test('an entry point in memory is a Blob with its facts', async () => {
    const result = await Bun.build({ entrypoints: [at('a.ts')] });
    expect(Object.keys(result)).toEqual(['outputs', 'success', 'logs']);
    expect(result.success).toBe(true);
    expect(result.logs).toEqual([]);
    expect(result.outputs).toHaveLength(1);
    const [output] = result.outputs;
    expect(shape(output)).toEqual(['./a.js', 'entry-point', 'ts', 'text/javascript;charset=utf-8']);
    expect(output.hash).toMatch(hash);
    expect(output.sourcemap).toBe(null);
    expect(Object.prototype.toString.call(output)).toBe('[object BuildArtifact]');
    const text = await output.text();
    expect(output.size).toBe(Buffer.byteLength(text));
    expect(text).toContain('// ');
    expect(text).not.toContain('never used');
    expect(await new Response(output as Blob).text()).toBe(text);
    expect(await output.slice(0, 3).text()).toBe(text.slice(0, 3));
    expect(Buffer.from(await output.arrayBuffer()).toString()).toBe(text);
    expect(await load(output)).toMatchObject({ a: 42, text: 'hello\n' });
  });

  test('its facts cannot be written', async () => {
    const [output] = (await Bun.build({ entrypoints: [at('a.ts')] })).outputs;
    expect(() => {
      (output as any).path = 'other';
    }).toThrow(TypeError);
    expect(output.path).toBe('./a.js');
  });

  test('how it is printed', async () => {
    const [output] = (await Bun.build({ entrypoints: [at('lazy.ts')] })).outputs;
    const shown = Bun.inspect(output)
      .replace(/hash: "\w{8}"/, 'hash: "HASH"')
      .replace(/\(\d+ bytes\)/, '(N bytes)');
    expect(shown).toBe(`BuildArtifact (entry-point) {
  path: "./lazy.js",
  loader: "ts",
  kind: "entry-point",
  hash: "HASH",
  Blob (N bytes) {
    type: "text/javascript;charset=utf-8"
  },
  sourcemap: null
}`);
  });

  test('the same input gives the same hash, another one another', async () => {
    const of = async (name: string) => (await Bun.build({ entrypoints: [at(name)] })).outputs[0].hash;
    expect(await of('a.ts')).toBe(await of('a.ts'));
    expect(await of('a.ts')).not.toBe(await of('b.ts'));
  });

  test('several entry points, in order; one given twice is one', async () => {
    const { outputs } = await Bun.build({ entrypoints: [at('b.ts'), at('a.ts'), at('b.ts')] });
    expect(outputs.map(shape)).toEqual([
      ['./b.js', 'entry-point', 'ts', 'text/javascript;charset=utf-8'],
      ['./a.js', 'entry-point', 'ts', 'text/javascript;charset=utf-8'],
    ]);
    expect((await load(outputs[0])).shared).toBe(41);
    expect((await (await load(outputs[0])).lazy()).value).toBe(5);
  });

  test('outdir: files are written and paths are absolute', async () => {
    const outdir = path.join(project({}), 'deep', 'out');
    const { outputs } = await Bun.build({ entrypoints: [at('a.ts'), at('image.js')], outdir });
    expect(outputs.map(({ path: file }) => unhashed(path.relative(outdir, file)))).toEqual([
      'a.js',
      'image.js',
      'image-HASH.png',
    ]);
    for (const output of outputs) expect(fs.readFileSync(output.path, 'utf8')).toBe(await output.text());
    expect((await import(outputs[0].path)).a).toBe(42);
  });

  test('without outdir nothing is written', async () => {
    const folder = project({ 'only.ts': 'export const x: number = 1' });
    await Bun.build({ entrypoints: [path.join(folder, 'only.ts')] });
    expect(fs.readdirSync(folder)).toEqual(['only.ts']);
  });

  test('files that are imported are copied, with a hash in the name', async () => {
    const { outputs } = await Bun.build({ entrypoints: [at('image.js')] });
    expect(outputs.map(shape)).toEqual([
      ['./image.js', 'entry-point', 'jsx', 'text/javascript;charset=utf-8'],
      ['./image-HASH.png', 'asset', 'file', 'image/png'],
    ]);
    const [script, image] = outputs;
    expect(image.path).toBe(`./image-${image.hash}.png`);
    expect(await image.text()).toBe('PNG');
    expect((await load(script)).image).toBe(image.path);
  });

  test('publicPath goes before the names of files', async () => {
    const [script, image] = (await Bun.build({ entrypoints: [at('image.js')], publicPath: 'https://cdn.example/x/' }))
      .outputs;
    expect((await load(script)).image).toBe(`https://cdn.example/x/${image.path.slice(2)}`);
  });

  test('splitting: what several need is a chunk, import() is one, too', async () => {
    const outdir = project({});
    const { outputs } = await Bun.build({
      entrypoints: [at('a.ts'), at('b.ts')],
      splitting: true,
      outdir,
      target: 'node',
    });
    expect(outputs.map(({ path: file, kind, loader }) => [unhashed(path.basename(file)), kind, loader])).toEqual([
      ['a.js', 'entry-point', 'ts'],
      ['chunk-HASH.js', 'chunk', 'js'],
      ['b.js', 'entry-point', 'ts'],
      ['chunk-HASH.js', 'chunk', 'ts'],
    ]);
    for (const { kind, hash: digest, path: file } of outputs) {
      if (kind === 'chunk') expect(path.basename(file)).toBe(`chunk-${digest}.js`);
    }
    expect(fs.readdirSync(outdir)).toHaveLength(4);
    fs.writeFileSync(path.join(outdir, 'package.json'), '{"type":"module"}');
    const b = await import(path.join(outdir, 'b.js'));
    expect(b.shared).toBe(41);
    expect((await b.lazy()).value).toBe(5);
    expect((await import(path.join(outdir, 'a.js'))).a).toBe(42);
  });

  test('entry points that are no scripts', async () => {
    const { outputs } = await Bun.build({ entrypoints: [at('text.txt'), at('image.png')] });
    expect(outputs.map(({ path: file, kind, loader }) => [unhashed(file), kind, loader])).toEqual([
      ['./text.js', 'entry-point', 'text'],
      ['./image.js', 'entry-point', 'file'],
      ['./image-HASH.png', 'asset', 'file'],
    ]);
    expect((await load(outputs[0])).default).toBe('hello\n');
  });

  test('names of loaders: of each extension', async () => {
    const folder = project({
      'a.mjs': 'export let x = 1',
      'b.cjs': 'exports.x = 1',
      'c.jsx': '',
      'd.tsx': '',
      'e.mts': '',
    });
    const entrypoints = fs
      .readdirSync(folder)
      .sort()
      .map((name) => path.join(folder, name));
    const { outputs } = await Bun.build({ entrypoints });
    expect(outputs.map(({ loader }) => loader)).toEqual(['js', 'js', 'jsx', 'tsx', 'ts']);
  });
});

describe('Bun.build: naming', () => {
  const root = project({ ...files, 'other/c.ts': 'export const c = 1' });
  const src = (name: string) => path.join(root, 'src', name);
  const other = path.join(root, 'other', 'c.ts');
  const names = async (config: Omit<Bun.BuildConfig, 'entrypoints'>, entrypoints = [src('lazy.ts'), other]) =>
    (await Bun.build({ entrypoints, ...config })).outputs.map(({ path: file }) => unhashed(file));

  test('[dir] is relative to what all entry points share', async () => {
    expect(await names({})).toEqual(['src/lazy.js', 'other/c.js']);
    expect(await names({ naming: '[dir]/[name].[ext]' })).toEqual(['./src/lazy.js', './other/c.js']);
  });

  test('root', async () => {
    expect(await names({ root }, [src('lazy.ts')])).toEqual(['src/lazy.js']);
    expect(await names({ root: path.join(root, 'other') }, [src('lazy.ts')])).toEqual(['_.._/src/lazy.js']);
    expect(() => Bun.build({ entrypoints: [other], root: path.join(root, 'missing') })).toThrow(
      /ENOENT: failed to open root directory/,
    );
  });

  test('a text is the name of entry points', async () => {
    expect(await names({ naming: '[name]-[hash].[ext]' })).toEqual(['./lazy-HASH.js', './c-HASH.js']);
    expect(await names({ naming: 'x/[name].mjs' })).toEqual(['./x/lazy.mjs', './x/c.mjs']);
    expect(await names({ naming: '[target]/[name]' })).toEqual(['./browser/lazy', './browser/c']);
    expect(await names({ naming: './y/[name].[ext]' })).toEqual(['./y/lazy.js', './y/c.js']);
  });

  test('the hash in a name is that of the artifact; it may be wider', async () => {
    for (const [text, width] of [
      ['[hash]', 8],
      ['[hash9]', 9],
      ['[hash13]', 13],
    ] as const) {
      const { outputs } = await Bun.build({ entrypoints: [other], naming: `[name]-${text}.[ext]` });
      expect(outputs[0].path).toBe(`./c-${outputs[0].hash}.js`);
      expect(outputs[0].hash).toHaveLength(width);
    }
  });

  test('entry, chunk and asset', async () => {
    const naming = { entry: 'e/[name].[ext]', chunk: 'c/[name]-[hash].[ext]', asset: 'as/[name].[ext]' };
    const outdir = project({});
    const { outputs } = await Bun.build({
      entrypoints: [src('image.js'), src('b.ts')],
      naming,
      splitting: true,
      outdir,
      target: 'node',
    });
    expect(outputs.map(({ path: file }) => unhashed(path.relative(outdir, file).replaceAll('\\', '/')))).toEqual([
      'e/image.js',
      'e/b.js',
      'c/lazy-HASH.js',
      'as/image.png',
    ]);
    fs.writeFileSync(path.join(outdir, 'package.json'), '{"type":"module"}');
    expect((await import(path.join(outdir, 'e/image.js'))).image).toBe('../as/image.png');
    const { lazy } = await import(path.join(outdir, 'e/b.js'));
    expect((await lazy()).value).toBe(5);
  });
});

describe('Bun.build: source maps', () => {
  const root = project(files);
  const entrypoints = [path.join(root, 'src', 'b.ts')];
  const sources = (map: any) => map.sources.map((name: string) => path.basename(name)).sort();
  const bySource = ['b.ts', 'lazy.ts', 'shared.ts'];

  test('linked: a file, and a comment that names it', async () => {
    const outdir = project({});
    const { outputs } = await Bun.build({ entrypoints, sourcemap: 'linked', outdir });
    expect(outputs.map(({ path: file, kind }) => [path.basename(file), kind])).toEqual([
      ['b.js', 'entry-point'],
      ['b.js.map', 'sourcemap'],
    ]);
    const [script, map] = outputs;
    expect([map.loader, map.hash, map.type]).toEqual(['file', '00000000', 'application/json;charset=utf-8']);
    expect(script.sourcemap!.path).toBe(map.path);
    const text = await script.text();
    expect(text.trimEnd().split('\n').at(-1)).toBe('//# sourceMappingURL=b.js.map');
    const json = JSON.parse(await map.text());
    expect(json.version).toBe(3);
    expect(sources(json)).toEqual(bySource);
    expect(json.sourcesContent).toContain(files['src/lazy.ts']);
    expect(json.sources.every((name: string) => fs.existsSync(path.resolve(outdir, name)))).toBe(true);
    expect(json.debugId).toMatch(/^[0-9A-F]{16}64756E2164756E21$/);
    expect(text).toContain(`//# debugId=${json.debugId}`);
  });

  test('external: a file, and no comment that names it', async () => {
    const [script, map] = (await Bun.build({ entrypoints, sourcemap: 'external' })).outputs;
    expect([map.path, map.kind]).toEqual(['./b.js.map', 'sourcemap']);
    expect(await script.text()).not.toContain('sourceMappingURL');
    expect(sources(JSON.parse(await map.text()))).toEqual(bySource);
  });

  test('inline, which true means, too', async () => {
    for (const sourcemap of ['inline', true] as const) {
      const { outputs } = await Bun.build({ entrypoints, sourcemap });
      expect(outputs).toHaveLength(1);
      expect(outputs[0].sourcemap).toBe(null);
      const [, data] = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(await outputs[0].text())!;
      expect(sources(JSON.parse(Buffer.from(data, 'base64').toString()))).toEqual(bySource);
    }
  });

  test('none, which false means, too', async () => {
    for (const sourcemap of ['none', false, undefined] as const) {
      const { outputs } = await Bun.build({ entrypoints, sourcemap });
      expect(outputs).toHaveLength(1);
      expect(await outputs[0].text()).not.toContain('sourceMappingURL');
    }
  });

  test('publicPath goes before the name in the comment', async () => {
    const [script] = (await Bun.build({ entrypoints, sourcemap: 'linked', publicPath: '/pub/', outdir: project({}) }))
      .outputs;
    expect(await script.text()).toContain('//# sourceMappingURL=/pub/b.js.map');
  });
});
