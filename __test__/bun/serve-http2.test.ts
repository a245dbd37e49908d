import { afterEach, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import path from 'node:path';
import tls from 'node:tls';
import { isDxCompat } from '../runtime';
import { GET, talk } from '../web/raw-http';

const read = (name: string) => readFileSync(path.join(import.meta.dir, 'fixtures/tls', name), 'utf8');
const ca = read('ca.pem');
const key = read('localhost.key');
const cert = read('localhost.pem');

const servers: any[] = [];
const sessions: http2.ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

/** A server that ends with its test. */
function serve(options: any): any {
  const server = Bun.serve({ port: 0, development: false, http2: true, fetch: () => new Response('hi'), ...options });
  servers.push(server);
  return server;
}

function connect(server: any): http2.ClientHttp2Session {
  const { protocol, port } = server;
  const session = http2.connect(`${protocol}://localhost:${port}`, { ca });
  session.on('error', () => {});
  sessions.push(session);
  return session;
}

/** A request; gives status, headers, body. */
function ask(session: http2.ClientHttp2Session, headers: any = {}, body?: string | Buffer): Promise<any> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/', ...headers }, { endStream: body === undefined });
    const parts: Buffer[] = [];
    let head: any;
    stream.on('response', (fields) => (head = fields));
    stream.on('data', (data: Buffer) => parts.push(data));
    stream.on('error', reject);
    stream.on('end', () =>
      resolve({ status: head?.[':status'], headers: head, body: Buffer.concat(parts).toString() }),
    );
    if (body !== undefined) stream.end(body);
  });
}

const protocols: Record<string, any> = { 'over TLS': { tls: { key, cert } }, 'with prior knowledge': {} };

