import { afterAll, beforeAll, expect, test } from 'bun:test';

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
