import { afterAll, describe, expect, test } from 'bun:test';
import net from 'node:net';
import { isDxCompat } from '../runtime';
import { talk } from '../web/raw-http';

/** Bodies that are made while they are sent. */

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const direct = (source: any) => new Response(new ReadableStream({ type: 'direct', ...source } as any));
let cancelled = 0;

const bodies: Record<string, () => Response> = {
  '/closed': () => new Response(new ReadableStream({ start: (c) => (c.enqueue('short'), c.close()) })),
  '/two': () => new Response(new ReadableStream({ start: (c) => (c.enqueue('short'), c.enqueue('er'), c.close()) })),
  '/soon': () =>
    new Response(
      new ReadableStream({
        async pull(c) {
          c.enqueue('short');
          await null;
          c.close();
        },
      }),
    ),
  '/later': () =>
    new Response(
      new ReadableStream({
        async pull(c) {
          c.enqueue('short');
          await later(5);
          c.close();
        },
      }),
    ),
  '/nothing': () => new Response(new ReadableStream({ start: (c) => c.close() })),
  '/generator': () =>
    new Response(
      (async function* () {
        yield 'a';
        yield new TextEncoder().encode('b');
      })() as any,
    ),
  '/direct': () => direct({ pull: (c: any) => (c.write('one'), c.write(' two'), c.close()) }),
  '/direct-end': () => direct({ pull: (c: any) => (c.write(new Uint8Array([104, 105])), c.end()) }),
  '/direct-flush': () => direct({ pull: (c: any) => (c.write('one'), c.flush(), c.write('two'), c.end()) }),
  '/direct-async': () =>
    direct({
      async pull(c: any) {
        c.write('1');
        await c.flush();
        await later(5);
        c.write('2');
        await c.flush();
        await later(5);
        c.write('3');
      },
    }),
  '/direct-large': () =>
    direct({
      async pull(c: any) {
        for (let count = 0; count < 100; count++) {
          c.write('x'.repeat(100_000));
          await c.flush();
        }
      },
    }),
  '/direct-endless': () =>
    direct({
      async pull(c: any) {
        for (;;) {
          c.write('x'.repeat(100_000));
          await c.flush();
          await later(1);
        }
      },
      cancel: () => void cancelled++,
    }),
};
const server = Bun.serve({ port: 0, development: false, fetch: (request) => bodies[new URL(request.url).pathname]() });
afterAll(() => server.stop(true));

const get = (path: string) => talk(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
const lengthOf = (answer: string) => Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? NaN);
const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('a short body that has ended has a length', () => {
  for (const [path, body] of Object.entries({
    '/closed': 'short',
    '/two': 'shorter',
    '/soon': 'short',
    '/nothing': '',
    '/generator': 'ab',
    '/direct': 'one two',
    '/direct-end': 'hi',
  })) {
    test(path, async () => {
      const answer = await get(path);
      expect([lengthOf(answer), bodyOf(answer)]).toEqual([body.length, body]);
    });
  }
});

describe('others come in chunks', () => {
  for (const [path, body] of Object.entries({
    '/later': '5\r\nshort\r\n0\r\n\r\n',
    '/direct-async': '1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n0\r\n\r\n',
  })) {
    test(path, async () => {
      const answer = await get(path);
      expect([lengthOf(answer), bodyOf(answer)]).toEqual([NaN, body]);
    });
  }

  test('a direct one with a flush', async () => {
    expect(await (await fetch(`${server.url}direct-flush`)).text()).toBe('onetwo');
  });

  test('a large direct one', async () => {
    const body = await (await fetch(`${server.url}direct-large`)).arrayBuffer();
    expect(body.byteLength).toBe(10_000_000);
  });
});

test('direct streams as streams', async () => {
  const stream = (source: any): any => new ReadableStream({ type: 'direct', ...source });
  const results: unknown[] = [];
  expect(
    await stream({
      pull(c: any) {
        results.push(c.write('hello'), c.write(' x'), c.write(new Uint8Array(2).buffer));
        c.end();
      },
    }).text(),
  ).toBe('hello x\0\0');
  expect(results).toEqual([5, 2, 2]);
  const chunks = [];
  for await (const chunk of stream({
    pull: (c: any) => (c.write('t'), c.write('u'), c.flush(), c.write('v'), c.close()),
  }))
    chunks.push(new TextDecoder().decode(chunk));
  expect(chunks).toEqual(['tu', 'v']);
  const failing = new Response(
    stream({
      pull(c: any) {
        c.write('a');
        throw new Error('thrown');
      },
    }),
  );
  await expect(failing.text()).rejects.toThrow('thrown');
  await expect(new Response(stream({ pull: (c: any) => c.close(new Error('given')) })).text()).rejects.toThrow('given');
  expect(new ReadableStream()).toBeInstanceOf(ReadableStream);
});

