import { afterEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
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

const code = (work: () => unknown): [string, string, string] => {
  try {
    work();
  } catch (error: any) {
    return [error.constructor.name, error.code, error.message];
  }
  return ['', '', ''];
};

test('ref and unref give the server', () => {
  const server = serve({ fetch: () => new Response('') });
  expect(server.unref()).toBe(server);
  expect(server.ref()).toBe(server);
});

test('a server says what it is', () => {
  const fetch = () => new Response('');
  const tls = {
    key: fs.readFileSync(path.join(import.meta.dirname, 'fixtures/tls/localhost.key'), 'utf8'),
    cert: fs.readFileSync(path.join(import.meta.dirname, 'fixtures/tls/localhost.pem'), 'utf8'),
  };
  const names = [serve({ fetch }), serve({ fetch, development: true }), serve({ fetch, tls })].map(String);
  expect(names).toEqual(['[object HTTPServer]', '[object DebugHTTPServer]', '[object HTTPSServer]']);
  const server = serve({ fetch });
  expect(Bun.inspect(server)).toStartWith('HTTPServer {');
  expect(Bun.inspect(server)).toContain(`port: ${server.port},`);
});

describe('options', () => {
  test('are checked with class, code and message', () => {
    const fetch = () => new Response('');
    expect(code(() => (Bun as any).serve())).toEqual([
      'TypeError',
      'ERR_INVALID_ARG_TYPE',
      'Bun.serve expects an object',
    ]);
    expect(code(() => serve({}))[2]).toStartWith('Bun.serve() needs either:');
    expect(code(() => serve({ fetch: 1 }))).toEqual([
      'TypeError',
      'ERR_INVALID_ARG_TYPE',
      'Expected fetch() to be a function',
    ]);
    expect(code(() => serve({ fetch, error: 1 }))[2]).toBe('Expected error to be a function');
    expect(code(() => serve({ fetch, port: 70000 }))).toEqual([
      'RangeError',
      'ERR_OUT_OF_RANGE',
      'The value of "options.port" is out of range. It must be >= 0 and <= 65535. Received 70000',
    ]);
    expect(code(() => serve({ fetch, port: 'abc' }))[1]).toBe('ERR_OUT_OF_RANGE');
    expect(code(() => serve({ fetch, idleTimeout: 300 }))[2]).toBe('Bun.serve expects idleTimeout to be 255 or less');
  });

  test('a port in use says so', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    expect(code(() => serve({ port, hostname: '127.0.0.1', fetch: () => new Response('') }))).toEqual([
      'Error',
      'EADDRINUSE',
      `Failed to start server. Is port ${port} in use?`,
    ]);
    taken.close();
  });

  test('an address of another machine is not available', () => {
    expect(code(() => serve({ hostname: '8.8.8.8', fetch: () => new Response('') })).slice(0, 2)).toEqual([
      'Error',
      'EADDRNOTAVAIL',
    ]);
  });
});

