/** Routes of whole directories: `{ dir }`. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { talk } from '../web/raw-http';

const MODIFIED = 'Tue, 02 Jan 2024 03:04:05 GMT';
const BEFORE = 'Tue, 02 Jan 2024 03:04:04 GMT';
const ETAG = 'W/"b-65937d25"';
const links = process.platform !== 'win32';
let folder: string;
let server: any;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'directories-'));
  const dir = path.join(folder, 'public');
  mkdirSync(path.join(dir, 'sub', 'empty'), { recursive: true });
  const files: Record<string, string> = {
    'f.txt': 'hello world',
    'index.html': '<h1>',
    'sub/index.html': 'sub',
    'x.json': '{}',
    'a b.txt': 'space',
    'é.txt': 'e',
    noext: 'none',
    '.hidden': 'hidden',
    'empty.txt': '',
    '100%.txt': 'percent',
    'page.css': 'a {}',
    '../secret.txt': 'secret',
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(dir, name), text);
    utimesSync(path.join(dir, name), new Date(MODIFIED), new Date(MODIFIED));
  }
  if (links) {
    symlinkSync('../secret.txt', path.join(dir, 'out'));
    symlinkSync('../../../../../../f.txt', path.join(dir, 'clamped'));
    symlinkSync('f.txt', path.join(dir, 'in'));
    symlinkSync('/f.txt', path.join(dir, 'absolute'));
    symlinkSync('/sub', path.join(dir, 'folder'));
    symlinkSync('circle', path.join(dir, 'circle'));
  }
  server = Bun.serve({
    port: 0,
    development: false,
    routes: { '/s/*': { dir }, '/s/made': new Response('made'), '/s/sub/f': () => new Response('function') } as any,
    fetch: () => new Response('fetch', { status: 418 }),
  });
});
afterAll(async () => {
  await server.stop(true);
  rmSync(folder, { recursive: true });
});

/** Status, fields and body of an answer. */
async function ask(target: string, { method = 'GET', lines = [] as string[] } = {}) {
  const text = [`${method} ${target} HTTP/1.1`, 'Host: x', 'Connection: close', ...lines, '', ''].join('\r\n');
  const answer = await talk(server.port, text);
  const end = answer.indexOf('\r\n\r\n');
  const fields = Object.fromEntries(
    answer
      .slice(0, end)
      .split('\r\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { status: Number(answer.slice(9, 12)), fields, body: answer.slice(end + 4) };
}

describe('paths', () => {
  const html = 'text/html;charset=utf-8';
  const text = 'text/plain;charset=utf-8';
  const octets = 'application/octet-stream';
  const found: Record<string, [string, string]> = {
    '/s/f.txt': ['hello world', text],
    '/s/f.txt?q=1': ['hello world', text],
    '/s/': ['<h1>', html],
    '/s/index.html': ['<h1>', html],
    '/s/sub/': ['sub', html],
    '/s/sub/?x': ['sub', html],
    '/s/a%20b.txt': ['space', text],
    '/s/%C3%A9.txt': ['e', text],
    '/s/%c3%a9.txt': ['e', text],
    '/s/noext': ['none', octets],
    '/s/.hidden': ['hidden', octets],
    '/s/empty.txt': ['', text],
    '/s/100%25.txt': ['percent', text],
    '/s/x.json': ['{}', 'application/json;charset=utf-8'],
    '/s/page.css': ['a {}', 'text/css;charset=utf-8'],
    ...(links && {
      '/s/in': ['hello world', octets],
      '/s/absolute': ['hello world', octets],
      '/s/clamped': ['hello world', octets],
      '/s/folder/': ['sub', html],
    }),
  };
  for (const [target, [body, type]] of Object.entries(found)) {
    test(target, async () => {
      const answer = await ask(target);
      expect([answer.status, answer.body]).toEqual([200, body]);
      expect(answer.fields).toMatchObject({
        'content-type': type,
        'content-length': String(body.length),
        'accept-ranges': 'bytes',
        'last-modified': MODIFIED,
        etag: `W/"${body.length.toString(16)}-65937d25"`,
      });
      expect(answer.fields['content-disposition']).toBeUndefined();
    });
  }

  const missing = [
    ...['/s/nope', '/s/nope/', '/s/f.txt/', '/s/sub/empty/', '/s/F.txt'],
    ...['/s/./f.txt', '/s/../f.txt', '/s/sub/../f.txt', '/s//f.txt', '/s/%2e%2e/secret.txt', '/s/sub/%2E'],
    ...['/s/%66.txt', '/s/sub%2Findex.html', '/s/sub%5Cindex.html', '/s/100%.txt', '/s/%00', '/s/f.txt%00', '/s/%7Ex'],
    ...(links ? ['/s/out', '/s/circle', '/s/in/'] : []),
  ];
  for (const target of missing) {
    test(`${target} is not there`, async () => {
      const { status, fields, body } = await ask(target);
      expect([status, fields['content-length'], body]).toEqual([404, '0', '']);
    });
  }

  test('a directory gets its slash', async () => {
    for (const [target, location] of Object.entries({
      '/s/sub': '/s/sub/',
      '/s/sub?x=1': '/s/sub/?x=1',
      '/s/sub/empty': '/s/sub/empty/',
    })) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const { status, fields } = await ask(target, { method });
        expect([status, fields.location]).toEqual([301, location]);
      }
    }
  });

  test('routes of their own come first; what is beside the prefix goes on', async () => {
    expect((await ask('/s/made')).body).toBe('made');
    expect((await ask('/s/sub/f')).body).toBe('function');
    expect((await ask('/s')).body).toBe('fetch');
    expect((await ask('/S/f.txt')).body).toBe('fetch');
  });
});

