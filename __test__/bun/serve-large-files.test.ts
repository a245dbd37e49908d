import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { talk } from '../web/raw-http';

/** Files that do not fit into a socket's buffer: slow readers, pipelines, ends that come early. */

const folder = mkdtempSync(path.join(tmpdir(), 'serve-large-files-'));
const at = (name: string) => path.join(folder, name);
/** Bytes that tell where they are. */
const numbered = (size: number) => Buffer.from(new Uint32Array(size / 4).map((_, index) => index * 2654435761).buffer);
const sizes = { small: 10_000, medium: 100_000, large: 6_000_000 };
const contents = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, numbered(size)]));

const servers: any[] = [];
/** A server that ends with its test. */
function serve(options: any): any {
  const server = Bun.serve({ port: 0, development: false, ...options });
  servers.push(server);
  return server;
}
const files = () =>
  serve({
    routes: Object.fromEntries(Object.keys(sizes).map((name) => [`/${name}`, Bun.file(at(name))])),
    fetch: (request: Request) => new Response(Bun.file(at(new URL(request.url).pathname.slice(6)))),
  });

beforeAll(() => {
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(at(name), bytes);
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});
afterAll(() => rmSync(folder, { recursive: true }));

for (const prefix of ['', 'made/']) {
  describe(prefix ? 'from a handler' : 'as a route', () => {
    for (const name of Object.keys(sizes)) {
      test(`${name}: all of it`, async () => {
        const { url } = files();
        const got = Buffer.from(await (await fetch(`${url}${prefix}${name}`)).arrayBuffer());
        expect(got.equals(contents[name])).toBe(true);
      });

      test(`${name}: a part of it`, async () => {
        const { url } = files();
        const response = await fetch(`${url}${prefix}${name}`, { headers: { range: 'bytes=1001-9000' } });
        expect(response.status).toBe(206);
        expect(Buffer.from(await response.arrayBuffer()).equals(contents[name].subarray(1001, 9001))).toBe(true);
      });
    }

    // Bun sends the bytes of one file in the answer with another.
    test.skipIf(!isDxCompat)('answers to pipelined requests keep their order', async () => {
      const { port } = files();
      const names = ['small', 'large', 'medium', 'small', 'large', 'small'];
      const requests = names.map((name) => `GET /${prefix}${name} HTTP/1.1\r\nHost: x\r\n\r\n`);
      requests.push(`GET /${prefix}medium HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      let rest = Buffer.from(await talk(port, requests.join('')), 'latin1');
      for (const name of [...names, 'medium']) {
        const body = rest.indexOf('\r\n\r\n') + 4;
        expect(rest.subarray(0, 15).toString()).toBe('HTTP/1.1 200 OK');
        expect(rest.subarray(body, body + contents[name].length).equals(contents[name])).toBe(true);
        rest = rest.subarray(body + contents[name].length);
      }
      expect(rest.length).toBe(0);
    });
  });
}

/** Asks for the large file and takes nothing until it is told to. */
function slowly(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  socket.pause();
  socket.write('GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const all = async () => {
    const parts = [];
    for await (const part of socket) parts.push(part);
    return Buffer.concat(parts);
  };
  return { socket, all };
}
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a slow reader gets all of it while others are served', async () => {
  const server = files();
  const { all } = slowly(server.port);
  await later(50);
  expect((await (await fetch(`${server.url}medium`)).arrayBuffer()).byteLength).toBe(sizes.medium);
  const got = await all();
  expect(got.subarray(got.indexOf('\r\n\r\n') + 4).equals(contents.large)).toBe(true);
});

test.each(['a file', 'bytes'])('stop() lets %s go out to its end', async (what) => {
  const server = what === 'a file' ? files() : serve({ fetch: () => new Response(contents.large) });
  const { all } = slowly(server.port);
  await later(50);
  const stopped = server.stop();
  await later(20);
  const got = await all();
  expect(got.subarray(got.indexOf('\r\n\r\n') + 4).equals(contents.large)).toBe(true);
  await stopped;
});

test('a client that goes away in the middle takes nothing with it', async () => {
  const server = files();
  for (let times = 0; times < 20; times++) {
    const { socket } = slowly(server.port);
    await later(2);
    socket.resetAndDestroy();
  }
  expect((await (await fetch(`${server.url}large`)).arrayBuffer()).byteLength).toBe(sizes.large);
});

test('a handler hears of a client that goes away in the middle', async () => {
  const aborted = new Promise<void>((resolve) => {
    const server = serve({
      fetch: (request: Request) => {
        request.signal.addEventListener('abort', () => resolve());
        return new Response(Bun.file(at('large')));
      },
    });
    const { socket } = slowly(server.port);
    // What has come says that the answer is on its way.
    socket.once('readable', () => socket.resetAndDestroy());
  });
  await aborted;
});

test('a file that is cut while it is sent breaks its connection off', async () => {
  writeFileSync(at('cut'), contents.large);
  const server = serve({ routes: { '/large': Bun.file(at('cut')) }, fetch: () => new Response('alive') });
  const { all } = slowly(server.port);
  await later(50);
  truncateSync(at('cut'), 10);
  const got = await all().catch(() => Buffer.alloc(0));
  expect(got.length).toBeLessThan(sizes.large);
  expect(await (await fetch(server.url)).text()).toBe('alive');
});
