import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let root: string;
let count = 0;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bun-router-'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

function tree(files: string[]) {
  const dir = path.join(root, String(count++));
  fs.mkdirSync(dir);
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), '');
  }
  return dir;
}

const router = (files: string[], options = {}) =>
  new Bun.FileSystemRouter({ style: 'nextjs', dir: tree(files), ...options });
const PAGES = [
  'index.tsx',
  'settings.tsx',
  'UPPER.tsx',
  'blog/index.tsx',
  'blog/[slug].tsx',
  'blog/[id]/edit.tsx',
  'shop/[...rest].js',
  'opt/[[...o]].ts',
  'all/[x]/[y].tsx',
  '[[...catchall]].tsx',
];

test('the routes, by kind and name', () => {
  const dir = tree([...PAGES, '.hidden/x.tsx', 'node_modules/y.tsx', 'style.css', 'data.json', '.dot.tsx']);
  const { routes } = new Bun.FileSystemRouter({ style: 'nextjs', dir });
  expect(Object.entries(routes)).toEqual([
    ['/blog', `${dir}/blog/index.tsx`],
    ['/settings', `${dir}/settings.tsx`],
    ['/UPPER', `${dir}/UPPER.tsx`],
    ['/', `${dir}/index.tsx`],
    ['/all/[x]/[y]', `${dir}/all/[x]/[y].tsx`],
    ['/blog/[id]/edit', `${dir}/blog/[id]/edit.tsx`],
    ['/blog/[slug]', `${dir}/blog/[slug].tsx`],
    ['/shop/[...rest]', `${dir}/shop/[...rest].js`],
    ['/opt/[[...o]]', `${dir}/opt/[[...o]].ts`],
    ['/[[...catchall]]', `${dir}/[[...catchall]].tsx`],
  ]);
});

describe('match', () => {
  const cases: [string, string | null, string, object, object][] = [
    ['/', '/', 'exact', {}, {}],
    ['', '/', 'exact', {}, {}],
    ['/index', '/', 'exact', {}, {}],
    ['settings', null, '', {}, {}],
    ['/settings/', '/settings', 'exact', {}, {}],
    ['/settings?foo=bar&foo=baz&a=%20b+c', '/settings', 'exact', {}, { foo: ['bar', 'baz'], a: ' b+c' }],
    ['/upper', '/UPPER', 'exact', {}, {}],
    ['/UPPER', '/UPPER', 'exact', {}, {}],
    ['//blog', '/blog', 'exact', {}, {}],
    ['/blog/index', '/blog', 'exact', {}, {}],
    ['/blog/hello', '/blog/[slug]', 'dynamic', { slug: 'hello' }, { slug: 'hello' }],
    ['/blog/a%20b', '/blog/[slug]', 'dynamic', { slug: 'a b' }, { slug: 'a b' }],
    ['/blog/x?slug=over&q=1', '/blog/[slug]', 'dynamic', { slug: 'x' }, { slug: 'x', q: '1' }],
    ['/blog/x/edit', '/blog/[id]/edit', 'dynamic', { id: 'x' }, { id: 'x' }],
    ['/shop/a/b?x=1', '/shop/[...rest]', 'catch-all', { rest: 'a/b' }, { rest: 'a/b', x: '1' }],
    ['/shop', '/[[...catchall]]', 'optional-catch-all', { catchall: 'shop' }, { catchall: 'shop' }],
    ['/opt', '/opt/[[...o]]', 'optional-catch-all', {}, {}],
    ['/opt/a/b', '/opt/[[...o]]', 'optional-catch-all', { o: 'a/b' }, { o: 'a/b' }],
    ['/all/1/2', '/all/[x]/[y]', 'dynamic', { x: '1', y: '2' }, { x: '1', y: '2' }],
    ['https://other.example/blog/zz?q=1', '/blog/[slug]', 'dynamic', { slug: 'zz' }, { slug: 'zz', q: '1' }],
    ['/blog/x#h', '/blog/[slug]', 'dynamic', { slug: 'x#h' }, { slug: 'x#h' }],
    ['/settings?a&b=&=1&&c=d=e', '/settings', 'exact', {}, { a: '', b: '', c: 'd=e' }],
  ];
  test.each(cases)('%s', (url, name, kind, params, query) => {
    const matched = router(PAGES).match(url);
    if (name === null) {
      expect(matched).toBeNull();
      return;
    }
    expect(matched?.name).toBe(name);
    expect(matched?.kind).toBe(kind as any);
    expect(matched?.params).toEqual(params as any);
    expect(matched?.query).toEqual(query as any);
  });

  test('kinds come before names', () => {
    const files = ['posts/[...id].tsx', 'posts/wow/[[...id]].tsx', '[a]/list.tsx', '[a]/[b].tsx'];
    const one = router(files);
    expect(one.match('/posts/wow/x/y')?.name).toBe('/posts/[...id]');
    expect(one.match('/q/list')?.name).toBe('/[a]/list');
    expect(one.match('/q/other')?.name).toBe('/[a]/[b]');
    expect(one.match('/a/b/c')).toBeNull();
  });

  test('a name twice has both values', () => {
    expect(router(['[id]/[id].tsx']).match('/x/y')?.params).toEqual({ id: ['x', 'y'] } as any);
  });

  test('requests and responses', () => {
    const matched = router(PAGES).match(new Request('https://q.example/blog/q?z=1'));
    expect(matched?.pathname).toBe('/blog/q?z=1');
    expect(router(PAGES).match(new Response('x'))?.name).toBe('/');
    for (const wrong of [undefined, null, 1, {}, new URL('https://q.example/blog/q')])
      expect(() => router(PAGES).match(wrong as any)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', message: 'Expected string, Request or Response' }),
      );
  });

  test('a path that is not well encoded', () => {
    expect(() => router(PAGES).match('/%zz')).toThrow('DecodingError parsing path: /%zz');
  });
});