describe('methods, conditions and ranges', () => {
  test('every method gets the file', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, body } = await ask('/s/f.txt', { method });
      expect([status, body]).toEqual([200, 'hello world']);
    }
    const { status, fields, body } = await ask('/s/f.txt', { method: 'HEAD' });
    expect([status, fields['content-length'], fields.etag, body]).toEqual([200, '11', ETAG, '']);
  });

  const ranges: [string[], number, string, string | undefined][] = [
    [['Range: bytes=0-3'], 206, 'hell', 'bytes 0-3/11'],
    [['Range: bytes=-4'], 206, 'orld', 'bytes 7-10/11'],
    [['Range: bytes=6-'], 206, 'world', 'bytes 6-10/11'],
    [['Range: bytes=6-100'], 206, 'world', 'bytes 6-10/11'],
    [['Range: bytes=100-'], 416, '', 'bytes */11'],
    [['Range: bytes=0-1,3-4'], 200, 'hello world', undefined],
    [['Range: bytes=3-1'], 200, 'hello world', undefined],
    [['Range: x'], 200, 'hello world', undefined],
    [['Range: bytes=0-3', `If-Range: ${MODIFIED}`], 206, 'hell', 'bytes 0-3/11'],
    [['Range: bytes=0-3', `If-Range: ${BEFORE}`], 200, 'hello world', undefined],
    [['Range: bytes=0-3', `If-Range: ${ETAG}`], 200, 'hello world', undefined],
    [['Range: bytes=0-3', 'If-Range: "x"'], 200, 'hello world', undefined],
  ];
  for (const [lines, status, body, range] of ranges) {
    test(lines.join(', '), async () => {
      const answer = await ask('/s/f.txt', { lines });
      expect([answer.status, answer.body, answer.fields['content-range']]).toEqual([status, body, range]);
      expect(answer.fields).toMatchObject({ 'accept-ranges': 'bytes', etag: ETAG, 'last-modified': MODIFIED });
    });
  }

  const conditions: [string, number][] = [
    [`If-Modified-Since: ${MODIFIED}`, 304],
    [`If-Modified-Since: ${BEFORE}`, 200],
    ['If-None-Match: *', 304],
    [`If-None-Match: ${ETAG}`, 304],
    [`If-None-Match: "x", ${ETAG.slice(2)}`, 304],
    ['If-None-Match: W/"x"', 200],
    ['If-Match: *', 200],
    ['If-Match: "x"', 412],
    [`If-Unmodified-Since: ${MODIFIED}`, 200],
    [`If-Unmodified-Since: ${BEFORE}`, 412],
  ];
  for (const [line, status] of conditions) {
    test(line, async () => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask('/s/f.txt', { method, lines: [line] });
        expect([answer.status, answer.fields.etag]).toEqual([status, ETAG]);
        expect(answer.body).toBe(status === 200 && method === 'GET' ? 'hello world' : '');
        if (status === 304) expect(answer.fields['content-length']).toBeUndefined();
      }
    });
  }
});

test('what is refused', () => {
  const start = (routes: any) => () => Bun.serve({ port: 0, routes, fetch: () => new Response('') });
  const dir = path.join(folder, 'public');
  const codeOf = (routes: any) => {
    try {
      start(routes)().stop(true);
      return 'none';
    } catch (error: any) {
      return error.code;
    }
  };
  expect(codeOf({ '/s/*': { dir: path.join(folder, 'nope') } })).toBe('ENOENT');
  expect(codeOf({ '/s/*': { dir: path.join(dir, 'f.txt') } })).toBe('ENOTDIR');
  expect(start({ '/s': { dir } })).toThrow('To mount a directory, make sure the path ends in `/*`');
  expect(start({ '/:a/*': { dir } })).toThrow('Directory routes do not support :parameters');
  expect(start({ '/s/*': { dir: 5 } })).toThrow('The "dir" property must be of type string, got number');
  expect(start({ '/s/*': { dir: null } })).toThrow('expects a Record');
  expect(codeOf({ '/s/*': { dir, statCache: false } })).toBe('none');
});

test.if(links)('a directory that is itself a link, and one that goes away', async () => {
  const link = path.join(folder, 'link');
  const gone = path.join(folder, 'gone');
  symlinkSync(path.join(folder, 'public'), link);
  mkdirSync(gone);
  writeFileSync(path.join(gone, 'index.html'), 'there');
  await using own = Bun.serve({ port: 0, routes: { '/l/*': { dir: link }, '/g/*': { dir: gone } } as any });
  const get = async (target: string) => {
    const answer = await fetch(new URL(target, own.url));
    return [answer.status, await answer.text()];
  };
  expect(await get('/l/f.txt')).toEqual([200, await (await fetch(new URL('/s/f.txt', server.url))).text()]);
  expect(await get('/l/')).toEqual([200, await (await fetch(new URL('/s/', server.url))).text()]);
  expect(await get('/g/')).toEqual([200, 'there']);
  rmSync(gone, { recursive: true });
  expect((await get('/g/'))[0]).toBe(404);
  expect((await get('/g/index.html'))[0]).toBe(404);
});
