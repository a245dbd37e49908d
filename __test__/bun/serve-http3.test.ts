import { afterEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import path from 'node:path';

const read = (name: string) => readFileSync(path.join(import.meta.dir, 'fixtures/tls', name), 'utf8');
const key = read('localhost.key');
const cert = read('localhost.pem');

const servers: any[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) void server.stop(true);
});

/** A server of HTTP/3 alone that ends with its test: nothing here can be answered over TCP. */
function serve(options: any): any {
  const server = Bun.serve({
    port: 0,
    development: false,
    tls: { key, cert },
    http3: true,
    http1: false,
    fetch: () => new Response('hi'),
    ...options,
  });
  servers.push(server);
  return server;
}

const http3: any = { protocol: 'http3', tls: { rejectUnauthorized: false } };
const ask = (server: any, target = '/', init: any = {}) =>
  fetch(`https://127.0.0.1:${server.port}${target}`, { ...http3, ...init });

/** Bytes that show where they have been. */
function pattern(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 131 + (index >> 8)) & 0xff;
  return bytes;
}

/** A stream that gives a chunk when it is asked for one. */
function pulled(chunks: any[]): ReadableStream {
  let index = 0;
  return new ReadableStream({
    pull(controller) {
      if (index < chunks.length) controller.enqueue(chunks[index++]);
      else controller.close();
    },
  });
}

async function failureOf(work: () => Promise<unknown>): Promise<any> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

describe('requests and answers', () => {
  test('method, URL, fields, body', async () => {
    const server = serve({
      async fetch(request: Request) {
        const { url, method, headers } = request;
        return Response.json({ url, method, headers: [...headers], body: await request.text() });
      },
    });
    const origin = `https://127.0.0.1:${server.port}`;
    const agent = `Bun/${Bun.version}`;
    const common = [
      ['accept', '*/*'],
      ['accept-encoding', 'gzip, deflate, br, zstd'],
    ];
    const got = await (
      await ask(server, '/a%20b?c=d#e', { headers: { 'X-Own': 'value', Connection: 'close' } })
    ).json();
    expect(got).toEqual({
      url: `${origin}/a%20b?c=d`,
      method: 'GET',
      headers: [...common, ['host', `127.0.0.1:${server.port}`], ['user-agent', agent], ['x-own', 'value']],
      body: '',
    });
    const posted = await (await ask(server, '/', { method: 'POST', body: 'héllo' })).json();
    expect(posted).toMatchObject({ method: 'POST', body: 'héllo' });
    expect(posted.headers).toContainEqual(['content-length', '6']);
    const named = await (await ask(server, '/', { headers: { host: 'other.example' } })).json();
    expect(named.url).toBe('https://other.example/');
  });

  test('status, fields and length of answers', async () => {
    const server = serve({
      fetch(request: Request) {
        const { pathname } = new URL(request.url);
        if (pathname === '/none') return new Response(null, { status: 204 });
        if (pathname === '/empty') return new Response('');
        return new Response('answer', { status: 201, headers: { 'x-a': '1', 'set-cookie': 'a=b' } });
      },
    });
    const answer = await ask(server);
    expect(answer.status).toBe(201);
    expect(answer.statusText).toBe('');
    expect(answer.headers.get('x-a')).toBe('1');
    expect(answer.headers.getSetCookie()).toEqual(['a=b']);
    expect(answer.headers.get('content-length')).toBe('6');
    expect(answer.headers.get('content-type')).toBe('text/plain;charset=utf-8');
    expect(answer.headers.get('date')).toMatch(/GMT$/);
    expect(answer.headers.has('alt-svc')).toBe(false);
    expect(await answer.text()).toBe('answer');
    const none = await ask(server, '/none');
    expect([none.status, none.body, none.headers.has('content-length')]).toEqual([204, null, false]);
    const empty = await ask(server, '/empty');
    expect([await empty.text(), empty.headers.has('content-length')]).toEqual(['', false]);
    const head = await ask(server, '/', { method: 'HEAD' });
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([201, '', '6']);
  });

  test('many at once on one connection', async () => {
    const peers = new Set<number>();
    const server = serve({
      fetch(request: Request, self: any) {
        peers.add(self.requestIP(request).port);
        return new Response(new URL(request.url).search);
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => (await ask(server, `/?${index}`)).text()),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => `?${index}`));
    expect(peers.size).toBe(1);
  });

  test('the peer and the server have addresses', async () => {
    const server = serve({
      hostname: '127.0.0.1',
      fetch: (request: Request, self: any) => Response.json(self.requestIP(request)),
    });
    expect(server.port).toBeGreaterThan(0);
    expect(server.address).toEqual({ address: '127.0.0.1', family: 'IPv4', port: server.port });
    expect(server.url.href).toBe(`https://127.0.0.1:${server.port}/`);
    expect(await (await ask(server)).json()).toEqual({
      address: '127.0.0.1',
      family: 'IPv4',
      port: expect.any(Number),
    });
  });

  test('a compressed answer is decompressed, a redirect followed', async () => {
    const server = serve({
      routes: {
        '/from': Response.redirect('/to', 302),
        '/empty': () => new Response('', { status: 307, headers: { location: '/to' } }),
      },
      fetch: () => new Response(Bun.gzipSync('plain'), { headers: { 'content-encoding': 'gzip' } }),
    });
    const answer = await ask(server, '/from');
    expect([answer.redirected, new URL(answer.url).pathname, await answer.text()]).toEqual([true, '/to', 'plain']);
    expect(await (await ask(server, '/empty', { method: 'PUT', body: 'x' })).text()).toBe('plain');
    expect(new URL((await ask(server, '/empty', { method: 'HEAD' })).url).pathname).toBe('/to');
  });

  test('routes: parameters, methods, fixed answers, files', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'serve-http3-'));
    const file = path.join(dir, 'file.bin');
    writeFileSync(file, pattern(300_000));
    try {
      const server = serve({
        routes: {
          '/item/:id': (request: any) => new Response(request.params.id),
          '/fixed': new Response('fixed', { headers: { etag: '"v1"' } }),
          '/post': { POST: () => new Response('posted') },
          '/file': new Response(Bun.file(file)),
        },
        fetch: (request: Request) => new Response(new URL(request.url).pathname === '/own' ? Bun.file(file) : 'other'),
      });
      expect(await (await ask(server, '/item/a%20b')).text()).toBe('a b');
      expect(await (await ask(server, '/post', { method: 'POST' })).text()).toBe('posted');
      expect(await (await ask(server, '/post')).text()).toBe('other');
      const fixed = await ask(server, '/fixed');
      expect([await fixed.text(), fixed.headers.get('etag'), fixed.headers.get('content-length')]).toEqual([
        'fixed',
        '"v1"',
        '5',
      ]);
      expect((await ask(server, '/fixed', { headers: { 'if-none-match': '"v1"' } })).status).toBe(304);
      for (const target of ['/file', '/own']) {
        expect(Buffer.from(await (await ask(server, target)).arrayBuffer()).equals(pattern(300_000))).toBe(true);
      }
      const part = await ask(server, '/file', { headers: { range: 'bytes=4-11' } });
      expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 4-11/300000']);
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(pattern(12).subarray(4));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('errors of handlers', async () => {
    const server = serve({
      fetch() {
        throw new Error('broken');
      },
      error: (error: Error) => new Response(`caught ${error.message}`, { status: 500 }),
    });
    const answer = await ask(server);
    expect([answer.status, await answer.text()]).toEqual([500, 'caught broken']);
  });

  test('no WebSockets', async () => {
    const server = serve({
      websocket: { message() {} },
      fetch: (request: Request, self: any) => new Response(String(self.upgrade(request))),
    });
    expect(await (await ask(server)).text()).toBe('false');
  });
});

