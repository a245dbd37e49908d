import { afterEach, describe, expect, test } from 'bun:test';
import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { isDxCompat } from '../runtime';
import { talk } from '../web/raw-http';

/** Each request has a context of its own, and tools can watch. */

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

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Requests that arrive at once. */
const together = (paths: string[]) => paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');

describe('AsyncLocalStorage', () => {
  test('requests begin in the context of their server and keep to themselves', async () => {
    const storage = new AsyncLocalStorage<string>();
    const server = storage.run('outer', () =>
      serve({
        async fetch(request: Request) {
          const before = storage.getStore();
          storage.enterWith(new URL(request.url).pathname);
          await later(2);
          return new Response(`<${before} ${storage.getStore()}>`);
        },
      }),
    );
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(['a', 'b', 'c'].map(async (path) => (await fetch(server.url + path)).text()));
      expect(answers).toEqual(['<outer /a>', '<outer /b>', '<outer /c>']);
    }
  });

  // Real Bun answers pipelined requests one after the other, and hangs here.
  test.skipIf(!isDxCompat)('requests of one batch, too', async () => {
    const storage = new AsyncLocalStorage<string>();
    const server = serve({
      async fetch(request: Request) {
        const before = storage.getStore();
        const id = executionAsyncId();
        storage.enterWith(new URL(request.url).pathname);
        await null;
        return new Response(`<${before} ${storage.getStore()} ${id}>`);
      },
    });
    const answer = await talk(server.port, together(['/a', '/b', '/c']), '/c ');
    expect(answer.match(/<\S+ \S+/g)).toEqual(['<undefined /a', '<undefined /b', '<undefined /c']);
    expect(new Set(answer.match(/ \d+>/g)).size).toBe(3);
  });

  test('messages of WebSockets', async () => {
    const storage = new AsyncLocalStorage<string>();
    const server = serve({
      fetch: (request: Request, it: any) => (it.upgrade(request) ? undefined : new Response('no')),
      websocket: {
        message(ws: any, message: string) {
          const before = storage.getStore();
          storage.enterWith(message);
          ws.send(`${before} ${storage.getStore()}`);
        },
      },
    });
    const handshake =
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQEBAQEBAQEBAQEBAQEBAQ==\r\n\r\n';
    const frame = (text: string) => `\x81\x81\0\0\0\0${text}`;
    const answer = await talk(server.port, [handshake, 20, frame('a') + frame('b')], ' b');
    expect(answer.match(/undefined \w/g)).toEqual(['undefined a', 'undefined b']);
  });
});

// Bun has no such channels.
describe.skipIf(!isDxCompat)('diagnostics_channel', () => {
  test('start, finish and error of requests', async () => {
    const seen: unknown[] = [];
    const server = serve({
      fetch(request: Request) {
        if (request.url.endsWith('/fail')) throw new Error('expected');
        return new Response('ok', { status: 201 });
      },
      error: () => new Response('handled', { status: 500 }),
    });
    const path = (request: Request) => new URL(request.url).pathname;
    const listeners: Record<string, (message: any) => void> = {
      start: ({ request, server: it }) => seen.push(['start', path(request), it === server]),
      finish: ({ request, response }) => seen.push(['finish', path(request), response.status]),
      error: ({ request, error }) => seen.push(['error', path(request), error.message]),
    };
    const channel = (name: string) => `dx-compat:serve.request.${name}`;
    for (const [name, listener] of Object.entries(listeners)) diagnostics.subscribe(channel(name), listener);
    await fetch(`${server.url}ok`);
    await fetch(`${server.url}fail`);
    for (const [name, listener] of Object.entries(listeners)) diagnostics.unsubscribe(channel(name), listener);
    await fetch(`${server.url}unseen`);
    expect(seen).toEqual([
      ['start', '/ok', true],
      ['finish', '/ok', 201],
      ['start', '/fail', true],
      ['error', '/fail', 'expected'],
      ['finish', '/fail', 500],
    ]);
  });

  test('a store that is bound to the start holds for the handler', async () => {
    const storage = new AsyncLocalStorage<string>();
    const channel = diagnostics.channel('dx-compat:serve.request.start');
    channel.bindStore(storage, (message: any) => `span of ${new URL(message.request.url).pathname}`);
    const server = serve({
      async fetch() {
        await later(1);
        return new Response(storage.getStore());
      },
    });
    expect(await (await fetch(`${server.url}a`)).text()).toBe('span of /a');
    channel.unbindStore(storage);
    expect(await (await fetch(`${server.url}a`)).text()).toBe('');
  });
});
