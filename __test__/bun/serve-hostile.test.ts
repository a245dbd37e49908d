import { afterEach, describe, expect, test } from 'bun:test';
import { GET, talk } from '../web/raw-http';

const servers: any[] = [];
/** A server that ends with its test. */
function serve(options: any): any {
  const server = Bun.serve({ port: 0, development: false, ...options });
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

const failure = async (work: () => any): Promise<unknown[]> => {
  try {
    await work();
    return [];
  } catch (error: any) {
    return [error.name, error.message, error.code];
  }
};

describe('what only looks like a response', () => {
  const fakes: Record<string, () => any> = {
    proxy: () => new Proxy(new Response('p'), {}),
    bare: () => Object.create(Response.prototype),
    asyncProxy: async () => new Proxy(new Response('p'), {}),
    asyncBare: async () => Object.create(Response.prototype),
  };
  for (const [name, make] of Object.entries(fakes)) {
    test(`${name} is answered with 204 and the server lives on`, async () => {
      const server = serve({
        fetch: (request: Request) => (request.url.endsWith('/ok') ? new Response('ok') : make()),
      });
      expect((await fetch(server.url)).status).toBe(204);
      expect(await (await fetch(`${server.url}ok`)).text()).toBe('ok');
    });
  }
});

describe('heads', () => {
  const count = (request: Request) => new Response(`fields ${[...(request.headers as any)].length}`);
  const head = (fields: number) =>
    GET.replace('\r\n\r\n', `\r\n${Array.from({ length: fields }, (_, at) => `h${at}: v\r\n`).join('')}\r\n`);

  test('may have 150 fields, not 250', async () => {
    const { port } = serve({ fetch: count });
    expect(await talk(port, head(150), 'fields 151')).toStartWith('HTTP/1.1 200');
    expect(await talk(port, head(250))).toStartWith('HTTP/1.1 431');
  });

  test('with many fields come in pieces, and between others', async () => {
    const server = serve({
      fetch: async (request: Request) => new Response(`${request.method} ${[...(request.headers as any)].length};`),
    });
    const pieces = head(150)
      .match(/[^]{1,200}/g)!
      .flatMap((piece) => [piece, 1]);
    expect(await talk(server.port, pieces, 'GET 151;')).toContain('GET 151;');
    const post = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello';
    const answer = await talk(server.port, head(3) + post + head(150) + head(2) + head(180), 'GET 181;');
    expect(answer.match(/[A-Z]+ \d+;/g)).toEqual(['GET 4;', 'POST 2;', 'GET 151;', 'GET 3;', 'GET 181;']);
    const broken = head(150).replace('h140:', 'h140 :');
    expect(await talk(server.port, broken)).toStartWith('HTTP/1.1 400');
  });
});

test('204 has neither body nor content type', async () => {
  const { port } = serve({ fetch: () => new Response('text', { status: 204 }) });
  const answer = await talk(port, GET, '\r\n\r\n');
  expect(answer).toStartWith('HTTP/1.1 204');
  expect(answer.toLowerCase()).not.toContain('content-type');
});

describe('methods of the server', () => {
  test('fetch gives a promise; what the handler throws rejects it', async () => {
    const server = serve({
      fetch(request: Request) {
        const { pathname } = new URL(request.url);
        if (pathname === '/throw') throw new TypeError('thrown');
        return new Response(pathname);
      },
    });
    const promise = server.fetch('/path');
    expect(promise).toBeInstanceOf(Promise);
    expect(await (await promise).text()).toBe('/path');
    expect(await (await server.fetch(new Request('http://host/request'))).text()).toBe('/request');
    expect((await failure(() => server.fetch('/throw'))).slice(0, 2)).toEqual(['TypeError', 'thrown']);
    expect(await failure(() => server.fetch(5))).toEqual([
      'TypeError',
      'fetch() expects a string, but received Number',
      'ERR_INVALID_ARG_TYPE',
    ]);
    expect((await failure(() => server.fetch('')))[1]).toBe('fetch() URL must not be a blank string.');
  });

  test('reload keeps what it is not given', async () => {
    const server = serve({
      routes: { '/route': () => new Response('route') },
      fetch: () => new Response('first'),
      error: (error: Error) => new Response(`handled ${error.message}`),
    });
    const get = async (path = '') => (await fetch(server.url + path)).text();
    expect(
      server.reload({
        fetch() {
          throw new Error('thrown');
        },
      }),
    ).toBe(server);
    expect([await get(), await get('route')]).toEqual(['handled thrown', 'route']);
    server.reload({ error: () => new Response('other') });
    expect([await get(), await get('route')]).toEqual(['other', 'route']);
    server.reload({});
    expect([await get(), await get('route')]).toEqual(['other', 'route']);
    server.reload({ routes: {}, fetch: () => new Response('last') });
    expect([await get(), await get('route')]).toEqual(['last', 'last']);
    expect(await failure(() => server.reload({ error: 5 }))).toEqual([
      'TypeError',
      'Expected error to be a function',
      'ERR_INVALID_ARG_TYPE',
    ]);
  });

  test('timeout checks its arguments', async () => {
    const server = serve({ fetch: () => new Response('') });
    expect(await failure(() => server.timeout({}, 1))).toEqual([
      'TypeError',
      'timeout() requires a Request object',
      'ERR_INVALID_ARG_TYPE',
    ]);
    expect(await failure(() => server.timeout())).toEqual([
      'TypeError',
      "Not enough arguments to 'timeout'. Expected 2, got 0.",
      'ERR_MISSING_ARGS',
    ]);
    expect((await failure(() => server.timeout(new Request('http://x'), 'x')))[1]).toBe('timeout() requires a number');
  });
});