describe('bodies', () => {
  test('large ones both ways, as bytes and as streams', async () => {
    const server = serve({
      async fetch(request: Request) {
        const bytes = await request.bytes();
        return new Response(bytes, { headers: { 'x-length': String(bytes.length) } });
      },
    });
    const bytes = pattern(3 * 1024 * 1024);
    const pieces = Array.from({ length: 48 }, (_, index) => bytes.subarray(index * 65536, (index + 1) * 65536));
    for (const body of [bytes, pulled(pieces), new Blob([bytes as any])]) {
      const answer = await ask(server, '/', { method: 'POST', body });
      expect(answer.headers.get('x-length')).toBe(String(bytes.length));
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    }
  });

  test('an answer begins before the request has ended', async () => {
    const server = serve({ fetch: (request: Request) => new Response(request.body) });
    const { promise, resolve } = Promise.withResolvers<void>();
    let step = 0;
    const body = new ReadableStream({
      async pull(controller) {
        step++;
        if (step === 1) return controller.enqueue('first ');
        if (step === 2) {
          await promise;
          return controller.enqueue('second');
        }
        controller.close();
      },
    });
    const answer = await ask(server, '/', { method: 'POST', body });
    const reader = answer.body!.getReader();
    const first = await reader.read();
    expect(Buffer.from(first.value!).toString()).toBe('first ');
    resolve();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += Buffer.from(value).toString();
    }
    expect(rest).toBe('second');
  });

  test('streams of handlers: pulled, direct, async iterables', async () => {
    const server = serve({
      fetch(request: Request) {
        switch (new URL(request.url).pathname) {
          case '/pulled':
            return new Response(pulled(['one ', 'two ', 'three']));
          case '/direct':
            return new Response(
              new ReadableStream({
                type: 'direct',
                async pull(controller: any) {
                  controller.write('one ');
                  await Bun.sleep(1);
                  controller.write('two ');
                  await controller.flush();
                  controller.write('three');
                  controller.end();
                },
              } as any),
            );
          default:
            return new Response(
              (async function* () {
                yield 'one ';
                await Bun.sleep(1);
                yield 'two three';
              })() as any,
            );
        }
      },
    });
    for (const target of ['/pulled', '/direct', '/iterable'])
      expect(await (await ask(server, target)).text()).toBe('one two three');
  });

  test('a slow reader slows the handler down', async () => {
    let given = 0;
    const size = 64 * 1024;
    const server = serve({
      fetch: () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              if (given >= 512) return controller.close();
              given++;
              controller.enqueue(new Uint8Array(size));
            },
          }),
        ),
    });
    const answer = await ask(server);
    const reader = answer.body!.getReader();
    let received = (await reader.read()).value!.length;
    await Bun.sleep(300);
    expect(given).toBeLessThan(512);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      received += value.length;
    }
    expect(received).toBe(512 * size);
  });

  test('a body over the limit', async () => {
    const server = serve({
      maxRequestBodySize: 64 * 1024,
      fetch: async (request: Request) => new Response(String((await request.arrayBuffer()).byteLength)),
    });
    const bytes = pattern(256 * 1024);
    expect((await ask(server, '/', { method: 'POST', body: pulled([bytes]) })).status).toBe(413);
    expect(await (await ask(server, '/', { method: 'POST', body: pattern(1000) })).text()).toBe('1000');
  });
});

