import { describe, expect, test } from 'bun:test';
import zlib from 'node:zlib';

type Pair = { readable: ReadableStream; writable: WritableStream };
const formats = ['gzip', 'deflate', 'deflate-raw', 'brotli', 'zstd'];
const Compression = CompressionStream as any;
const Decompression = DecompressionStream as any;
const text = Buffer.from('hello world '.repeat(1000));
const noise = Uint8Array.from({ length: 300_000 }, (_, at) => (Math.imul(at, 2_654_435_761) >>> 13) & 255);

/** All that comes out when the chunks go in. */
async function through(stream: Pair, chunks: unknown[]): Promise<Buffer> {
  const writer = stream.writable.getWriter();
  const writing = (async () => {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  })();
  writing.catch(() => {});
  const parts: Uint8Array[] = [];
  for await (const part of stream.readable as any) parts.push(part);
  await writing;
  return Buffer.concat(parts);
}

/** What a call throws, as `Class code: message`. */
async function fault(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error: any) {
    return `${error.constructor.name} ${error.code}: ${error.message}`;
  }
  return 'nothing';
}

const pieces = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

describe.each(formats)('%s', (format) => {
  const packed = through(new Compression(format), [text]);

  test.each([1, 7, 5000, 1_000_000])('round trips in pieces of %d', async (size) => {
    for (const bytes of size < 100 ? [text] : [text, noise]) {
      const compressed = await through(new Compression(format), pieces(bytes, size));
      expect((await through(new Decompression(format), pieces(compressed, size))).equals(bytes)).toBe(true);
    }
  });

  test('nothing in gives an empty stream', async () => {
    const empty = await through(new Compression(format), []);
    expect(empty.length).toBeGreaterThan(0);
    expect(await through(new Decompression(format), [empty])).toHaveLength(0);
  });

  test('truncated data', async () => {
    const bytes = await packed;
    for (const length of [0, 1, bytes.length >> 1, bytes.length - 1]) {
      const call = () => through(new Decompression(format), length ? [bytes.subarray(0, length)] : []);
      expect(await fault(call)).toBe('TypeError undefined: unexpected end of file');
    }
  });

  test('something behind the end', async () => {
    const expected =
      format === 'gzip'
        ? 'TypeError undefined: inflate failed'
        : 'TypeError ERR_TRAILING_JUNK_AFTER_STREAM_END: Trailing junk found after the end of the compressed stream';
    const junk = Buffer.from('junk');
    for (const chunks of [[Buffer.concat([await packed, junk])], [await packed, junk]]) {
      expect(await fault(() => through(new Decompression(format), chunks))).toBe(expected);
    }
  });

  test('two streams', async () => {
    const call = async () => {
      const twice = Buffer.concat([await packed, await packed]);
      expect(await through(new Decompression(format), [twice])).toHaveLength(24_000);
    };
    if (format === 'gzip' || format === 'zstd') await call();
    else expect(await fault(call)).toContain('ERR_TRAILING_JUNK_AFTER_STREAM_END');
  });

  test('no compressed data', async () => {
    const messages: Record<string, string> = {
      brotli: 'TypeError ERR__ERROR_FORMAT_PADDING_1: brotli decode failed',
      zstd: 'TypeError undefined: zstd decode failed',
    };
    expect(await fault(() => through(new Decompression(format), [Buffer.from('this is not compressed at all')]))).toBe(
      messages[format] ?? 'TypeError undefined: inflate failed',
    );
  });

  test('chunks', async () => {
    for (const [chunk, length] of [
      ['abc', 3],
      [new ArrayBuffer(3), 3],
      [new DataView(new ArrayBuffer(3)), 3],
      [new Float32Array(2), 8],
      [new Uint8Array(0), 0],
    ]) {
      const compressed = await through(new Compression(format), [chunk]);
      expect(await through(new Decompression(format), [compressed])).toHaveLength(length as number);
    }
    const shared = new SharedArrayBuffer(3);
    const wrong = 'TypeError ERR_INVALID_ARG_TYPE: The "chunk" argument must be of type BufferSource. Received';
    for (const chunk of [5, undefined, {}, [1], shared, new Uint8Array(shared)]) {
      expect(await fault(() => through(new Compression(format), [chunk]))).toStartWith(wrong);
    }
    expect(await fault(() => through(new Compression(format), [null]))).toBe(
      'TypeError ERR_STREAM_NULL_VALUES: May not write null values to stream',
    );
  });

  test('cancelled and aborted', async () => {
    const compression = new Compression(format);
    await compression.readable.cancel('enough');
    expect(
      await compression.writable
        .getWriter()
        .write(text)
        .catch((reason: unknown) => reason),
    ).toBe('enough');
    const decompression = new Decompression(format);
    const reason = new Error('enough');
    await decompression.writable.abort(reason);
    expect(
      await decompression.readable
        .getReader()
        .read()
        .catch((error: unknown) => error),
    ).toBe(reason);
  });

  test('in a chain', async () => {
    const chain = new Blob([text])
      .stream()
      .pipeThrough(new Compression(format) as any)
      .pipeThrough(new Decompression(format) as any);
    expect(await new Response(chain as any).text()).toBe(text.toString());
  });
});

