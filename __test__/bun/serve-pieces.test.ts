import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the bytes of a request come changes neither what the handler sees of it nor the answer. */
describe('requests whole and in pieces', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'serve-pieces-'));
  let server: ReturnType<typeof Bun.serve>;

  beforeAll(() => {
    const file = path.join(folder, 'file');
    writeFileSync(file, 'of a file');
    const encoder = new TextEncoder();
    const answers: Record<string, (request: Request) => Response | Promise<Response>> = {
      seen: async (request) =>
        Response.json({
          method: request.method,
          url: new URL(request.url).pathname + new URL(request.url).search,
          headers: [...request.headers],
          body: await request.text(),
        }),
      text: () => new Response('text'),
      empty: () => new Response(),
      none: () => new Response(null, { status: 204 }),
      unchanged: () => new Response(null, { status: 304, headers: { etag: '"a"' } }),
      missing: () => new Response('none', { status: 404, headers: { 'x-a': 'b', 'content-type': 'text/x' } }),
      moved: () => Response.redirect('/elsewhere', 302),
      cookies: () =>
        new Response('c', {
          headers: [
            ['set-cookie', 'a=b'],
            ['set-cookie', 'c=d'],
          ],
        }),
      bytes: () => new Response(new Uint8Array([0, 255, 10])),
      large: () => new Response('x'.repeat(100_000)),
      many: () => new Response(new Uint8Array(100_000).fill(7)),
      later: async () => {
        await sleep(1);
        return new Response('later');
      },
      generator: () =>
        new Response(
          (async function* () {
            yield 'a';
            await sleep(1);
            yield 'b';
          })() as any,
        ),
      pieces: () =>
        new Response(
          (async function* () {
            for (let count = 0; count < 16; count++) yield new Uint8Array(4096).fill(count);
          })() as any,
        ),
      stream: () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              controller.enqueue(encoder.encode('streamed'));
              await sleep(1);
              controller.close();
            },
          }),
        ),
      file: () => new Response(Bun.file(file)),
      throws: () => {
        throw new Error('on purpose');
      },
      last: () => new Response('last', { headers: { connection: 'close' } }),
    };
    server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      routes: { '/route/:name': (request) => Response.json(request.params), '/fixed': new Response('fixed') },
      fetch: (request) => answers[new URL(request.url).pathname.slice(1)](request),
      error: (error) => new Response(error.message, { status: 500 }),
    });
  });
  afterAll(async () => {
    await server.stop(true);
    rmSync(folder, { recursive: true });
  });

  /** Sends pieces on a connection that has asked for something before, or not; gives the answer without its date. */
  async function answer(pieces: string[], before: string[][]) {
    const socket = net.connect(server.port!, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    let ended = false;
    socket.on('end', () => (ended = true));
    const whole = (pieces: string[]) => {
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return false;
      const head = text.slice(0, end).toLowerCase();
      const length = /content-length: (\d+)/.exec(head)?.[1];
      const bodiless = pieces[0].startsWith('HEAD') || / (304|204) /.test(head);
      if (length !== undefined && !bodiless) return text.length >= end + 4 + Number(length);
      return head.includes('chunked') && !bodiless ? text.endsWith('0\r\n\r\n') : true;
    };
    try {
      for (const request of [...before, pieces]) {
        text = '';
        for (const [at, piece] of request.entries()) {
          if (at > 0) await sleep(5);
          socket.write(piece, 'latin1');
        }
        while (!whole(request)) {
          expect(ended).toBe(false);
          await sleep(1);
        }
      }
    } finally {
      socket.destroy();
    }
    return text.replace(/^date: .*\r\n/im, '');
  }

  const split = (text: string) => [text.slice(0, 9), text.slice(9)];
  const head = (target: string, fields = '') => `GET ${target} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;
  const names = [
    'text',
    'empty',
    'none',
    'unchanged',
    'missing',
    'moved',
    'cookies',
    'bytes',
    'large',
    'many',
    'later',
  ];
  const slow = ['generator', 'pieces', 'stream', 'file', 'throws', 'last'];
  const requests: [string, string][] = [
    ...[...names, ...slow].map((name): [string, string] => [name, head(`/${name}`)]),
    ['what is seen', head('/seen?a=b%20c&d', 'User-Agent: a b\r\nX-Empty:\r\nX-Trim: \t c \r\nX-Latin: \xe9\r\n')],
    ['a field twice', head('/seen', 'Accept: a\r\nX-A: b\r\nAccept: c\r\nCookie: a=b\r\nCookie: c=d\r\n')],
    ['keep-alive', head('/seen', 'Connection: keep-alive\r\n')],
    ['a body', 'POST /seen HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nbo\r\ndy'],
    ['an empty body', 'PUT /seen HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'],
    ['a body in chunks', 'POST /seen HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'],
    ['a body and a stream', 'POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody'],
    ['a parameter', head('/route/a%20b')],
    ['a fixed route', head('/fixed')],
    ['its HEAD', 'HEAD /fixed HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['HEAD', 'HEAD /text HTTP/1.1\r\nHost: x\r\n\r\n'],
  ];

  test.each(requests)('%s', async (name, request) => {
    const other = head('/text');
    const whole = await answer([request], []);
    expect(whole).toStartWith('HTTP/1.1 ');
    expect(await answer(split(request), [])).toBe(whole);
    // A connection that has a parser at work, and one whose other requests needed none.
    expect(await answer([request], [split(other), split(other), [other]])).toBe(whole);
    expect(await answer(split(request), [[other], [other]])).toBe(whole);
  });
});

test('stop(true) in the turn of an answer ends its connection', async () => {
  const large = new Uint8Array(400_000).fill(121);
  let answerFirst = () => {};
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/first') {
        await new Promise<void>((resolve) => (answerFirst = resolve));
        return new Response(large);
      }
      if (pathname === '/second') {
        answerFirst();
        for (let turn = 0; turn < 20; turn++) await null;
        void server.stop(true);
      }
      return new Response('answered');
    },
  });
  const opened = async () => {
    const socket = net.connect(Number(server.port), '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    return socket;
  };
  const [first, second] = await Promise.all([opened(), opened()]);
  const closed = [first, second].map((socket) => new Promise((resolve) => socket.on('close', resolve)));
  first!.write('GET /first HTTP/1.1\r\nHost: x\r\n\r\n');
  await sleep(50);
  second!.write(`POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n${'b'.repeat(60_000)}`);
  await Promise.all(closed);
  expect(server.pendingRequests).toBe(0);
});