// Bun goes on writing until its handler looks.
test.skipIf(!isDxCompat)('a client that goes away cancels a direct stream', async () => {
  const before = cancelled;
  const socket = net.connect({ port: server.port as number, host: '127.0.0.1' });
  socket.write('GET /direct-endless HTTP/1.1\r\nHost: x\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  for (let tries = 0; cancelled === before && tries < 100; tries++) await later(10);
  expect(cancelled).toBe(before + 1);
});

describe('pieces that come at once are put together', () => {
  // Texts of one to four bytes a letter, and bytes in memory that is used again, up to and over what is kept back for the head.
  const piece = (memory: Uint8Array, kind: number, at: number): string | Uint8Array => {
    if (kind === 0) return `${at},`;
    if (kind === 1) return `\u00e9\u8a9e\ud83d\ude00${at}`.repeat(kind + (at % 3));
    if (kind === 2) return 'long text '.repeat(at % 2000);
    return memory.subarray(0, (at * 997) % memory.length).fill(at % 256);
  };
  const plans: Record<string, number[]> = {
    nothing: [],
    'short texts': [0, 0, 0, 1, 1],
    'bytes that fill 64 KB exactly': Array(16).fill(3),
    'all kinds': [0, 3, 1, 2, 3, 0, 1, 2],
    'more than 64 KB': [3, 2, 3, 2, 3, 1, 3, 3, 0, 2],
    'much more': Array.from({ length: 60 }, (_, at) => at % 4),
  };
  const expected = (name: string, seed: number) =>
    Buffer.concat(Array.from(inTurn(name, seed), (each) => Buffer.from(each as any)));
  /** One after the other: each uses the memory of the one before. */
  function* inTurn(name: string, seed: number) {
    const memory = new Uint8Array(40_000);
    for (const [at, kind] of plans[name].entries())
      yield name.endsWith('exactly') ? memory.subarray(0, 4096).fill(seed + at) : piece(memory, kind, seed + at * 13);
  }

  for (const name of Object.keys(plans)) {
    test(name, async () => {
      using server = Bun.serve({
        port: 0,
        development: false,
        fetch({ url }) {
          const [way, seed] = new URL(url).pathname.slice(1).split('/');
          if (way === 'direct')
            return direct({
              pull(c: any) {
                for (const each of inTurn(name, Number(seed))) c.write(each);
                c.end();
              },
            });
          return new Response(
            (async function* () {
              yield* inTurn(name, Number(seed)) as any;
            })(),
          );
        },
      });
      const ways = ['generator', 'direct'].flatMap((way) => [1, 2, 3, 4].map((seed) => [way, seed] as const));
      const answers = await Promise.all(
        ways.map(async ([way, seed]) => Buffer.from(await (await fetch(`${server.url}${way}/${seed}`)).bytes())),
      );
      const right = answers.map((answer, at) => answer.equals(expected(name, ways[at][1])));
      expect(right).toEqual(ways.map(() => true));
    });
  }
});

describe('the sink of a direct stream', () => {
  test('waits for a client that does not read', async () => {
    const size = 65_536;
    const most = 1000;
    let written = 0;
    const results: unknown[] = [];
    using server = Bun.serve({
      port: 0,
      fetch: () =>
        direct({
          async pull(c: any) {
            expect(c.start()).toBeUndefined();
            for (; written < most; written++) {
              const result = c.write(new Uint8Array(size));
              if (typeof result === 'number') continue;
              expect(result).toBeInstanceOf(Promise);
              results.push(await result);
            }
            const flushed = c.flush(true);
            expect(flushed).toBeInstanceOf(Promise);
            results.push(await flushed, typeof c.end());
          },
        }),
    });
    const socket = net.connect({ port: server.port as number, host: '127.0.0.1' });
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let before = -1;
    while (written === 0 || written > before) {
      before = written;
      await later(200);
    }
    expect(written).toBeLessThan(most);
    let received = 0;
    socket.on('data', (data) => (received += data.length));
    await new Promise((resolve) => socket.once('close', resolve).resume());
    expect(received).toBeGreaterThan(most * size);
    expect(written).toBe(most);
    expect(new Set(results)).toEqual(new Set([size, 0, 'number']));
  });

  test('is told that a client has gone while it waits for it', async () => {
    let ended = false;
    using server = Bun.serve({
      port: 0,
      fetch: () =>
        direct({
          async pull(c: any) {
            while (!ended) {
              if ((await c.write(new Uint8Array(65_536))) === 0) break;
            }
          },
          cancel: () => void (ended = true),
        }),
    });
    const socket = net.connect({ port: server.port as number, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    await later(100);
    socket.destroy();
    for (let tries = 0; !ended && tries < 200; tries++) await later(10);
    expect(ended).toBe(true);
  });

  const closed = 'This HTTPResponseSink has already been closed.';

  test('takes nothing after the answer', async () => {
    let sink: any;
    const server = Bun.serve({
      port: 0,
      fetch: () =>
        direct({
          async pull(c: any) {
            sink = c;
            await null;
            c.write('a');
            await c.flush();
            c.write('b');
          },
        }),
    });
    expect(await (await fetch(server.url)).text()).toBe('ab');
    expect(() => sink.write('c')).toThrow(closed);
    expect(() => sink.flush()).toThrow(closed);
    expect(() => sink.write.call({}, 'c')).toThrow('Expected HTTPResponseSink');
    expect(sink.end()).toBeUndefined();
    expect(sink.close()).toBeUndefined();
    await server.stop(true);
  });

  test('writes to nobody when the client has gone, and is told why', async () => {
    const results: unknown[] = [];
    const server = Bun.serve({
      port: 0,
      fetch: () =>
        direct({
          async pull(c: any) {
            c.write('a');
            c.flush();
            await later(100);
            results.push(c.write('b'), c.flush());
          },
          cancel: (reason: any) => results.push(`${reason}`),
        }),
    });
    await talk(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'a');
    await later(200);
    expect(results).toEqual(['AbortError: The connection was closed.', 0, 0]);
    await server.stop(true);
  });
});

describe('HEAD of a body that comes in pieces', () => {
  let asked = 0;
  let cancels: unknown[] = [];
  const cancel = (reason: unknown) => void cancels.push(reason);
  const bodies: Record<string, () => any> = {
    stream: () =>
      new ReadableStream(
        {
          pull(controller) {
            asked++;
            controller.enqueue('x');
            controller.close();
          },
          cancel,
        },
        { highWaterMark: 0 },
      ),
    generator: () =>
      (async function* () {
        asked++;
        yield 'x';
      })(),
    direct: () =>
      new ReadableStream({
        type: 'direct',
        pull(controller: any) {
          asked++;
          controller.write('x');
          controller.close();
        },
        cancel,
      } as any),
  };

  for (const [name, body] of Object.entries(bodies)) {
    test(name, async () => {
      using server = Bun.serve({
        port: 0,
        development: false,
        fetch: ({ url }) => new Response(body(), { status: url.endsWith('/204') ? 204 : 200, headers: { a: 'b' } }),
      });
      asked = 0;
      cancels = [];
      const ask = (path: string) => talk(server.port, `HEAD ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const answer = await ask('/');
      expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\r\ntransfer-encoding: chunked\r\n(?:.+\r\n)*\r\n$/i);
      expect(answer).toMatch(/\r\na: b\r\n/);
      expect(answer).not.toMatch(/content-length/i);
      expect(await ask('/204')).not.toMatch(/transfer-encoding|content-length/i);
      expect(asked).toBe(0);
      expect(cancels).toEqual(name === 'generator' ? [] : [undefined, undefined]);
      // The next request of a connection is answered as ever.
      const both = await talk(
        server.port,
        'HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      );
      expect(both.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
      expect(both).toMatch(/x(\r\n0\r\n\r\n)?$/);
    });
  }

  // Bun reads on, and keeps the connection.
  test.skipIf(!isDxCompat)('the answer of another server: its connection is let go', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<string>();
    const other = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('close', () => resolve('closed'));
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
        socket.write(new Uint8Array(50_000_000));
      });
    });
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const { port } = other.address() as net.AddressInfo;
    using server = Bun.serve({ port: 0, fetch: () => fetch(`http://127.0.0.1:${port}/`) });
    expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
    expect(await closed).toBe('closed');
    other.close();
  });
});
