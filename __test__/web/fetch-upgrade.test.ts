import { expect, test } from 'bun:test';

const headers = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
/** A masked frame with a short text, its mask being zero. */
const frame = (opcode: number, text: string) =>
  Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);

test('after an upgrade the bodies are what both sides say over the new protocol', async () => {
  const heard: unknown[] = [];
  const closed = Promise.withResolvers<void>();
  using server = Bun.serve({
    port: 0,
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('no', { status: 400 })),
    websocket: {
      open: (ws) => void ws.send('welcome'),
      message: (ws, message) => {
        heard.push(message);
        ws.send(`${message}!`);
      },
      close: () => closed.resolve(),
    },
  });
  const response = await fetch(server.url, {
    headers,
    async *body() {
      yield frame(1, 'one');
      yield frame(1, 'two');
      yield frame(8, '');
    },
  } as any);
  expect(response.status).toBe(101);
  expect(response.headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
  await closed.promise;
  expect(heard).toEqual(['one', 'two']);
  for (const said of ['\x81\x07welcome', '\x81\x04one!', '\x81\x04two!']) expect(text).toContain(said);
});

test('a server that does not upgrade answers', async () => {
  using server = Bun.serve({ port: 0, fetch: () => new Response('no', { status: 400 }) });
  const response = await fetch(server.url, { headers });
  expect([response.status, await response.text()]).toEqual([400, 'no']);
});
