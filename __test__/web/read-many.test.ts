import { expect, test } from 'bun:test';

test('readMany of a reader gives chunks, then the end', async () => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue('first');
      controller.enqueue(new Uint8Array([1, 2]));
    },
    pull(controller) {
      controller.enqueue('last');
      controller.close();
    },
  });
  const reader: any = stream.getReader();
  const chunks: unknown[] = [];
  for (;;) {
    const { value, size, done } = await reader.readMany();
    expect(size).toBeNumber();
    chunks.push(...value);
    if (done) break;
    expect(value.length).toBeGreaterThan(0);
  }
  expect(chunks).toEqual(['first', new Uint8Array([1, 2]), 'last']);
});

test('readMany of a stream that fails rejects', async () => {
  const stream = new ReadableStream({
    pull(controller) {
      controller.error(new Error('broken'));
    },
  });
  const reader: any = stream.getReader();
  expect(await (async () => reader.readMany())().catch((error: Error) => error.message)).toBe('broken');
});
