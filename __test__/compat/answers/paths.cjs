'use strict';
module.exports = {
  glob({ bun, dir, at, one, odd, fs }) {
    const root = at('g');
    fs.mkdirSync(at('g/a/b/c'), { recursive: true });
    for (const f of ['x.ts', 'y.js', '.hid', 'a/x.ts', 'a/.h', 'a/b/y.ts', 'a/b/c/z.tsx', 'a/b/[id].ts', 'a/b/é.ts'])
      fs.writeFileSync(at(`g/${f}`), '');
    fs.symlinkSync('a', at('g/link'));
    fs.symlinkSync('nowhere', at('g/broken'));
    fs.symlinkSync('..', at('g/a/up'));
    const list = async (g, o) => {
      const r = [];
      for await (const f of g.scan(o)) r.push(f);
      return r.sort();
    };
    for (const [n, v] of odd) {
      one(`new Glob(${n})`, () => [...new bun.Glob(v()).scanSync(root)].sort());
      one(`match(${n})`, () => new bun.Glob('*').match(v()));
      one(`scan(${n})`, async () => {
        if (n === 'undefined' || n === '{}' || n === "''") return 0;
        return list(new bun.Glob('*.ts'), v());
      });
      one(`scanSync(${n})`, () => {
        if (n === 'undefined' || n === '{}' || n === "''") return 0;
        return [...new bun.Glob('*.ts').scanSync(v())];
      });
      for (const key of ['cwd', 'dot', 'absolute', 'followSymlinks', 'throwErrorOnBrokenSymlink', 'onlyFiles']) {
        if (key === 'cwd' && ['undefined', "''", 'null'].includes(n)) continue;
        one(`scan({${key}: ${n}})`, () =>
          list(new bun.Glob('*'), key === 'cwd' ? { cwd: v() } : { cwd: root, [key]: v() }),
        );
        one(`scanSync({${key}: ${n}})`, () =>
          [...new bun.Glob('*').scanSync(key === 'cwd' ? { cwd: v() } : { cwd: root, [key]: v() })].sort(),
        );
      }
    }
    const patterns = [
      '**',
      '**/*',
      '*',
      '**/*.ts',
      '*.{ts,js}',
      '[xy].*',
      '[!x].*',
      '[^x].*',
      '!*.ts',
      'a/**',
      'a/*',
      './*',
      '../g/*',
      '**/b/**',
      'link/**',
      '**/up/*',
      'a/b/\\[id\\].ts',
      'a/b/[[]id].ts',
      '{a,b}/**/*.ts',
      '**/*.ts{,x}',
      '?.ts',
      '**/é.ts',
      'nothing/*',
      '',
      '/',
      '.',
      '..',
      'a',
      'a/',
      '**/',
      '*/',
      '**/.h',
      '.*',
      '{x,y,{a/x,z}}.ts',
      '***',
      'a/**/**/z.tsx',
      '**/c/*.tsx',
      `${'{a,'.repeat(12)}x${'}'.repeat(12)}`,
      '[a-',
      '{a',
      'a}',
      '\\',
      '*\\',
      'x.ts',
      '/tmp/nothing/*',
    ];
    const options = [
      {},
      { dot: true },
      { onlyFiles: false },
      { absolute: true },
      { followSymlinks: true, dot: true },
      { throwErrorOnBrokenSymlink: true, followSymlinks: true },
    ];
    for (const p of patterns)
      for (const o of options) {
        if (p === '/' || (o.followSymlinks && /up|\*\*/.test(p) && !p.startsWith('a/b'))) continue;
        one(`glob ${p.slice(0, 30)} ${JSON.stringify(o)}`, () => list(new bun.Glob(p), { cwd: root, ...o }));
        one(`globSync ${p.slice(0, 30)} ${JSON.stringify(o)}`, () =>
          [...new bun.Glob(p).scanSync({ cwd: root, ...o })].sort(),
        );
      }
    one('glob missing cwd', () => list(new bun.Glob('*'), { cwd: at('gmissing') }));
    one('globSync missing cwd', () => [...new bun.Glob('*').scanSync({ cwd: at('gmissing') })]);
    one('glob file cwd', () => list(new bun.Glob('*'), { cwd: at('g/x.ts') }));
    one('globSync file cwd', () => [...new bun.Glob('*').scanSync({ cwd: at('g/x.ts') })]);
    one('glob cwd string', () => list(new bun.Glob('*'), root));
    one('Glob call', () => bun.Glob('*'));
    one('Glob no args', () => new bun.Glob());
    one('match no args', () => new bun.Glob('*').match());
    one('Glob members', () => Object.getOwnPropertyNames(bun.Glob.prototype).sort());
    const names = [
      'x.ts',
      'a/x.ts',
      'a/b/y.ts',
      '.h',
      'a/.h',
      '',
      '/',
      'a',
      'a/',
      'é.ts',
      'a]b',
      'a-b',
      'aa',
      'A',
      '{a}',
      'a,b',
      '!a',
      '\\a',
      'a\\b',
      'x.tsx',
      'a//b',
      './a',
      '../a',
      'ab\ncd',
      '\u{1f600}',
      '💩.ts',
    ];
    const mp = [
      ...patterns,
      '[a-z]',
      '[!a-z]',
      '[]a]',
      '[]-]',
      '[a-]',
      '[\\]]',
      'a[]b',
      '{,a}',
      '{a,}',
      '{}',
      '{a}',
      'a{b,c}d',
      '!a',
      '!!a',
      '!!!a',
      '!(a)',
      '?(a)',
      '*(a)',
      '**a',
      'a**',
      'a/**b',
      '[[:alpha:]]',
      '{a..c}',
      '{1..3}',
      '??',
      '?',
      '????',
      '[é]*',
      '\\*',
      '\\a',
      '**/**',
      '*/**/*',
      '{**/,}x.ts',
      '{*,a/*}',
      '{a/{b,c},d}',
    ];
    for (const p of new Set(mp))
      one(`match ${p.slice(0, 40)}`, () => {
        const g = new bun.Glob(p);
        return names.filter((n) => g.match(n));
      });
  },
  router({ bun, dir, at, one, odd, fs }) {
    const root = at('pages');
    for (const f of [
      'index.tsx',
      'about.tsx',
      'blog/[slug].tsx',
      'blog/index.tsx',
      'docs/[...all].tsx',
      'opt/[[...all]].tsx',
      'x/[id]/y.tsx',
      'api.ts',
      'data.json',
      '_app.tsx',
      'A.tsx',
    ]) {
      fs.mkdirSync(require('path').dirname(at(`pages/${f}`)), { recursive: true });
      fs.writeFileSync(at(`pages/${f}`), '');
    }
    const R = (o) => new bun.FileSystemRouter({ style: 'nextjs', dir: root, ...o });
    const m = (x) =>
      x && {
        filePath: x.filePath,
        kind: x.kind,
        name: x.name,
        params: x.params,
        pathname: x.pathname,
        query: x.query,
        src: x.src,
        scriptSrc: x.scriptSrc,
      };
    for (const [n, v] of odd) {
      one(`router(${n})`, () => new bun.FileSystemRouter(v()));
      for (const key of ['style', 'dir', 'origin', 'assetPrefix', 'fileExtensions'])
        one(`router({${key}: ${n}})`, () => {
          const r = R({ [key]: v() });
          return [r.origin, r.assetPrefix, r.style, Object.keys(r.routes).sort(), m(r.match('/about'))];
        });
      one(`router.match(${n})`, () => m(R().match(v())));
      one(`router.reload(${n})`, () => Object.keys(R().reload(v()) ?? {}).length);
    }
    for (const p of [
      '/',
      '',
      'about',
      '/about',
      '/about/',
      '/about?x=1&y=2&x=3',
      '/about#h',
      '/blog',
      '/blog/',
      '/blog/a',
      '/blog/a/b',
      '/blog/%20x',
      '/docs',
      '/docs/a/b',
      '/opt',
      '/opt/a/b',
      '/x/1/y',
      '/x/1',
      '/api',
      '/data',
      '/_app',
      '/A',
      '/a',
      'http://h/blog/q?z=1',
      '//about',
      '/blog/[slug]',
      '/blog/a?slug=q',
      '/BLOG/a',
      '/blog/é',
      '/docs/a%2Fb',
    ])
      one(`router match ${p}`, () => m(R().match(p)));
    one('router Request', () => m(R().match(new Request('http://h/blog/q?z=1'))));
    one('router Response', () => m(R().match(new Response('x'))));
    one('router origin', () => m(R({ origin: 'https://o.com', assetPrefix: '_next' }).match('/blog/a')));
    one('router ext', () => Object.keys(R({ fileExtensions: ['.ts'] }).routes));
    one('router ext no dot', () => Object.keys(R({ fileExtensions: ['ts'] }).routes));
    one('router missing', () => new bun.FileSystemRouter({ style: 'nextjs', dir: at('nopages') }));
    one('router members', () => Object.getOwnPropertyNames(bun.FileSystemRouter.prototype).sort());
    one('router call', () => bun.FileSystemRouter({ style: 'nextjs', dir: root }));
  },
  archive({ bun, at, one, odd, fs }) {
    const A = (...a) => new bun.Archive(...a);
    const made = { 'a.txt': 'hello', 'd/b.bin': new Uint8Array([1, 2]), c: new Blob(['blob']) };
    const names = async (a) => [...(await a.files())].map(([n, f]) => [n, f.size]);
    for (const [n, v] of odd) {
      one(`Archive(${n})`, async () => (await A(v()).bytes()).length);
      one(`Archive({x: ${n}})`, async () => {
        const a = A({ x: v() });
        const f = [...(await a.files())];
        return [f[0][0], await f[0][1].text()];
      });
      one(`Archive(made, ${n})`, async () => {
        const b = await A(made, v()).bytes();
        return b[0] === 0x1f;
      });
      one(`Archive(made, {compress: ${n}})`, async () => {
        const b = await A(made, { compress: v() }).bytes();
        return b[0] === 0x1f;
      });
      one(`Archive(made, {compress:'gzip', level: ${n}})`, async () => {
        const b = await A(made, { compress: 'gzip', level: v() }).bytes();
        return b[0] === 0x1f;
      });
      one(`archive.files(${n})`, async () => [...(await A(made).files(v()))].map(([k]) => k));
      one(`archive.bytes(${n})`, async () => (await A(made).bytes(v())).length > 0);
      one(`archive.blob(${n})`, async () => {
        const b = await A(made).blob(v());
        return [b.type, b.size > 0];
      });
      one(`archive.extract(${n})`, async () => (["'x'", "''", 'String object'].includes(n) ? 0 : A(made).extract(v())));
      one(`archive.extract(d, ${n})`, async () => A(made).extract(at('ex'), v()));
      one(`archive.extract(d, {glob: ${n}})`, async () => A(made).extract(at('ex'), { glob: v() }));
      one(`Archive.write(${n}, made)`, async () =>
        ["'x'", 'String object', "''", '0', '1.5', 'bytes'].includes(n) ? 0 : bun.Archive.write(v(), made),
      );
      one(`Archive.write(p, ${n})`, async () => bun.Archive.write(at('aw.tar'), v()));
      one(`Archive.write(p, made, ${n})`, async () => {
        await bun.Archive.write(at('aw.tar'), made, v());
        return fs.readFileSync(at('aw.tar'))[0];
      });
    }
    one('archive files', async () => names(A(made)));
    one('archive files glob', async () => [...(await A(made).files('*.txt')).keys()]);
    one('archive files globs', async () => [...(await A(made).files(['**', '!*.txt'])).keys()]);
    one('archive of bytes', async () => names(A(await A(made).bytes())));
    one('archive of gzip', async () => names(A(await A(made, { compress: 'gzip' }).bytes())));
    one('archive of blob', async () => names(A(await A(made).blob())));
    one('archive bad', async () => names(A(new Uint8Array(1000).fill(65))));
    one('archive cut', async () => names(A((await A(made).bytes()).slice(0, 700))));
    one('archive empty', async () => names(A({})));
    one('archive file member', async () => {
      const f = (await A(made).files()).get('a.txt');
      return [f.constructor.name, f.name, f.type, await f.text()];
    });
    one('archive extract', async () => [
      await A(made).extract(at('ex2')),
      fs.readdirSync(at('ex2')).sort(),
      fs.readFileSync(at('ex2/d/b.bin')).length,
    ]);
    one('archive extract glob', async () => [
      await A(made).extract(at('ex3'), { glob: 'd/**' }),
      fs.readdirSync(at('ex3')).sort(),
    ]);
    one('archive names odd', async () => names(A({ '/abs': 'x', '../up': 'y', 'a//b': 'z', './dot': 'w', '': 'e' })));
    one('archive long name', async () => (await names(A({ ['n'.repeat(300)]: 'x' })))[0][0].length);
    one('archive members', () => [
      Object.getOwnPropertyNames(bun.Archive.prototype).sort(),
      Object.getOwnPropertyNames(bun.Archive).sort(),
    ]);
    one('archive call', () => bun.Archive(made));
    one('archive write bun', async () => {
      await bun.write(at('aw2.tar'), A(made));
      return names(A(fs.readFileSync(at('aw2.tar'))));
    });
  },
  which({ bun, at, one, odd, fs }) {
    fs.mkdirSync(at('bin1'));
    fs.writeFileSync(at('bin1/tool'), '#!/bin/sh\n', { mode: 0o755 });
    fs.writeFileSync(at('bin1/noexec'), '', { mode: 0o644 });
    fs.mkdirSync(at('bin1/dir'));
    for (const [n, v] of odd) {
      one(`which(${n})`, () => bun.which(v()));
      one(`which('sh', ${n})`, () => typeof bun.which('sh', v()));
      one(`which('tool', {PATH: ${n}})`, () => bun.which('tool', { PATH: v() }));
      one(`which('tool', {cwd: ${n}})`, () => bun.which('tool', { cwd: v(), PATH: at('bin1') }));
    }
    one('which tool', () => bun.which('tool', { PATH: at('bin1') }));
    one('which noexec', () => bun.which('noexec', { PATH: at('bin1') }));
    one('which dir', () => bun.which('dir', { PATH: at('bin1') }));
    one('which ./tool', () => bun.which('./tool', { cwd: at('bin1') }));
    one('which abs', () => bun.which(at('bin1/tool')));
    one('which rel path', () => bun.which('tool', { PATH: 'bin1', cwd: at('') }));
    one('which long', () => bun.which('x'.repeat(5000)));
    one('which none', () => bun.which());
    one('which sub', () => bun.which('bin1/tool', { cwd: at('') }));
    one('which colon', () => bun.which('tool', { PATH: `/none::${at('bin1')}:` }));
  },
};
