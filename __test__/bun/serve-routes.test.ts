import { afterAll, describe, expect, test } from 'bun:test';

const say = (name: string) => (request: any) => new Response(name + JSON.stringify(request.params));
const server = Bun.serve({
  port: 0,
  development: false,
  routes: {
    '/': new Response('root'),
    '/a': say('a'),
    '/a/b': say('exact'),
    '/a/:x': say('param'),
    '/a/:x/*': say('param wild'),
    '/a/*': say('wild'),
    '/u/:id/p/:pid': say('two'),
    '/m': { GET: say('get'), POST: new Response('post') },
    '/static': new Response('static', { status: 201, headers: { x: 'y' } }),
    '/off': false,
    '/throws': () => {
      throw new Error('boom');
    },
    '/cookies': (request: any) => {
      const { cookies } = request;
      cookies.set('a', '1', { httpOnly: true });
      cookies.delete('b');
      return Response.json([...cookies]);
    },
  } as any,
  fetch: (request) => new Response(`fallback ${String((request as any).params)}`, { status: 404 }),
  error: (error) => new Response(error.message, { status: 500 }),
});
afterAll(() => server.stop(true));

const ask = async (path: string, method = 'GET') => {
  const answer = await fetch(new URL(path, server.url), { method });
  return [answer.status, await answer.text()];
};

describe('routes', () => {
  test.each([
    ['/', 200, 'root'],
    ['/a', 200, 'a{}'],
    ['/a?x=1', 200, 'a{}'],
    ['/a/b', 200, 'exact{}'],
    ['/a/c', 200, 'param{"x":"c"}'],
    ['/a/c%20%C3%A9', 200, 'param{"x":"c é"}'],
    ['/a/c%2Fd', 200, 'param{"x":"c/d"}'],
    ['/a/c/d/e', 200, 'param wild{"x":"c"}'],
    ['/a/', 200, 'wild{}'],
    ['/u/5/p/6', 200, 'two{"id":"5","pid":"6"}'],
    ['/u/5/p', 404, 'fallback undefined'],
    ['/A', 404, 'fallback undefined'],
    ['/off', 404, 'fallback undefined'],
    ['/static', 201, 'static'],
    ['/throws', 500, 'boom'],
  ])('%s', async (path, status, text) => {
    expect(await ask(path)).toEqual([status, text]);
  });

  test('by method', async () => {
    expect(await ask('/m')).toEqual([200, 'get{}']);
    expect(await ask('/m', 'POST')).toEqual([200, 'post']);
    expect(await ask('/m', 'PUT')).toEqual([404, 'fallback undefined']);
    expect(await ask('/m', 'HEAD')).toEqual([200, '']);
  });

  test('a static response has an entity tag', async () => {
    const answer = await fetch(new URL('/static', server.url));
    const etag = answer.headers.get('etag') as string;
    expect(etag).toMatch(/^"[0-9a-f]{16}"$/);
    expect(answer.headers.get('x')).toBe('y');
    const again = await fetch(new URL('/', server.url), {
      headers: { 'if-none-match': (await fetch(server.url)).headers.get('etag') as string },
    });
    expect(again.status).toBe(304);
  });

  test('cookies are read and sent', async () => {
    const answer = await fetch(new URL('/cookies', server.url), { headers: { cookie: 'b=2; z=a%20b' } });
    expect(await answer.json()).toEqual([
      ['a', '1'],
      ['z', 'a b'],
    ]);
    expect(answer.headers.getSetCookie()).toEqual([
      'a=1; Path=/; HttpOnly; SameSite=Lax',
      'b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax',
    ]);
  });

  test('wrong routes are refused', () => {
    const start = (routes: any) => () => Bun.serve({ port: 0, routes, fetch: () => new Response('') });
    expect(start({ a: say('x') })).toThrow(`Invalid route "a". Path must start with '/'`);
    expect(start({ '/a': 5 })).toThrow("'routes' expects a Record");
    expect(start({ '/a': {} })).toThrow("'routes' expects a Record");
    expect(start({ '/:b/:b': say('x') })).toThrow(
      'Support for duplicate route parameter names is not yet implemented.',
    );
    expect(start({ '/:1': say('x') })).toThrow('Route parameter names cannot start with a number.');
  });

  test('without fetch the rest is 404', async () => {
    const only = Bun.serve({ port: 0, routes: { '/a': say('a') } });
    expect((await fetch(new URL('/b', only.url))).status).toBe(404);
    await only.stop(true);
  });
});

test.each([3, 9, 40])('%d paths, and as many below a parameter, that differ in few letters', async (count) => {
  const paths = Array.from({ length: count }, (_, at) => `/${'x'.repeat(at % 4)}${at}`);
  const routes = Object.fromEntries([
    ...paths.map((path) => [path, say(`exact ${path}`)]),
    ...paths.map((path) => [`/in/:a${path}/:b`, say(path)]),
    ['/in/:a/*', say('rest')],
  ]);
  using many = Bun.serve({ port: 0, development: false, routes: routes as any, fetch: () => new Response('none') });
  const text = async (path: string) => (await fetch(new URL(path, many.url))).text();
  for (const path of paths) {
    expect(await text(path)).toBe(`exact ${path}{}`);
    expect(await text(`${path}?a=/b/c`)).toBe(`exact ${path}{}`);
    expect(await text(`/in/1${path}/2?x=/y`)).toBe(`${path}{"a":"1","b":"2"}`);
    expect(await text(`/in/1${path}/`)).toBe('rest{"a":"1"}');
    expect(await text(`/in/1${path}`)).toBe('rest{"a":"1"}');
    expect(await text(`${path}/`)).toBe('none');
    expect(await text(`${path}x`)).toBe('none');
  }
});