describe('server', () => {
  test('knows its address', () => {
    const server = serve({ fetch: () => new Response('') });
    expect(server.hostname).toBe('localhost');
    expect(server.url.href).toBe(`http://localhost:${server.port}/`);
    expect(server.protocol).toBe('http');
    expect(server.pendingRequests).toBe(0);
    expect(server.development).toBe(false);
  });

  test('listens on a unix socket and removes it', async () => {
    const unix = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'serve-')), 's');
    const server = serve({ unix, port: undefined, fetch: (request: Request) => new Response(request.url) });
    expect(server.port).toBeUndefined();
    expect(server.url.href).toBe(`unix://${unix}`);
    const answer = await new Promise<string>((resolve) => {
      const socket = net.connect(unix, () => socket.write(GET));
      socket.once('data', (data) => {
        resolve(String(data));
        socket.destroy();
      });
    });
    expect(answer).toEndWith('http://x/');
    await server.stop(true);
    expect(fs.existsSync(unix)).toBe(false);
  });

  test('requestIP gives the peer', async () => {
    const server = serve({
      hostname: '127.0.0.1',
      fetch: (request: Request, self: any) => Response.json(self.requestIP(request)),
    });
    const peer = await (await fetch(server.url)).json();
    expect(peer.address).toBe('127.0.0.1');
    expect(peer.family).toBe('IPv4');
    expect(peer.port).toBeGreaterThan(0);
  });

  test('reload replaces the handler', async () => {
    const server = serve({ fetch: () => new Response('one') });
    expect(await (await fetch(server.url)).text()).toBe('one');
    server.reload({ fetch: () => new Response('two') });
    expect(await (await fetch(server.url)).text()).toBe('two');
  });

  test('server.fetch needs no socket', async () => {
    const server = serve({ fetch: (request: Request) => new Response(new URL(request.url).pathname) });
    expect(await (await server.fetch('/x')).text()).toBe('/x');
    expect(await (await server.fetch(new Request('http://a/y'))).text()).toBe('/y');
  });

  test('stop answers what is under way, then refuses', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const server = serve({
      async fetch() {
        await held;
        return new Response('late');
      },
    });
    const answer = talk(server.port, GET, 'late');
    while (server.pendingRequests === 0) await Bun.sleep(1);
    const stopped = server.stop();
    release();
    expect(await answer).toEndWith('late');
    await stopped;
    await expect(
      new Promise((resolve, reject) =>
        net.connect(server.port, '127.0.0.1').on('connect', resolve).on('error', reject),
      ),
    ).rejects.toThrow();
  });

  test('stop(true) cuts requests off, and can be called in a handler', async () => {
    const server = serve({
      fetch() {
        void server.stop(true);
        return new Promise(() => {});
      },
    });
    expect(await talk(server.port, GET)).toBe('');
  });
});

