import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { talk } from '../web/raw-http';
import cases from './serve-files.cases.json';

/** Files and fixed responses: ranges, preconditions, HEAD. The cases were recorded on real Bun. */

const folder = mkdtempSync(path.join(tmpdir(), 'serve-files-'));
const file = (name: string) => Bun.file(path.join(folder, name));
const modified = 1_700_000_000;
let server: any;
let again: Response | undefined;

beforeAll(() => {
  const files: Record<string, string> = {
    'a.txt': '0123456789',
    'empty.txt': '',
    'big.bin': 'x'.repeat(3_000_000),
    'b.pdf': 'p',
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), text);
    utimesSync(path.join(folder, name), modified, modified);
  }
  server = Bun.serve({
    port: 0,
    development: false,
    routes: {
      '/text': new Response('0123456789'),
      '/tagged': new Response('0123456789', { headers: { 'x-a': 'b', etag: '"mine"' } }),
      '/nothing': new Response(''),
      '/404': new Response('not found', { status: 404 }),
      '/json': Response.json({ a: 1 }),
      '/bytes': new Response(new Uint8Array(3)),
      '/redirect': Response.redirect('/x'),
      '/204': new Response(null, { status: 204 }),
      '/file': file('a.txt') as any,
      '/file-response': new Response(file('a.txt')),
      '/file-created': new Response(file('a.txt'), { status: 201, headers: { 'x-a': 'b' } }),
      '/empty': file('empty.txt') as any,
      '/missing': file('missing.txt') as any,
      '/big': file('big.bin') as any,
      '/get': { GET: new Response('only'), POST: () => new Response('posted') } as any,
      '/get-file': { GET: file('a.txt') } as any,
    },
    fetch(request: Request) {
      switch (new URL(request.url).pathname) {
        case '/made':
          return new Response(file('a.txt'));
        case '/made-typed':
          return new Response(file('a.txt'), { headers: { 'content-type': 'x/y' } });
        case '/made-206':
          return new Response(file('a.txt'), { status: 206 });
        case '/made-ranged':
          return new Response(file('a.txt'), { status: 206, headers: { 'content-range': 'bytes 0-9/10' } });
        case '/made-slice':
          return new Response(file('a.txt').slice(2, 6));
        case '/made-empty':
          return new Response(file('empty.txt'));
        case '/made-big':
          return new Response(file('big.bin'));
        case '/made-pdf':
          return new Response(file('b.pdf'));
        case '/made-missing':
          return new Response(file('missing.txt'));
        case '/again':
          return (again ??= new Response('again'));
        default:
          return new Response('fetch', { status: 404 });
      }
    },
    error: (error: any) => new Response(`failed ${error.code}`, { status: 500 }),
  } as any);
});
afterAll(async () => {
  await server.stop(true);
  rmSync(folder, { recursive: true });
});

const SEEN = [
  'content-length',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
  'content-disposition',
  'location',
  'x-a',
];

/** Status, headers in a fixed order, and the body or its length. */
async function ask(target: string, method: string, headers: Record<string, string>): Promise<string> {
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  const answer = await talk(server.port, `${method} ${target} HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`);
  const end = answer.indexOf('\r\n\r\n');
  const [status, ...fields] = answer.slice(0, end).split('\r\n');
  const found = fields.map((field) => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
  });
  const seen = SEEN.flatMap((name) => found.filter(([each]) => each === name).map(([, value]) => `${name}=${value}`));
  const body = answer.slice(end + 4);
  return [status.split(' ')[1], ...seen, body.length > 40 ? `${body.length} bytes` : body].join('|');
}

for (const [target, method, headers, expected] of cases as unknown as [
  string,
  string,
  Record<string, string>,
  string,
][]) {
  test(`${method} ${target} ${JSON.stringify(headers)}`, async () => {
    expect(await ask(target, method, headers)).toBe(expected);
  });
}

describe('bodies are sent once', () => {
  test('a Response that was sent is an error the second time', async () => {
    expect(await ask('/again', 'GET', {})).toContain('again');
    expect(await ask('/again', 'GET', {})).toContain('failed ERR_BODY_ALREADY_USED');
  });
});

test('reload replaces the fixed responses', async () => {
  const other = Bun.serve({ port: 0, routes: { '/a': new Response('one'), '/b': new Response('two') } } as any);
  const get = async (name: string) => (await fetch(new URL(name, other.url))).text();
  expect(await get('/a')).toBe('one');
  other.reload({ routes: { '/a': new Response('three') }, fetch: () => new Response('fetch') } as any);
  expect([await get('/a'), await get('/b')]).toEqual(['three', 'fetch']);
  await other.stop(true);
});

test('a fixed response takes a request with a body, pipelined', async () => {
  const post = 'POST /text HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc';
  expect(await talk(server.port, post + post, /6789[^]*6789/)).toMatch(/6789[^]*6789/);
});

// Bun hangs until its timeout.
test.skipIf(!isDxCompat)('a file that shrinks while it is sent cuts the connection', async () => {
  writeFileSync(path.join(folder, 'shrinking'), 'x'.repeat(50_000_000));
  const shrinking = Bun.serve({ port: 0, fetch: () => new Response(file('shrinking')) });
  const response = await fetch(shrinking.url);
  const reader = response.body!.getReader();
  await reader.read();
  truncateSync(path.join(folder, 'shrinking'), 10);
  await expect(
    (async () => {
      while (!(await reader.read()).done);
    })(),
  ).rejects.toThrow();
  await shrinking.stop(true);
});
