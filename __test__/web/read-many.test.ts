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

test('readMany gives all that is there at once, with its size', async () => {
  const strategy = { size: (text: string) => text.length, highWaterMark: 20 };
  const start = (controller: any) => (controller.enqueue('abc'), controller.enqueue('de'));
  const reader: any = new ReadableStream({ start }, strategy).getReader();
  expect(await reader.readMany()).toEqual({ value: ['abc', 'de'], size: 5, done: false });
  const bytes: any = new ReadableStream({
    type: 'bytes',
    start(controller) {
      controller.enqueue(new Uint8Array([1, 2]));
      controller.enqueue(new Uint8Array([3]));
      controller.close();
    },
  }).getReader();
  expect(await bytes.readMany()).toEqual({
    value: [new Uint8Array([1, 2]), new Uint8Array([3])],
    size: 3,
    done: false,
  });
  expect(await bytes.readMany()).toEqual({ value: [], size: 0, done: true });
});

test('readMany is of readers', () => {
  const { readMany } = ReadableStreamDefaultReader.prototype as any;
  for (const foreign of [undefined, {}, 5, { read: () => {} }]) {
    expect(() => readMany.call(foreign)).toThrow(
      'ReadableStreamDefaultReader.readMany() should not be called directly',
    );
  }
});