describe('the classes', () => {
  test.each([
    ['CompressionStream', Compression],
    ['DecompressionStream', Decompression],
  ])('%s', async (name, Class) => {
    const stream = new Class('brotli');
    expect(stream).toBeInstanceOf(Class);
    expect(stream.constructor).toBe(Class);
    expect(Object.getOwnPropertyNames(stream)).toEqual([]);
    expect(stream.readable).toBeInstanceOf(ReadableStream);
    expect(stream.writable).toBeInstanceOf(WritableStream);
    expect(Object.getOwnPropertyNames(Class.prototype)).toEqual(['constructor', 'readable', 'writable']);
    expect([Class.name, Class.length, `${stream}`]).toEqual([name, 1, `[object ${name}]`]);
    expect(new (class extends Class {})('zstd')).toBeInstanceOf(Class);
    expect(new Class({ toString: () => 'gzip' })).toBeInstanceOf(Class);
    for (const format of ['x', 'GZIP', '', undefined, null, 5, {}]) {
      expect(await fault(() => new Class(format))).toStartWith(
        "TypeError ERR_INVALID_ARG_VALUE: The argument 'format' must be one of: deflate, deflate-raw, gzip, brotli, zstd. Received ",
      );
    }
    expect(await fault(() => Class('gzip'))).toBe(
      `TypeError ERR_ILLEGAL_CONSTRUCTOR: Use \`new ${name}(...)\` instead of \`${name}(...)\``,
    );
    const { get } = Object.getOwnPropertyDescriptor(Class.prototype, 'readable') as any;
    expect(await fault(() => get.call({}))).toBe(`TypeError ERR_INVALID_THIS: Value of "this" must be of type ${name}`);
  });
});

