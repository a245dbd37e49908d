import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { complaints, hash, project, unhashed } from './project';

const page = (head: string, body = '') =>
  `<!doctype html>\n<html>\n<head>${head}</head>\n<body>${body}</body>\n</html>\n`;

const files = {
  'src/page.html': page(
    `<link rel="stylesheet" href="./a.css"><script src="./a.ts" type="module"></script>`,
    `<img src="./i.png" alt="x"><a href="./other.html">other</a><script src="https://host.example/x.js"></script><script>inline('<script src="./b.ts">')</script>`,
  ),
  'src/other.html': `<p>no head</p><script src="b.ts"></script>`,
  'src/a.ts': `import { shared } from './shared'; console.log('a', shared as string);`,
  'src/b.ts': `import { shared } from './shared'; console.log('b', shared);`,
  'src/shared.ts': `export const shared = 'common';`,
  'src/a.css': '.a { color: red }',
  'src/i.png': 'PNG',
};

describe('Bun.build: pages', () => {
  const root = project(files);
  const at = (name: string) => path.join(root, 'src', name);

  test('scripts and style sheets are one bundle each, named at the end of the head', async () => {
    const { outputs } = await Bun.build({ entrypoints: [at('page.html')] });
    expect(outputs.map(({ path: file, kind, loader, type }) => [unhashed(file), kind, loader, type])).toEqual([
      ['./chunk-HASH.js', 'entry-point', 'html', 'text/javascript;charset=utf-8'],
      ['./page.html', 'entry-point', 'html', 'text/html;charset=utf-8'],
      ['./chunk-HASH.css', 'asset', 'html', 'text/css;charset=utf-8'],
      ['./i-HASH.png', 'asset', 'file', 'image/png'],
    ]);
    const [script, html, sheet, image] = outputs;
    expect(script.path).toBe(`./chunk-${script.hash}.js`);
    expect(html.hash).toMatch(hash);
    expect(await html.text()).toBe(
      page(
        `<link rel="stylesheet" crossorigin href="${sheet.path}"><script type="module" crossorigin src="${script.path}"></script>`,
        `<img src="${image.path}" alt="x"><a href="./other.html">other</a><script src="https://host.example/x.js"></script><script>inline('<script src="./b.ts">')</script>`,
      ),
    );
    expect(await script.text()).toContain('console.log("a", shared)');
    expect(await sheet.text()).toContain('color: red');
  });

  test('publicPath; outdir', async () => {
    const outdir = project({});
    const { outputs } = await Bun.build({ entrypoints: [at('page.html')], outdir, publicPath: '/pub/' });
    const html = fs.readFileSync(path.join(outdir, 'page.html'), 'utf8');
    for (const { path: file } of outputs) {
      expect(fs.existsSync(file)).toBe(true);
      if (!file.endsWith('.html')) expect(html).toContain(`"/pub/${path.basename(file)}"`);
    }
  });

  test('without a head; several pages; scripts beside them; splitting', async () => {
    const { outputs } = await Bun.build({
      entrypoints: [at('other.html'), at('page.html'), at('a.ts')],
      splitting: true,
    });
    expect(outputs.filter(({ kind }) => kind === 'entry-point').map(({ path: file }) => unhashed(file))).toEqual([
      './chunk-HASH.js',
      './other.html',
      './chunk-HASH.js',
      './page.html',
      './a.js',
    ]);
    const other = await outputs.find(({ path: file }) => file === './other.html')!.text();
    expect(other).toMatch(/^<p>no head<\/p>\s*<script type="module" crossorigin src="\.\/chunk-\w{8}\.js"><\/script>/);
  });

  test('names: of the page as entry point, of its bundles as chunks', async () => {
    const { outputs } = await Bun.build({
      entrypoints: [at('page.html')],
      naming: { entry: 'pages/[name].[ext]', chunk: 'c/[name]-[hash].[ext]', asset: 'as/[name].[ext]' },
    });
    const names = outputs.map(({ path: file }) => unhashed(file));
    expect(names).toEqual(['./c/page-HASH.js', './pages/page.html', './c/page-HASH.css', './as/i.png']);
    const html = await outputs[1].text();
    for (const { path: file } of outputs) if (!file.endsWith('.html')) expect(html).toContain(`"../${file.slice(2)}"`);
  });

  test('what is taken for a file and what is not', async () => {
    const files = {
      'index.html': page(
        '<!-- <script src="./none.js"></script> --><link rel="icon" href="./i.png"><link rel=manifest href=i.png><link rel="preload" as="image" href="./i.png"><link rel="preload" href="./none.png">',
        '<video src="./i.png" poster="./i.png"></video><audio><source src="./i.png"></audio><object data="./none"></object><div style="background: url(./none.png)"></div><img src="data:image/png,x"><img src="i.png"><img src="#none">',
      ),
      'i.png': 'PNG',
    };
    const folder = project(files);
    const { outputs } = await Bun.build({ entrypoints: [path.join(folder, 'index.html')] });
    const image = outputs.find(({ path: file }) => file.endsWith('.png'))!;
    const html = await outputs.find(({ path: file }) => file.endsWith('.html'))!.text();
    expect(html.split(image.path)).toHaveLength(8);
    expect(html.match(/none/g)).toHaveLength(5);
    expect(html).toContain('"data:image/png,x"');
    expect(outputs).toHaveLength(3);
  });

  test.if(isDxCompat)('srcset (Bun takes it for one name)', async () => {
    const folder = project({ 'index.html': '<img srcset="./a.png 1x, ./b.png 2x">', 'a.png': 'A', 'b.png': 'B' });
    const { outputs } = await Bun.build({ entrypoints: [path.join(folder, 'index.html')] });
    expect(unhashed(await outputs[1].text())).toContain('srcset="./a-HASH.png 1x, ./b-HASH.png 2x"');
  });

  test('what looks like a comment in the text of a script is none', async () => {
    const folder = project({
      'index.html': page(
        '',
        `<script>const text = "<!-- ";</script><script>quoted('<b "');</script><img src="./a.png"><script src="./a.js"></script>`,
      ),
      'nested.html': page(
        '',
        `<script>"<!-- <script>"; </script><img src="./a.png">--></script><script src="./a.js"></script>`,
      ),
      'a.js': 'console.log("bundled")',
      'a.png': 'PNG',
    });
    const { outputs } = await Bun.build({ entrypoints: [path.join(folder, 'index.html')] });
    expect(await outputs[0].text()).toContain('"bundled"');
    expect(unhashed(await outputs[1].text())).toContain(
      `<body><script>const text = "<!-- ";</script><script>quoted('<b "');</script><img src="./a-HASH.png"></body>`,
    );
    const nested = await Bun.build({ entrypoints: [path.join(folder, 'nested.html')] });
    expect(await nested.outputs[0].text()).toContain('"bundled"');
    expect(await nested.outputs[1].text()).toContain('<img src="./a.png">--></script></body>');
  });

  test('a folder is no file', async () => {
    const folder = project({ 'index.html': '<img src="./some">', 'some/a.txt': '' });
    const [{ code, message }] = await complaints({ entrypoints: [path.join(folder, 'index.html')] });
    expect([code, message]).toEqual(['RESOLVE_ERROR', 'Could not resolve: "./some"']);
  });

  test.if(isDxCompat)('files that would get the same name (of which Bun keeps one)', async () => {
    const folder = project({
      'index.html': '<img src="./a/i.png"><img src="./b/i.png">',
      'a/i.png': 'A',
      'b/i.png': 'B',
    });
    const logs = await complaints({
      entrypoints: [path.join(folder, 'index.html')],
      naming: { asset: '[name].[ext]' },
    });
    expect(logs[0].message).toContain('Multiple files share the same output path');
  });

  test('what is not there', async () => {
    const folder = project({ 'index.html': '<script src="./nope.js"></script><img src="./nope.png">' });
    const file = path.join(folder, 'index.html');
    const position = { lineText: '', file, namespace: 'file', line: -1, column: -1, length: 0, offset: 0 };
    const logs = await complaints({ entrypoints: [file] });
    expect(logs.map(({ code, message, importKind, position: where }) => [code, message, importKind, where])).toEqual([
      ['ERR_MODULE_NOT_FOUND', 'Could not resolve: "./nope.js"', 'import-statement', position],
      ['RESOLVE_ERROR', 'Could not resolve: "./nope.png"', 'url-token', position],
    ]);
    const missing = path.join(folder, 'missing.html');
    expect((await complaints({ entrypoints: [missing] }))[0].message).toBe(
      `ModuleNotFound resolving "${missing}" (entry point)`,
    );
  });
});
