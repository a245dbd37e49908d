import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

// How frameworks change the headers of a response: a new one with the body of the old.
const responses: Record<string, () => Response> = {
  text: () => new Response(new Response('grüße').body),
  init: () => {
    const old = Response.json({ a: 1 });
    return new Response(old.body, old);
  },
  bytes: () => new Response(new Response(new Uint8Array([1, 2, 3])).body),
  blob: () => new Response(new Response(new Blob(['abc'], { type: 'image/png' })).body),
  twice: () => new Response(new Response(new Response('abc').body).body),
  empty: () => new Response(new Response('').body),
};

let server: ReturnType<typeof Bun.serve>;
beforeAll(() => {
  server = Bun.serve({ port: 0, fetch: (request) => responses[new URL(request.url).pathname.slice(1)]() });
});
afterAll(() => server.stop(true));

describe('a response made of the body of another', () => {
  test.each([
    ['text', 'application/octet-stream', 7],
    ['init', 'application/json;charset=utf-8', 7],
    ['bytes', 'application/octet-stream', 3],
    ['blob', 'image/png', 3],
    ['twice', 'application/octet-stream', 3],
    ['empty', null, 0],
  ])('%s keeps its length', async (name, type, length) => {
    const answer = await fetch(new URL(name, server.url));
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('content-length')).toBe(String(length));
    expect((await answer.bytes()).length).toBe(length);
  });

  test('the old body is there to be read as a stream', async () => {
    const old = new Response('abc');
    const reader = old.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('abc');
    expect((await reader.read()).done).toBe(true);
    expect(() => new Response(old.body)).toThrow('locked');
  });
});
