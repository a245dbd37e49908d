import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

/** Long texts as answers: the same again, others of the same length, such that are no ASCII. */

const size = 100_000;
const texts: Record<string, string> = {
  a: 'a'.repeat(size),
  b: 'b'.repeat(size),
  almost: `${'a'.repeat(size - 1)}b`,
  latin: `${'a'.repeat(size - 1)}é`,
  wide: `${'a'.repeat(size - 1)}语`,
  emoji: '😀'.repeat(size / 2),
  huge: 'h'.repeat(3_000_000),
};
let server: any;
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    fetch: (request: Request) => new Response(texts[new URL(request.url).pathname.slice(1)]),
  });
});
afterAll(() => server.stop(true));

const order = ['a', 'a', 'a', 'b', 'a', 'almost', 'latin', 'wide', 'emoji', 'a', 'huge', 'huge', 'huge', 'b', 'latin'];
test('each gets its own', async () => {
  for (let round = 0; round < 3; round++) {
    for (const name of order) {
      const response = await fetch(server.url + name);
      expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(texts[name])));
      expect((await response.text()) === texts[name]).toBe(true);
    }
  }
});

test('also at once', async () => {
  const got = await Promise.all(
    [...order, ...order].map(async (name) => (await (await fetch(server.url + name)).text()) === texts[name]),
  );
  expect(got.every(Boolean)).toBe(true);
});

describe('uploads', () => {
  const bodies: Record<string, Uint8Array<ArrayBuffer>> = {
    ASCII: new TextEncoder().encode('abcdefgh'.repeat(200_000)),
    'a mark of the order, and letters of two bytes': new TextEncoder().encode(`\ufeff${'a\u00e9'.repeat(500_000)}`),
    'four bytes': new TextEncoder().encode('\ud83d\ude00'.repeat(300_000)),
    'no UTF-8': new Uint8Array(1_000_000).fill(0xff),
    'a mark and two letters': new TextEncoder().encode('\ufeffab'),
    'a mark and some letters': new TextEncoder().encode(`\ufeff${'\u00e9'.repeat(2000)}`),
    'two letters': new TextEncoder().encode('\u00e9\u00e8'),
    'ASCII, at once': new TextEncoder().encode('x'.repeat(20_000)),
    'a text that fits the first read': new TextEncoder().encode('x'.repeat(70_000)),
  };

  for (const [name, body] of Object.entries(bodies)) {
    test(name, async () => {
      using server = Bun.serve({
        port: 0,
        development: false,
        async fetch(request) {
          const { pathname } = new URL(request.url);
          const value = pathname === '/text' ? await request.text() : await request.bytes();
          return Response.json([value.length, Bun.hash(value).toString(), request.headers.get('content-length')]);
        },
      });
      const ask = async (path: string, init: any) =>
        (await fetch(new URL(path, server.url), { method: 'POST', ...init })).json();
      const text = new TextDecoder().decode(body);
      const length = String(body.length);
      expect(await ask('/text', { body })).toEqual([text.length, Bun.hash(text).toString(), length]);
      expect(await ask('/bytes', { body })).toEqual([body.length, Bun.hash(body).toString(), length]);
      const stream = () => {
        let at = 0;
        return new ReadableStream({
          pull(controller) {
            // An odd number: letters of several bytes are cut.
            if (at < body.length) controller.enqueue(body.slice(at, (at += 65_537)));
            else controller.close();
          },
        });
      };
      expect(await ask('/text', { body: stream() })).toEqual([text.length, Bun.hash(text).toString(), null]);
      expect(await ask('/bytes', { body: stream() })).toEqual([body.length, Bun.hash(body).toString(), null]);
    });
  }

  // The texts are over memory that is used again when they are gone, and not before.
  test('many that are kept', async () => {
    const kept: string[] = [];
    using server = Bun.serve({
      port: 0,
      development: false,
      async fetch(request) {
        const text = await request.text();
        if (request.headers.has('x-keep')) kept.push(text);
        return new Response(text);
      },
    });
    const body = (index: number) => `${index}:`.repeat(100_000);
    for (let index = 0; index < 120; index++) {
      const headers: Record<string, string> = index % 3 === 0 ? { 'x-keep': '' } : {};
      const response = await fetch(server.url, { method: 'POST', body: body(index), headers });
      expect((await response.text()) === body(index)).toBe(true);
    }
    expect(kept.length).toBe(40);
    expect(kept.every((text, at) => text === body(at * 3))).toBe(true);
  });

  test('many buffers that are kept, given away and changed', async () => {
    const kept: ArrayBuffer[] = [];
    using server = Bun.serve({
      port: 0,
      development: false,
      async fetch(request) {
        const buffer = await request.arrayBuffer();
        expect(buffer).toBeInstanceOf(ArrayBuffer);
        const moved = structuredClone(buffer, { transfer: [buffer] });
        expect(buffer.byteLength).toBe(0);
        if (request.headers.has('x-keep')) kept.push(moved);
        else new Uint8Array(moved).fill(1);
        return Response.json(moved.byteLength);
      },
    });
    const body = (index: number) => new Uint8Array(150_000 + index).fill(index);
    for (let index = 0; index < 120; index++) {
      const headers: Record<string, string> = index % 3 === 0 ? { 'x-keep': '' } : {};
      const response = await fetch(server.url, { method: 'POST', body: body(index), headers });
      expect(await response.json()).toBe(150_000 + index);
    }
    const right = kept.map((buffer, at) => Buffer.from(buffer).equals(body(at * 3)));
    expect(right).toEqual(Array(40).fill(true));
  });

  // What a request has brought goes out as it is, in this turn: of texts that look alike each client has to get its own.
  test('go out as they came, later, changed, and to others', async () => {
    const before: string[] = [];
    const ways: Record<string, (text: string) => string | Promise<string>> = {
      same: (text) => text,
      later: (text) => new Promise((resolve) => setTimeout(resolve, 5, text)),
      changed: (text) => `${text.slice(0, -1)}!`,
      part: (text) => text.slice(1),
      before: (text) => {
        before.push(text);
        return before.at(-2) ?? text;
      },
    };
    using server = Bun.serve({
      port: 0,
      development: false,
      async fetch(request) {
        const way = new URL(request.url).pathname.slice(1);
        return new Response(await ways[way](await request.text()));
      },
    });
    const body = (index: number) => `${'x'.repeat(299_000)}${index}`.padEnd(300_000, 'y');
    const ask = async (way: string, index: number) =>
      (await fetch(server.url + way, { method: 'POST', body: body(index) })).text();
    const expected = (way: string, index: number): string => {
      if (way === 'changed') return `${body(index).slice(0, -1)}!`;
      return way === 'part' ? body(index).slice(1) : body(index);
    };
    const names = ['same', 'later', 'changed', 'part'];
    for (let round = 0; round < 3; round++) {
      const asked = Array.from({ length: 24 }, (_, index) => [names[index % names.length], index] as const);
      const answers = await Promise.all(asked.map(([way, index]) => ask(way, index)));
      const right = answers.map((answer, at) => answer === expected(...asked[at]));
      expect(right).toEqual(asked.map(() => true));
    }
    for (let index = 0; index < 4; index++) {
      expect((await ask('before', index)) === body(Math.max(index - 1, 0))).toBe(true);
    }
  });
});