test('src, from origin and asset prefix', () => {
  const dir = tree(['real/a.tsx']);
  const src = (origin?: string, assetPrefix?: string) => {
    const one = new Bun.FileSystemRouter({ style: 'nextjs', dir, origin, assetPrefix });
    expect(one.origin).toBe(origin ?? null);
    expect(one.assetPrefix).toBe(assetPrefix ?? null);
    const matched = one.match('/real/a');
    expect(matched?.scriptSrc).toBe(matched?.src as string);
    return matched?.src;
  };
  expect(src('https://a.b/')).toBe('https://a.b/real/a.tsx');
  expect(src('https://a.b', 'x')).toBe('https://a.b/xreal/a.tsx');
  expect(src('https://a.b/c', '/x/')).toBe('https://a.b/x/real/a.tsx');
  expect(src(undefined, '/x/')).toBe('real/a.tsx');
  expect(src('nonsense')).toBe('nonsense/real/a.tsx');
});

describe('names that are no routes', () => {
  test.each([
    ['[foo.tsx', 'Route is missing a closing bracket]'],
    ['[].tsx', 'Invalid dynamic route'],
    ['[...].tsx', 'Route is missing a closing bracket]'],
    ['[[...]].tsx', 'Route is missing a closing bracket]'],
    ['[[...id].tsx', 'Route is missing a closing bracket]'],
    ['[[id]].tsx', 'Invalid optional catch-all route, e.g. should be [[...param]]'],
    ['[..id].tsx', 'Invalid catch-all route, e.g. should be [...param]'],
    ['[...id]/b.tsx', 'Catch-all route must be at the end of the path'],
    ['[...id]].tsx', 'Catch-all route must be at the end of the path'],
    ['é.tsx', 'Route name must be plaintext'],
  ])('%s', (file, message) => {
    expect(() => router([file])).toThrow(expect.objectContaining({ name: 'BuildMessage', message }));
  });

  test('two files for one route', () => {
    const dir = tree(['a.ts', 'a.tsx']);
    expect(() => new Bun.FileSystemRouter({ style: 'nextjs', dir })).toThrow(
      `Route "/a" is already defined by ${dir}/a.ts`,
    );
  });

  test('several are told together', () => {
    const dir = tree(['a.ts', 'a.tsx', 'a.jsx']);
    try {
      new Bun.FileSystemRouter({ style: 'nextjs', dir });
      expect.unreachable();
    } catch (error: any) {
      expect(error).toBeInstanceOf(AggregateError);
      expect(error.message).toBe('loading routes');
      expect(error.errors).toHaveLength(2);
    }
  });
});

