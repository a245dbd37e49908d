import { afterEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import { isDxCompat } from '../runtime';
import { GET, talk } from '../web/raw-http';

/** Clients that do not behave, and handlers that do not: the server goes on, sockets come back. */

const linux = process.platform === 'linux';
const sockets = () => readdirSync('/proc/self/fd').length;
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
/** Waits until a condition holds, two seconds at most. */
async function until(condition: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await later(10);
  return condition();
}

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

async function connect(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
const works = async (server: any) => (await fetch(server.url)).status === 200;

describe.skipIf(!linux)('clients', () => {
  test('that connect and go, by the hundred', async () => {
    const server = serve({ fetch: () => new Response('hi') });
    await works(server);
    const before = sockets();
    for (let round = 0; round < 20; round++) {
      const clients = await Promise.all(Array.from({ length: 50 }, () => connect(server.port)));
      for (const [at, client] of clients.entries()) {
        if (at % 3 === 1) client.write('GET / HT');
        if (at % 3 === 2) client.resetAndDestroy();
        else client.destroy();
      }
    }
    expect(await until(() => sockets() <= before + 2)).toBe(true);
    expect(await works(server)).toBe(true);
    expect(server.pendingRequests).toBe(0);
  });

  test('that reset in the middle of a body, up and down', async () => {
    const failures: string[] = [];
    const server = serve({
      async fetch(request: Request) {
        if (request.method === 'GET') return new Response('hi');
        if (request.url.endsWith('/down')) return new Response('x'.repeat(20_000_000));
        try {
          await request.text();
        } catch (error: any) {
          failures.push(error.name);
        }
        return new Response('late');
      },
    });
    await works(server);
    const before = sockets();
    for (const path of ['/up', '/down']) {
      for (let count = 0; count < 10; count++) {
        const client = await connect(server.port);
        const length = path === '/up' ? 1_000_000 : 0;
        client.write(
          `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${path === '/up' ? 'abc' : ''}`,
        );
        if (path === '/down') await once(client, 'data');
        else await later(5);
        client.resetAndDestroy();
      }
    }
    expect(await until(() => failures.length === 10 && server.pendingRequests === 0)).toBe(true);
    expect(new Set(failures)).toEqual(new Set(['AbortError']));
    expect(await until(() => sockets() <= before + 2)).toBe(true);
    expect(await works(server)).toBe(true);
  });

  test('that close their side and wait get their answer', async () => {
    const server = serve({ fetch: () => new Response('hi') });
    expect(await talk(server.port, GET, null, { halfClose: true })).toEndWith('hi');
  });

  test('that never read', async () => {
    const server = serve({ fetch: () => new Response('x'.repeat(30_000_000)), idleTimeout: 1 });
    const client = await connect(server.port);
    client.pause();
    client.write(GET + GET + GET);
    await later(100);
    const other = await talk(server.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(other.length).toBeGreaterThan(30_000_000);
    client.destroy();
    expect(await until(() => server.pendingRequests === 0)).toBe(true);
  });

  // Bun lets a connection that has sent nothing stay for longer.
  test.skipIf(!isDxCompat)(
    'that send nothing, or half a head, are closed by idleTimeout',
    async () => {
      const server = serve({ fetch: () => new Response('hi'), idleTimeout: 1 });
      const client = await connect(server.port);
      const closed = once(client, 'close');
      client.resume();
      const half = await connect(server.port);
      half.write('GET / HTTP/1.1\r\nHost');
      half.resume();
      await Promise.all([closed, once(half, 'close')]);
      expect(await works(server)).toBe(true);
    },
    10_000,
  );
});

describe('bodies over the limit', () => {
  test('are refused by their length, and when they grow over it', async () => {
    const server = serve({
      maxRequestBodySize: 1000,
      fetch: async (request: Request) => new Response(`${(await request.text()).length}`),
    });
    const post = (fields: string, body: string) => `POST / HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n${body}`;
    expect(await talk(server.port, post('Content-Length: 1000', 'x'.repeat(1000)), '1000')).toContain('200');
    expect(await talk(server.port, post('Content-Length: 1001', 'x'.repeat(1001)))).toStartWith('HTTP/1.1 413');
    expect(await talk(server.port, post('Content-Length: 99999999999', ''))).toStartWith('HTTP/1.1 413');
    const chunk = `200\r\n${'x'.repeat(512)}\r\n`;
    expect(await talk(server.port, [post('Transfer-Encoding: chunked', chunk), 5, chunk, 5, chunk])).toStartWith(
      'HTTP/1.1 413',
    );
    expect(server.pendingRequests).toBe(0);
  });
});

describe('handlers', () => {
  // Bun's test runner takes a handler's late error for its own.
  test.skipIf(!isDxCompat)('that never answer are let go with their client', async () => {
    let aborted = 0;
    const server = serve({
      fetch(request: Request) {
        if (request.url.endsWith('/ok')) return new Response('ok');
        request.signal.addEventListener('abort', () => aborted++);
        return new Promise(() => {});
      },
    });
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect(server.port)));
    for (const client of clients) client.write(GET);
    expect(await until(() => server.pendingRequests === 20)).toBe(true);
    for (const client of clients) client.destroy();
    expect(await until(() => server.pendingRequests === 0 && aborted === 20)).toBe(true);
    expect(await (await fetch(`${server.url}ok`)).text()).toBe('ok');
  });

  test('that throw late are answered by error, once', async () => {
    let failures = 0;
    const server = serve({
      async fetch() {
        await later(5);
        throw new Error('expected');
      },
      error() {
        failures++;
        return new Response('handled', { status: 503 });
      },
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(server.url)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(503));
    expect(failures).toBe(10);
  });

  test('that answer after their client has gone harm nobody', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const server = serve({
      async fetch(request: Request) {
        if (request.url.endsWith('/ok')) return new Response('ok');
        await gate;
        return new Response('late');
      },
    });
    const client = await connect(server.port);
    client.write(GET);
    expect(await until(() => server.pendingRequests === 1)).toBe(true);
    client.destroy();
    expect(await until(() => server.pendingRequests === 0)).toBe(true);
    release();
    await later(10);
    expect(await (await fetch(`${server.url}ok`)).text()).toBe('ok');
  });

  test('that upgrade and answer, or upgrade twice', async () => {
    const server = serve({
      fetch(request: Request, it: any) {
        const results = [it.upgrade(request), it.upgrade(request)];
        console.assert(results[1] === false);
        return new Response('too late');
      },
      websocket: { message() {}, open: (ws: any) => ws.send('open') },
    });
    const handshake =
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\n\r\n';
    const answer = await talk(server.port, [handshake, 50], 'open');
    expect(answer).toStartWith('HTTP/1.1 101');
    expect(answer).not.toContain('too late');
  });
});