describe('who goes away', () => {
  test('a client that aborts before the answer', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const server = serve({
      async fetch(request: Request) {
        if (new URL(request.url).pathname === '/') return new Response('hi');
        request.signal.addEventListener('abort', () => resolve());
        begin();
        await aborted;
        return new Response('late');
      },
    });
    await (await ask(server)).text();
    const controller = new AbortController();
    const failure = failureOf(() => ask(server, '/hang', { signal: controller.signal }));
    await begun;
    controller.abort();
    expect((await failure).name).toBe('AbortError');
    await aborted;
    expect(await (await ask(server)).text()).toBe('hi');
  });

  test('a client that aborts in the middle of the answer', async () => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    const server = serve({
      fetch(request: Request) {
        if (new URL(request.url).pathname === '/') return new Response('hi');
        return new Response(
          new ReadableStream({
            async pull(controller) {
              await Bun.sleep(1);
              controller.enqueue(new Uint8Array(1024));
            },
            cancel: () => resolve(),
          }),
        );
      },
    });
    const controller = new AbortController();
    const answer = await ask(server, '/endless', { signal: controller.signal });
    const reader = answer.body!.getReader();
    await reader.read();
    controller.abort();
    const failure = await failureOf(async () => {
      while (!(await reader.read()).done);
    });
    expect(failure.name).toBe('AbortError');
    await cancelled;
    expect(await (await ask(server)).text()).toBe('hi');
  });

  test('stop() lets requests end and takes no further one', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: go, resolve: proceed } = Promise.withResolvers<void>();
    const server = serve({
      async fetch() {
        begin();
        await go;
        return new Response('late');
      },
    });
    const answer = ask(server).then((response) => response.text());
    await begun;
    expect(server.pendingRequests).toBe(1);
    void server.stop();
    proceed();
    expect(await answer).toBe('late');
    expect(await failureOf(() => ask(server, '/', { signal: AbortSignal.timeout(300) }))).toBeInstanceOf(Error);
  });

  test('a stopped server is forgotten: the next one on its port is asked', async () => {
    const first = serve({ fetch: () => new Response('first') });
    expect(await (await ask(first)).text()).toBe('first');
    const { port } = first;
    void first.stop(true);
    await Bun.sleep(50);
    const second = serve({ port, fetch: () => new Response('second') });
    expect(await (await ask(second)).text()).toBe('second');
  });

  test('reload() changes the handlers', async () => {
    const server = serve({ routes: { '/old': new Response('old') }, fetch: () => new Response('other') });
    expect(await (await ask(server, '/old')).text()).toBe('old');
    server.reload({ routes: { '/new': new Response('new') }, fetch: () => new Response('changed') });
    expect(await (await ask(server, '/old')).text()).toBe('changed');
    expect(await (await ask(server, '/new')).text()).toBe('new');
  });
});