describe('a reader that is slow', () => {
  const size = 50_000_000;
  const bombs: [string, () => Uint8Array][] = [
    ['gzip', () => zlib.gzipSync(Buffer.alloc(size))],
    ['deflate', () => zlib.deflateSync(Buffer.alloc(size))],
    [
      'brotli',
      () => zlib.brotliCompressSync(Buffer.alloc(size), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ],
    ['zstd', () => Bun.zstdCompressSync(Buffer.alloc(size))],
  ];
  test.each(bombs)('holds up a write that stands for much more, %s', async (format, make) => {
    const { readable, writable } = new DecompressionStream(format as any);
    const [reader, writer] = [readable.getReader(), writable.getWriter()];
    let written = false;
    const writing = writer.write(make() as any).then(() => (written = true));
    let length = (await reader.read()).value!.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written).toBe(false);
    const closing = writer.close();
    for (let part = await reader.read(); !part.done; part = await reader.read()) length += part.value.length;
    await Promise.all([writing, closing]);
    expect(length).toBe(size);
  });

  test.each(formats)('does not hold up what is written and closed before one reads, %s', async (format) => {
    // As much as an encoder leaves for the end.
    const bytes = crypto.getRandomValues(Buffer.alloc(50_000));
    const packing = new Compression(format);
    const writer = packing.writable.getWriter();
    await writer.write(bytes);
    await writer.close();
    const packed = new Uint8Array(await new Response(packing.readable).arrayBuffer());
    const unpacking = new Decompression(format);
    const second = unpacking.writable.getWriter();
    await second.write(packed);
    await second.close();
    expect(Buffer.from(await new Response(unpacking.readable).arrayBuffer()).equals(bytes)).toBe(true);
  });

  test.each(formats)('does not hold up a write that comes to no more than its own length, %s', async (format) => {
    const bytes = Buffer.concat(Array.from({ length: 4 }, () => crypto.getRandomValues(new Uint8Array(50_000))));
    const { readable, writable } = new Decompression(format);
    const writer = writable.getWriter();
    await writer.write(await through(new Compression(format), [bytes]));
    await writer.close();
    expect(Buffer.from(await new Response(readable).arrayBuffer()).equals(bytes)).toBe(true);
  });

  test.each(['deflate-raw', 'brotli', 'zstd'])('does not hold up what comes to nothing yet, %s', async (format) => {
    const writer = new Compression(format).writable.getWriter();
    await writer.write(new Uint8Array(10));
    await writer.write(new Uint8Array(10));
    await writer.close();
  });

  test.each([
    ['gzip', 1_000_000],
    ['deflate', 1_000_000],
    ['deflate-raw', 1_000_000],
    ['brotli', 200_000],
    ['zstd', 1_000_000],
  ])('does not hold up a write that is compressed, %s', async (format, size) => {
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    const many = Buffer.concat(Array.from({ length: Math.ceil(size / bytes.length) }, () => bytes));
    for (let at = 0; at < many.length; at += 4096) many[at] = at / 4096;
    const { readable, writable } = new Compression(format);
    const writer = writable.getWriter();
    await writer.write(many);
    const [packed] = await Promise.all([new Response(readable).arrayBuffer(), writer.close()]);
    expect((await through(new Decompression(format), [packed])).equals(many)).toBe(true);
  });

  test.each(['brotli', 'zstd'])('holds up a close that has much to give, %s', async (format) => {
    const { readable, writable } = new Compression(format);
    const writer = writable.getWriter();
    // As much as the encoders keep until the end.
    await writer.write(crypto.getRandomValues(Buffer.alloc(100_000)).subarray(0, 65_536));
    let closed = false;
    const closing = writer.close().then(() => (closed = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(false);
    await new Response(readable).arrayBuffer();
    await closing;
  });

  test.each(formats)('that goes away ends what is under way, %s', async (format) => {
    const { readable, writable } = new Compression(format);
    const writer = writable.getWriter();
    const hears = (promise: Promise<unknown>) =>
      promise.then(
        () => 'ok',
        (reason) => reason,
      );
    const [writing, closed] = [hears(writer.write(noise)), hears(writer.closed)];
    await new Promise((resolve) => setTimeout(resolve, 5));
    await readable.cancel('bye');
    expect([await writing, await closed]).toEqual(['ok', 'bye']);
  });

  test.each(bombs)('that goes away ends a bomb, %s', async (format, make) => {
    const { readable, writable } = new Decompression(format);
    const [reader, writer] = [readable.getReader(), writable.getWriter()];
    const writing = writer.write(make()).catch((reason: unknown) => reason);
    const closed = writer.closed.catch((reason: unknown) => reason);
    await reader.read();
    await reader.cancel('bye');
    expect(await closed).toBe('bye');
    await writing;
  });

  test.each(formats)('an abort ends what is under way, %s', async (format) => {
    const { readable, writable } = new Compression(format);
    const [reader, writer] = [readable.getReader(), writable.getWriter()];
    const closed = writer.closed.catch((reason: unknown) => reason);
    const writing = [1, 2].map(() => writer.write(noise).catch((reason: unknown) => reason));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const aborted = writer.abort('bye').catch(() => {});
    await reader.read().catch(() => {}); // In Bun an abort may wait for it.
    expect(await closed).toBe('bye');
    await Promise.all([...writing, aborted]);
  });

  test.each(['gzip', 'deflate-raw', 'brotli', 'zstd'])(
    'that never comes hears of corrupt data all the same, %s',
    async (format) => {
      const writer = new DecompressionStream(format as any).writable.getWriter();
      writer.closed.catch(() => {});
      const error = await writer.write(new Uint8Array(1000).fill(77)).catch((reason) => reason);
      expect(error).toBeInstanceOf(TypeError);
    },
  );
});