describe('requests', () => {
  test('the URL has the host of its request, wherever the head names it', async () => {
    const server = serve({ fetch: (request: Request) => new Response(`[${request.url}]`) });
    const heads = [
      'Host: a',
      'Host: ab',
      'Host: a',
      'X: y\r\nHost: b',
      'Host: a',
      'Host: A:80',
      'Host: a:81',
      'Host: a',
    ];
    const request = (head: string, at: number) => `GET /${at}?Host:b HTTP/1.1\r\n${head}\r\n\r\n`;
    const text = await talk(server.port, heads.map(request).join(''), `/${heads.length - 1}?Host:b]`);
    expect(text.match(/(?<=\[)[^\]]*/g)).toEqual(
      ['a', 'ab', 'a', 'b', 'a', 'a', 'a:81', 'a'].map((host, at) => `http://${host}/${at}?Host:b`),
    );
  });

  test.each([
    ['/a?b=c', 'http://x/a?b=c'],
    ['/a/../b/./c', 'http://x/b/c'],
    ['//a//b', 'http://x//a//b'],
    ["/?q=%27'", 'http://x/?q=%27%27'],
    ['/a{}|', 'http://x/a%7B%7D|'],
  ])('the target %s is the URL %s', async (target, url) => {
    const server = serve({ fetch: (request: Request) => new Response(`[${request.url}]`) });
    expect(await talk(server.port, `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`, /\[.*\]/)).toContain(`[${url}]`);
  });

  test('headers are read lazily and joined', async () => {
    const server = serve({
      fetch: ({ headers }: Request) =>
        Response.json([
          headers.get('X-A'),
          headers.get('cookie'),
          headers.get('none'),
          headers.has('HOST'),
          [...headers.keys()],
        ]),
    });
    const answer = await talk(
      server.port,
      'GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=1\r\nB:  v \r\n\r\n',
      ']]',
    );
    expect(answer).toEndWith('["1, 2","a=1",null,true,["b","cookie","host","x-a"]]');
  });

  test('a body in every form', async () => {
    const server = serve({
      async fetch(request: Request) {
        const form = new URL(request.url).pathname.slice(1);
        if (form === 'formData') return Response.json([...(await request.formData())]);
        const value = await (request as any)[form]();
        if (form === 'blob') return new Response(`${value.type}:${await value.text()}`);
        if (value instanceof ArrayBuffer || value instanceof Uint8Array)
          return new Response(Buffer.from(value as any).toString('hex'));
        return Response.json(value);
      },
    });
    const post = async (form: string, body: any, headers = {}) =>
      (await fetch(`${server.url}${form}`, { method: 'POST', body, headers })).text();
    expect(await post('text', 'é€')).toBe('"é€"');
    expect(await post('json', '{"a":[1]}')).toBe('{"a":[1]}');
    expect(await post('arrayBuffer', new Uint8Array([0, 255]))).toBe('00ff');
    expect(await post('bytes', new Uint8Array([7]))).toBe('07');
    expect(await post('blob', 'x', { 'content-type': 'application/json' })).toEndWith(':x');
    expect(await post('formData', new URLSearchParams('a=1&b=2'))).toBe('[["a","1"],["b","2"]]');
    const large = 'ü'.repeat(200_000);
    expect(await post('text', large)).toBe(JSON.stringify(large));
  });

  test('a body that arrives in pieces, chunked, or after 100 Continue', async () => {
    const server = serve({ fetch: async (request: Request) => new Response(`got ${await request.text()}.`) });
    const post = (headers: string, ...rest: (string | number)[]) =>
      talk(server.port, [`POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`, ...rest], 'got hello.');
    expect(await post('Content-Length: 5', 'he', 10, 'llo')).toEndWith('got hello.');
    expect(await post('Transfer-Encoding: chunked', '2\r\nhe\r\n', 10, '3;x=y\r\nllo\r\n0\r\n\r\n')).toEndWith(
      'got hello.',
    );
    expect(await post('Content-Length: 5\r\nExpect: 100-continue', 10, 'hello')).toStartWith(
      'HTTP/1.1 100 Continue\r\n\r\n',
    );
  });

  test('a body streams through', async () => {
    const server = serve({ fetch: (request: Request) => new Response(request.body) });
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
    expect(await talk(server.port, [head, 20, '3\r\nyou\r\n0\r\n\r\n'], '0\r\n\r\n')).toMatch(
      /\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n$/,
    );
  });

  test('a body can be read once', async () => {
    const server = serve({
      async fetch(request: Request) {
        const before = request.bodyUsed;
        await request.text();
        return Response.json([before, request.bodyUsed, await request.text().catch((error) => error.code)]);
      },
    });
    expect(await (await fetch(server.url, { method: 'POST', body: 'x' })).json()).toEqual([
      false,
      true,
      'ERR_BODY_ALREADY_USED',
    ]);
  });

  test('a body that is not read does not end the connection', async () => {
    const server = serve({ fetch: () => new Response('ok') });
    const body = 'a'.repeat(100_000);
    const answers = await talk(
      server.port,
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}${GET}`,
      /ok[^]*ok/,
    );
    expect(answers.match(/HTTP\/1.1 200/g)).toHaveLength(2);
  });

  test('pipelined requests are answered in order', async () => {
    const server = serve({
      fetch(request: Request) {
        const { pathname } = new URL(request.url);
        return new Response(`<${pathname}>`);
      },
    });
    const answers = await talk(
      server.port,
      [1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''),
      '</3>',
    );
    expect(answers.match(/<.*?>/g)).toEqual(['</1>', '</2>', '</3>']);
  });

  test('the signal tells when the client goes away', async () => {
    let aborted = () => {};
    const gone = new Promise<void>((resolve) => (aborted = resolve));
    let seen = () => {};
    const arrived = new Promise<void>((resolve) => (seen = resolve));
    const server = serve({
      fetch(request: Request) {
        request.signal.addEventListener('abort', () => aborted());
        seen();
        return new Promise(() => {});
      },
    });
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(GET));
    await arrived;
    expect(server.pendingRequests).toBe(1);
    socket.destroy();
    await gone;
  });
});

describe('responses', () => {
  const answerTo = async (
    make: (request: Request) => any,
    request = GET,
  ): Promise<[string, Map<string, string>, string]> => {
    const server = serve({ fetch: make });
    const text = await talk(server.port, request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    const [head = '', body = ''] = text.split(/\r\n\r\n([^]*)/);
    const [status = '', ...lines] = head.split('\r\n');
    return [
      status,
      new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)])),
      body,
    ];
  };

  test.each([
    ['a string', () => new Response('é'), 'text/plain;charset=utf-8', 'Ã©'],
    ['bytes', () => new Response(new Uint8Array([65, 66])), 'application/octet-stream', 'AB'],
    ['an ArrayBuffer', () => new Response(new Uint8Array([67]).buffer), 'application/octet-stream', 'C'],
    ['a Blob', () => new Response(new Blob(['x'], { type: 'a/b' })), 'a/b', 'x'],
    [
      'URLSearchParams',
      () => new Response(new URLSearchParams('a=b')),
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=b',
    ],
    ['JSON', () => Response.json({ a: 1 }), 'application/json;charset=utf-8', '{"a":1}'],
    ['another type', () => new Response('<p>', { headers: { 'Content-Type': 'text/html' } }), 'text/html', '<p>'],
    ['nothing', () => new Response(), undefined, ''],
  ])('%s has its type and length', async (_name, make, type, body) => {
    const [status, headers, text] = await answerTo(make as any);
    expect(status).toBe('HTTP/1.1 200 OK');
    expect(headers.get('content-type')).toBe(type as any);
    expect(headers.get('content-length')).toBe(String(body.length));
    expect(text).toBe(body);
    expect(headers.has('date')).toBe(true);
  });

  test('status, headers, cookies', async () => {
    const [status, headers] = await answerTo(
      () => new Response('x', { status: 418, headers: { 'X-A': 'é', 'content-length': '99' } }),
    );
    expect(status).toStartWith('HTTP/1.1 418 ');
    expect(headers.get('x-a')).toBe('é');
    expect(headers.get('content-length')).toBe('1');
    const server = serve({
      fetch: () =>
        new Response(null, {
          status: 204,
          headers: [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
          ],
        }),
    });
    const answer = await fetch(server.url);
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('a FormData is sent as multipart and comes back', async () => {
    const server = serve({
      fetch() {
        const form = new FormData();
        form.set('a', 'b"c');
        form.set('f', new File(['content'], 'n.txt', { type: 'application/json' }));
        return new Response(form);
      },
    });
    const form = await (await fetch(server.url)).formData();
    expect(form.get('a')).toBe('b"c');
    const file = form.get('f') as File;
    expect([file.name, await file.text()]).toEqual(['n.txt', 'content']);
  });

  test('HEAD has the headers and no body', async () => {
    const [, headers, body] = await answerTo(() => new Response('hi'), 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(headers.get('content-length')).toBe('2');
    expect(body).toBe('');
  });

  test.each([
    [
      'a ReadableStream',
      () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              await Bun.sleep(1);
              controller.enqueue('ab');
              controller.close();
            },
          }),
        ),
    ],
    [
      'an async generator',
      () =>
        new Response(
          (async function* () {
            yield 'a';
            await Bun.sleep(1);
            yield new Uint8Array([98]);
          })() as any,
        ),
    ],
    [
      'an async generator function',
      () =>
        new Response(async function* () {
          yield 'a';
          yield 'b';
        } as any),
    ],
    [
      'an async iterable',
      () =>
        new Response({
          async *[Symbol.asyncIterator]() {
            yield 'ab';
          },
        } as any),
    ],
  ])('%s streams', async (_name, make) => {
    const server = serve({ fetch: make });
    expect(await (await fetch(server.url)).text()).toBe('ab');
  });

  test('a stream is slowed down by its reader and cancelled when the client goes away', async () => {
    let pulled = 0;
    let cancelled = () => {};
    const gone = new Promise<void>((resolve) => (cancelled = resolve));
    const server = serve({
      fetch: () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              pulled++;
              controller.enqueue(new Uint8Array(64 * 1024));
            },
            cancel: () => cancelled(),
          }),
        ),
    });
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(GET));
    socket.pause();
    let before = -1;
    while (pulled === 0 || pulled !== before) {
      before = pulled;
      await Bun.sleep(50);
    }
    expect(pulled).toBeLessThan(2000);
    socket.destroy();
    await gone;
  });

  test('a stream that fails breaks the connection off', async () => {
    const server = serve({
      fetch: () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue('abc');
              setTimeout(() => controller.error(new Error('x')), 5);
            },
          }),
        ),
    });
    const text = await talk(server.port, GET);
    expect(text).toContain('abc');
    expect(text).not.toEndWith('0\r\n\r\n');
  });

  test.each([20_000, 5_000_000])('a large body of %d', async (length) => {
    const server = serve({
      fetch: (request: Request) =>
        new Response(request.url.endsWith('bytes') ? new Uint8Array(length).fill(7) : 'y'.repeat(length)),
    });
    expect(await (await fetch(`${server.url}text`)).text()).toBe('y'.repeat(length));
    const bytes = await (await fetch(`${server.url}bytes`)).bytes();
    expect(bytes.length).toBe(length);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
  });
});

describe('errors', () => {
  test('the error handler answers', async () => {
    const server = serve({
      fetch() {
        throw new TypeError('boom');
      },
      error: (error: Error) => new Response(`${error.name}:${error.message}`, { status: 555 }),
    });
    const answer = await fetch(server.url);
    expect([answer.status, await answer.text()]).toEqual([555, 'TypeError:boom']);
  });

  test('an error handler may be async', async () => {
    const server = serve({
      fetch() {
        throw new Error('boom');
      },
      error: async (error: Error) => new Response(error.message, { status: 501 }),
    });
    expect((await fetch(server.url)).status).toBe(501);
  });

  test('no Response is 204, and a page in development', async () => {
    expect((await fetch(serve({ fetch: () => undefined }).url)).status).toBe(204);
    const answer = await fetch(serve({ development: true, fetch: () => ({}) }).url);
    expect(await answer.text()).toBe('Welcome to Bun! To get started, return a Response object.');
  });

  test('a used body cannot be sent', async () => {
    const server = serve({
      async fetch() {
        const response = new Response('x');
        await response.text();
        return response;
      },
      error: (error: any) => new Response(error.code),
    });
    expect(await (await fetch(server.url)).text()).toBe('ERR_BODY_ALREADY_USED');
  });

  test.each([
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', '400'],
    ['garbage', 'GARBAGE\r\n\r\n', '400'],
    ['a large head', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, '431'],
    ['a huge head', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(500_000)}\r\n\r\n`, '431'],
    ['a body over the limit', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n', '413'],
    [
      'a chunked body over the limit',
      `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n${'a'.repeat(2000)}\r\n0\r\n\r\n`,
      '413',
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', '400'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', '400'],
  ])('%s is refused', async (_name, request, status) => {
    const server = serve({
      maxRequestBodySize: 1000,
      fetch: async (incoming: Request) => new Response(await incoming.text()),
    });
    expect((await talk(server.port, request)).slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
  });

  test('a client that breaks off its upload rejects the body', async () => {
    let tell: (what: any) => void;
    const told = new Promise<any>((resolve) => (tell = resolve));
    const server = serve({
      async fetch(request: Request) {
        await request.text().catch((error) => tell([error.name, request.signal.aborted]));
        return new Response('');
      },
    });
    const socket = net.connect(server.port, '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc', () =>
        setTimeout(() => socket.destroy(), 20),
      );
    });
    expect(await told).toEqual(['AbortError', true]);
  });

  test('a client that has closed its side still gets its answer', async () => {
    const server = serve({ fetch: () => new Response('ok') });
    expect(await talk(server.port, GET, 'ok', { halfClose: true })).toEndWith('ok');
  });

  test('an idle connection is closed', async () => {
    const server = serve({ idleTimeout: 1, fetch: () => new Response('ok') });
    expect(await talk(server.port, '')).toBe('');
  }, 20_000);
});