test('wrong options', () => {
  const dir = tree([]);
  const refused = (options: any, message: string) =>
    expect(() => new Bun.FileSystemRouter(options)).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message }),
    );
  refused(undefined, 'Expected object');
  refused({}, 'FileSystemRouterOptions.dir is required');
  refused({ dir: 1, style: 'nextjs' }, 'FileSystemRouterOptions.dir must be a string');
  refused({ dir }, 'Expected \'style\' option (ex: "style": "nextjs")');
  refused({ dir, style: 'x' }, "Only 'nextjs' style is currently implemented");
  refused({ dir, style: 'nextjs', origin: 1 }, 'FileSystemRouterOptions.origin must be a string');
  refused({ dir, style: 'nextjs', assetPrefix: 1 }, 'FileSystemRouterOptions.assetPrefix must be a string');
  refused(
    { dir, style: 'nextjs', fileExtensions: 'x' },
    'FileSystemRouterOptions.fileExtensions must be an array of string',
  );
  refused(
    { dir, style: 'nextjs', fileExtensions: [1] },
    'element of FileSystemRouterOptions.fileExtensions must be a string',
  );
  expect(() => new Bun.FileSystemRouter({ style: 'nextjs', dir: `${dir}/no` })).toThrow(
    `Unable to find directory: ${dir}/no`,
  );
});

test('file extensions', () => {
  expect(Object.keys(router(['a.css', 'b.tsx'], { fileExtensions: ['.css'] }).routes)).toEqual(['/a']);
});

test('reload', () => {
  const dir = tree(['posts.tsx']);
  const one = new Bun.FileSystemRouter({ style: 'nextjs', dir });
  expect(one.match('/new')).toBeNull();
  fs.writeFileSync(path.join(dir, 'new.ts'), '');
  expect(one.reload()).toBe(one);
  expect(one.match('/new')?.filePath).toBe(path.join(dir, 'new.ts'));
  fs.rmSync(dir, { recursive: true });
  expect(() => one.reload()).toThrow('Unable to find directory');
  expect(Object.keys(one.routes)).toEqual(['/new', '/posts']);
});

test('links are followed, and circles end', () => {
  const dir = tree(['real/a.tsx']);
  fs.symlinkSync(path.join(dir, 'real'), path.join(dir, 'link'));
  fs.symlinkSync(path.join(dir, 'none'), path.join(dir, 'broken.tsx'));
  const { routes } = new Bun.FileSystemRouter({ style: 'nextjs', dir });
  expect(Object.keys(routes)).toEqual(['/link/a', '/real/a']);
});

test('shape', () => {
  const one = router(['a.tsx']);
  expect(Object.prototype.toString.call(one)).toBe('[object FileSystemRouter]');
  const matched = one.match('/a');
  expect(Object.prototype.toString.call(matched)).toBe('[object MatchedRoute]');
  expect(matched?.params).toBe(matched?.params as any);
  expect(Object.keys(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(matched)))).toEqual(
    expect.arrayContaining(['filePath', 'kind', 'name', 'params', 'pathname', 'query', 'scriptSrc', 'src']),
  );
});