for (const [name, options] of Object.entries(protocols)) {
  describe(name, () => {
    test('requests, headers, bodies', async () => {
      const server = serve({
        ...options,
        async fetch(request: Request) {
          const { url, method, headers } = request;
          return Response.json(
            {
              url,
              method,
              host: headers.get('host'),
              a: headers.get('a'),
              cookie: headers.get('cookie'),
              body: await request.text(),
            },
            { status: 201, headers: { b: 'c', connection: 'close' } },
          );
        },
      });
      const session = connect(server);
      const answer = await ask(session, { ':method': 'POST', ':path': '/x?y', a: 'b', cookie: ['d=e', 'f=g'] }, 'body');
      expect(answer.status).toBe(201);
      expect(answer.headers.b).toBe('c');
      expect(answer.headers.connection).toBeUndefined();
      expect(JSON.parse(answer.body)).toEqual({
        url: `${server.protocol}://localhost:${server.port}/x?y`,
        method: 'POST',
        host: `localhost:${server.port}`,
        a: 'b',
        cookie: 'd=e; f=g',
        body: 'body',
      });
    });

    test('many streams at once, large bodies both ways', async () => {
      const server = serve({ ...options, fetch: async (request: Request) => new Response(await request.bytes()) });
      const session = connect(server);
      const bodies = Array.from({ length: 20 }, (_, at) => `${at}`.repeat(50_000));
      const answers = await Promise.all(bodies.map((body) => ask(session, { ':method': 'POST' }, body)));
      expect(answers.map((answer) => answer.body)).toEqual(bodies);
    });

    test('a stream of a response comes as it is made', async () => {
      let release = () => {};
      const gate = new Promise<void>((resolve) => (release = resolve));
      const server = serve({
        ...options,
        fetch: () =>
          new Response(
            new ReadableStream({
              async start(controller) {
                controller.enqueue(new TextEncoder().encode('first'));
                await gate;
                controller.enqueue(new TextEncoder().encode(' last'));
                controller.close();
              },
            }),
          ),
      });
      const stream = connect(server).request({ ':path': '/' });
      let text = '';
      for await (const chunk of stream) {
        text += chunk;
        release();
      }
      expect(text).toBe('first last');
    });

    test('a client that resets its stream aborts the request; the connection goes on', async () => {
      let aborted = () => {};
      const done = new Promise<void>((resolve) => (aborted = resolve));
      const server = serve({
        ...options,
        fetch(request: Request) {
          if (request.url.endsWith('/ok')) return new Response('ok');
          request.signal.addEventListener('abort', () => aborted());
          return new Promise(() => {});
        },
      });
      const session = connect(server);
      const stream = session.request({ ':path': '/wait' });
      stream.on('error', () => {});
      await Bun.sleep(50);
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await done;
      expect((await ask(session, { ':path': '/ok' })).body).toBe('ok');
    });

    test('a large body goes through a small window', async () => {
      const size = 200_000;
      const server = serve({
        ...options,
        fetch: (request: Request) => {
          if (request.url.endsWith('/whole')) return new Response('x'.repeat(size));
          return new Response(
            (async function* () {
              for (let left = size; left > 0; left -= 20_000) yield 'x'.repeat(20_000);
            })(),
          );
        },
      });
      const session = http2.connect(`${server.protocol}://localhost:${server.port}`, {
        ca,
        settings: { initialWindowSize: 5000 },
      });
      sessions.push(session);
      const answers = await Promise.all(['/whole', '/pieces', '/whole'].map((name) => ask(session, { ':path': name })));
      expect(answers.map((answer) => answer.body.length)).toEqual([size, size, size]);
    });

    test('handlers that answer at once, later and never on one session', async () => {
      const server = serve({
        ...options,
        async fetch(request: Request) {
          const { pathname } = new URL(request.url);
          if (pathname === '/never') return new Promise(() => {});
          if (pathname === '/later') await Bun.sleep(5);
          return new Response(pathname, { headers: { 'x-path': pathname } });
        },
      });
      const session = connect(server);
      const never = session.request({ ':path': '/never' });
      never.on('error', () => {});
      const paths = Array.from({ length: 40 }, (_, at) => (at % 3 === 0 ? '/later' : `/${at}`));
      const answers = await Promise.all(paths.map((name) => ask(session, { ':path': name })));
      expect(answers.map((answer) => [answer.status, answer.body, answer.headers['x-path']])).toEqual(
        paths.map((name) => [200, name, name]),
      );
      expect(answers.every((answer) => !Number.isNaN(Date.parse(answer.headers.date)))).toBe(true);
      expect(server.pendingRequests).toBe(1);
      never.close(http2.constants.NGHTTP2_CANCEL);
    });

    test('routes, HEAD, 404, errors', async () => {
      const server = serve({
        ...options,
        routes: { '/static': new Response('static'), '/:id': (request: any) => new Response(request.params.id) },
        fetch: () => {
          throw new Error('expected');
        },
        error: (error: Error) => new Response(error.message, { status: 500 }),
      });
      const session = connect(server);
      expect((await ask(session, { ':path': '/static' })).body).toBe('static');
      expect((await ask(session, { ':path': '/x' })).body).toBe('x');
      const head = await ask(session, { ':path': '/static', ':method': 'HEAD' });
      expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '6']);
      expect(await ask(session, { ':path': '/a/b' })).toMatchObject({ status: 500, body: 'expected' });
    });

    test('upgrade gives false', async () => {
      const server = serve({
        ...options,
        fetch: (request: Request, it: any) => new Response(`upgraded ${it.upgrade(request)}`),
        websocket: { message() {} },
      });
      expect((await ask(connect(server))).body).toBe('upgraded false');
    });

    test('stop lets streams end and closes the session', async () => {
      const server = serve({
        ...options,
        async fetch() {
          await Bun.sleep(100);
          return new Response('late');
        },
      });
      const session = connect(server);
      await new Promise((resolve) => session.on('connect', resolve));
      const answer = ask(session);
      await Bun.sleep(50);
      const closed = new Promise((resolve) => session.on('close', resolve));
      const stopped = server.stop();
      expect((await answer).body).toBe('late');
      await closed;
      await stopped;
    });

    test('HTTP/1.1 is spoken, too, unless it is switched off', async () => {
      const get = async (server: any): Promise<string> => {
        if (server.protocol === 'http') return talk(server.port, GET, 'hi');
        return new Promise((resolve) => {
          const socket = tls.connect({ port: server.port, host: '127.0.0.1', ca, servername: 'localhost' });
          socket.on('secureConnect', () => socket.write(GET));
          socket.on('data', (data) => {
            resolve(data.toString());
            socket.destroy();
          });
        });
      };
      expect(await get(serve(options))).toStartWith('HTTP/1.1 200');
      expect(await get(serve({ ...options, http1: false }))).toStartWith('HTTP/1.1 505');
      expect((await ask(connect(serve({ ...options, http1: false })))).body).toBe('hi');
    });
  });
}

test('without http2 there is none', async () => {
  const server = serve({ http2: false });
  await expect(ask(connect(server))).rejects.toThrow();
  expect(await talk(server.port, GET, 'hi')).toStartWith('HTTP/1.1 200');
});