describe('beside the other versions', () => {
  test('answers over TCP tell of HTTP/3', async () => {
    const server = serve({
      http1: true,
      routes: {
        '/fixed': new Response('fixed'),
        '/own': () => new Response('own', { headers: { 'alt-svc': 'clear' } }),
      },
    });
    const value = `h3=":${server.port}"; ma=86400`;
    for (const [target, expected] of [
      ['/', value],
      ['/fixed', value],
      ['/own', `clear, ${value}`],
    ]) {
      const answer = await ask(server, target, { protocol: 'http1.1' });
      expect(answer.headers.get('alt-svc')).toBe(expected);
      await answer.text();
    }
    expect((await ask(server)).headers.has('alt-svc')).toBe(false);
  });

  test('without HTTP/1 nothing listens on TCP', async () => {
    const server = serve({});
    expect(await (await ask(server, '/', { protocol: 'h3' })).text()).toBe('hi');
    expect((await failureOf(() => ask(server, '/', { protocol: 'http1.1' }))).code).toBe('ECONNREFUSED');
  });

  test('options that do not go together', () => {
    const options = { port: 0, fetch: () => new Response('') };
    expect(() => Bun.serve({ ...options, http3: true } as any)).toThrow("HTTP/3 requires 'tls' to be set");
    expect(() => Bun.serve({ ...options, tls: { key, cert }, http1: false } as any)).toThrow(
      'Cannot disable http1 without enabling http2 or http3',
    );
  });

  test('datagrams that are none of QUIC are passed over', async () => {
    const server = serve({ hostname: '127.0.0.1' });
    const socket = createSocket('udp4');
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(1200, 0xff),
      Buffer.alloc(1200, 0x40),
    ])
      await new Promise((resolve) => socket.send(bytes, server.port, '127.0.0.1', resolve));
    socket.close();
    expect(await (await ask(server)).text()).toBe('hi');
  });
});

describe('what fetch refuses', () => {
  test('other schemes, proxies, sockets, TLS options', async () => {
    const server = serve({});
    const url = `https://127.0.0.1:${server.port}/`;
    for (const [target, init] of [
      [url.replace('https', 'http'), {}],
      [url, { proxy: 'http://127.0.0.1:1' }],
      [url, { unix: '/nowhere.sock' }],
      [url, { tls: { ca: cert } }],
      [url, { tls: { serverName: 'localhost', rejectUnauthorized: false } }],
    ] as any[]) {
      const failure = await failureOf(() => fetch(target, { ...http3, ...init }));
      expect([failure.name, failure.code]).toEqual(['TypeError', 'HTTP3Unsupported']);
    }
  });

  test('certificates that nobody has signed, unknown protocols and hosts', async () => {
    const server = serve({});
    const url = `https://127.0.0.1:${server.port}/`;
    expect((await failureOf(() => fetch(url, { protocol: 'http3' } as any))).code).toBe('HTTP3HandshakeFailed');
    expect((await failureOf(async () => fetch(url, { protocol: 'spdy' } as any))).message).toBe(
      'fetch: \'protocol\' must be "http2", "h2", "http3", "h3", "http1.1", or "h1"',
    );
    expect((await failureOf(() => fetch('https://nowhere.invalid/', http3))).code).toBe('DNSResolutionFailed');
  });
});

describe('Alt-Svc', () => {
  // Answers over TCP carry it, those over HTTP/3 do not: so one can see how they came.
  const program = `
    const { CERT: cert, KEY: key } = process.env;
    const server = Bun.serve({ port: 0, tls: { key, cert }, http3: true, fetch: () => new Response('hi') });
    const seen = [];
    for (let round = 0; round < 2; round++) {
      const answer = await fetch('https://127.0.0.1:' + server.port, { tls: { rejectUnauthorized: false } });
      await answer.text();
      seen.push(answer.headers.has('alt-svc') ? 'TCP' : 'QUIC');
    }
    console.log(seen.join());
    process.exit();
  `;
  const run = (flags: string[], env: Record<string, string>) => {
    const given = { ...process.env, CERT: cert, KEY: key, ...env };
    return Bun.spawnSync({ cmd: [process.execPath, ...flags, '-e', program], env: given })
      .stdout.toString()
      .trim();
  };

  test('is followed when it is asked for', () => {
    expect(run([], { BUN_FEATURE_FLAG_EXPERIMENTAL_HTTP3_CLIENT: '1' })).toBe('TCP,QUIC');
    expect(run(['--experimental-http3-fetch'], {})).toBe('TCP,QUIC');
    expect(run([], {})).toBe('TCP,TCP');
  });
});