test('ALPN: what a client gets', async () => {
  const agreed = (server: any, ALPNProtocols?: string[]) =>
    new Promise((resolve) => {
      const socket = tls.connect({ port: server.port, host: '127.0.0.1', ca, servername: 'localhost', ALPNProtocols });
      socket.on('secureConnect', () => {
        resolve(socket.alpnProtocol);
        socket.destroy();
      });
      socket.on('error', () => resolve('error'));
    });
  const both = serve({ tls: { key, cert } });
  expect(await agreed(both, ['h2', 'http/1.1'])).toBe('h2');
  expect(await agreed(both, ['http/1.1'])).toBe('http/1.1');
  expect(await agreed(both)).toBe(false);
  const second = serve({ tls: { key, cert }, http1: false });
  expect(await agreed(second, ['h2', 'http/1.1'])).toBe('h2');
  expect(await agreed(second, ['http/1.1'])).toBe('error');
  const first = serve({ tls: { key, cert }, http2: false });
  expect(await agreed(first, ['h2', 'http/1.1'])).toBe(false);
});

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** A frame of RFC 9113 section 4.1. */
const frame = (type: number, flags: number, stream: number, payload = '') => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return head.toString('latin1') + payload;
};
const SETTINGS = frame(4, 0, 0);
/** `GET http / x` in HPACK: indexed method, scheme, path; authority literal. */
const HEAD = '\x82\x86\x84\x41\x01x';
const goneAway = (answer: string) => {
  for (let at = 0; at + 9 <= answer.length;) {
    const bytes = Buffer.from(answer, 'latin1');
    if (bytes[at + 3] === 7) return bytes.readUInt32BE(at + 13);
    at += 9 + bytes.readUIntBE(at, 3);
  }
  return null;
};

test('a body whose stream is reset is not taken for a whole one', async () => {
  let told = (_: string) => {};
  const outcome = new Promise<string>((resolve) => (told = resolve));
  const server = serve({
    async fetch(request: Request) {
      if (request.method === 'GET') return new Response('ok');
      await request.text().then(
        () => told('whole'),
        () => told('rejected'),
      );
      return new Response('too late');
    },
  });
  const half = frame(1, 4, 1, HEAD.replace('\x82', '\x83')) + frame(0, 0, 1, 'half of i');
  const CANCEL = '\0\0\0\x08';
  await talk(server.port, [PREFACE + SETTINGS + half, 50, frame(3, 0, 1, CANCEL), 100], null, { halfClose: true });
  expect(await outcome).toBe('rejected');
  expect((await ask(connect(server))).body).toBe('ok');
});

describe('floods end the connection, and the server lives on', () => {
  test('resets', async () => {
    const server = serve({ fetch: () => new Promise(() => {}) });
    let flood = PREFACE + SETTINGS;
    for (let stream = 1; stream < 4000; stream += 2)
      flood += frame(1, 5, stream, HEAD) + frame(3, 0, stream, '\0\0\0\x08');
    await talk(server.port, [flood, 200], null, { halfClose: true });
    expect((await ask(connect(serve({})))).body).toBe('hi');
    expect(server.pendingRequests).toBeLessThan(300);
  });

  test('requests that are reset in the packet that brings them', async () => {
    let aborted = 0;
    let begun = 0;
    const server = serve({
      fetch(request: Request) {
        begun++;
        request.signal.addEventListener('abort', () => aborted++);
        return request.url.endsWith('/y') ? new Response('y') : new Promise(() => {});
      },
    });
    let text = PREFACE + SETTINGS;
    for (let stream = 1; stream < 10; stream += 2)
      text += frame(1, 5, stream, HEAD) + frame(3, 0, stream, '\0\0\0\x08');
    await talk(server.port, [text, 100], null, { halfClose: true });
    expect((await ask(connect(server), { ':path': '/y' })).body).toBe('y');
    expect(server.pendingRequests).toBe(0);
    expect([begun - 1, begun - 1 - aborted]).toEqual([begun - 1, 0]);
  });

  // Bun's session ends with another code.
  test.skipIf(!isDxCompat)('continuations', async () => {
    const server = serve({});
    let flood = PREFACE + SETTINGS + frame(1, 1, 1, HEAD);
    for (let count = 0; count < 2000; count++) flood += frame(9, 0, 1, '\x40\x01a\x01b'.repeat(100));
    const answer = await talk(server.port, flood);
    expect(goneAway(answer)).toBe(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect((await ask(connect(server))).body).toBe('hi');
  });

  test('a frame that is too large, and one of nonsense', async () => {
    const server = serve({});
    for (const bad of [frame(0, 0, 0, 'x'), frame(1, 5, 2, HEAD), frame(8, 0, 0, '\0\0\0\0'), '\xff'.repeat(50)]) {
      const answer = await talk(server.port, PREFACE + SETTINGS + bad);
      expect(goneAway(answer)).toBeGreaterThan(0);
    }
    expect((await ask(connect(server))).body).toBe('hi');
  });
});
