import { describe, expect, test } from 'bun:test';
import zlib from 'node:zlib';

const sample = (length: number) => Uint8Array.from({ length }, (_, at) => (((at * at) >> 3) + at / 300) % 251);
const lengths = [0, 1, 5, 63, 64, 65, 1000, 100_000];

/** What a call throws, as `code: message`. */
function fault(call: () => unknown): string {
  try {
    call();
  } catch (error: any) {
    return `${error.code}: ${error.message}`;
  }
  return 'nothing';
}

describe('gzip and deflate', () => {
  test.each([
    undefined,
    {},
    { level: 0 },
    { level: 1 },
    { level: 9 },
    { library: 'libdeflate' },
    { library: 'libdeflate', level: 12 },
    { library: 'zlib' },
    { strategy: 2 },
    { memLevel: 1 },
  ])('round trips with %j, read by zlib too', (options: any) => {
    for (const length of lengths) {
      const bytes = sample(length);
      const gzipped = Bun.gzipSync(bytes, options);
      const deflated = Bun.deflateSync(bytes, options);
      expect(Bun.gunzipSync(gzipped)).toEqual(bytes);
      expect(Bun.inflateSync(deflated)).toEqual(bytes);
      expect(Buffer.compare(zlib.gunzipSync(gzipped), bytes)).toBe(0);
      expect(Buffer.compare(zlib.inflateRawSync(deflated), bytes)).toBe(0);
    }
  });

  test('what zlib made is read', () => {
    const bytes = sample(5000);
    expect(Bun.gunzipSync(zlib.gzipSync(bytes))).toEqual(bytes);
    expect(Bun.inflateSync(zlib.deflateRawSync(bytes))).toEqual(bytes);
    expect(Bun.inflateSync(zlib.deflateSync(bytes), { windowBits: 15 })).toEqual(bytes);
    expect(Bun.inflateSync(zlib.gzipSync(bytes), { windowBits: 31 })).toEqual(bytes);
  });

  test('inputs and results', () => {
    const hello = Buffer.from(Bun.gzipSync('hello')).toString('hex');
    expect(hello).toBe('1f8b0800000000000003cb48cdc9c9070086a6103605000000');
    expect(Bun.gzipSync('hello').constructor).toBe(Uint8Array);
    expect(Bun.gzipSync('hello').buffer.byteLength).toBe(25);
    expect(Bun.gunzipSync(Bun.gzipSync(new Uint16Array([1, 2])))).toEqual(new Uint8Array([1, 0, 2, 0]));
    expect(Bun.gunzipSync(Bun.gzipSync(new ArrayBuffer(3)))).toEqual(new Uint8Array(3));
    expect(Bun.gzipSync(new Uint8Array(1 << 20)).length).toBeLessThan(1200);
  });

  test('what follows is ignored', () => {
    const [gzipped, deflated] = [Bun.gzipSync('hello'), Bun.deflateSync('hello')];
    for (const rest of [Buffer.from('junk'), gzipped]) {
      expect(Buffer.from(Bun.gunzipSync(Buffer.concat([gzipped, rest]))).toString()).toBe('hello');
      expect(Buffer.from(Bun.inflateSync(Buffer.concat([deflated, rest]))).toString()).toBe('hello');
    }
  });

  test('corrupt and truncated data', () => {
    const gzipped = Bun.gzipSync('hello');
    expect(fault(() => Bun.gunzipSync('hello'))).toBe('undefined: incorrect header check');
    expect(fault(() => Bun.inflateSync(gzipped))).toBe('undefined: invalid block type');
    for (const length of [0, 10, gzipped.length - 1]) {
      expect(fault(() => Bun.gunzipSync(gzipped.subarray(0, length)))).toBe('undefined: Zlib returned an error');
    }
    const wrong = Buffer.from(gzipped);
    wrong[wrong.length - 1] ^= 1;
    expect(fault(() => Bun.gunzipSync(wrong))).toBe('undefined: incorrect length check');
    expect(fault(() => Bun.gunzipSync('x', { library: 'libdeflate' }))).toBe(
      'undefined: libdeflate returned an error: bad data',
    );
  });

  test('errors', () => {
    const gzip = Bun.gzipSync as any;
    for (const wrong of [undefined, null, 1, {}]) {
      expect(fault(() => gzip(wrong))).toBe(
        'ERR_INVALID_ARG_TYPE: data must be a string, ArrayBuffer or ArrayBufferView',
      );
    }
    for (const wrong of [null, 5, 'x'])
      expect(fault(() => gzip('a', wrong))).toBe('ERR_INVALID_ARG_TYPE: ZlibCompressionOptions must be an object');
    expect(fault(() => gzip('a', { level: 10 }))).toBe('undefined: Zlib error: Invalid argument');
    expect(fault(() => gzip('a', { library: 'x' }))).toBe(
      "ERR_INVALID_ARG_TYPE: Expected library to be one of 'zlib' or 'libdeflate'",
    );
    expect(fault(() => gzip('a', { library: 'libdeflate', level: 13 }))).toBe(
      'ERR_INVALID_ARG_TYPE: Compression level must be between 0 and 12 for libdeflate',
    );
    expect(fault(() => gzip('a', { memLevel: 10 }))).toBe(
      'ERR_OUT_OF_RANGE: The value of "ZlibCompressionOptions.memLevel" is out of range. It must be >= 1 && <= 9. Received 10',
    );
  });
});

describe('zstd', () => {
  test.each([undefined, 1, 3, 19, 22])('round trips at level %s', async (level: any) => {
    const options = level && { level };
    for (const length of lengths) {
      const bytes = sample(length);
      expect(new Uint8Array(Bun.zstdDecompressSync(Bun.zstdCompressSync(bytes, options)))).toEqual(bytes);
      expect(new Uint8Array(await Bun.zstdDecompress(await Bun.zstdCompress(bytes, options)))).toEqual(bytes);
    }
  });

  test('frames', () => {
    const frame = Bun.zstdCompressSync('hello');
    expect(frame.toString('hex')).toBe('28b52ffd200529000068656c6c6f');
    expect(Bun.zstdDecompressSync(Buffer.concat([frame, frame])).toString()).toBe('hellohello');
    expect(Bun.zstdDecompressSync(new Uint8Array(0))).toHaveLength(0);
  });

  test('errors', async () => {
    const bad = 'ERR_ZSTD: Decompression failed: InvalidZstdData';
    const frame = Bun.zstdCompressSync('hello');
    for (const wrong of [
      'x',
      frame.subarray(0, 5),
      Buffer.concat([frame, Buffer.from('junk')]),
      Bun.gzipSync('hello'),
    ]) {
      expect(fault(() => Bun.zstdDecompressSync(wrong))).toBe(bad);
    }
    const error = await Bun.zstdDecompress('bad').catch((reason) => reason);
    expect(`${error.code}: ${error.message}`).toBe(bad);
    for (const level of [0, 23, -1, 'x'] as any[]) {
      expect(fault(() => Bun.zstdCompressSync('a', { level }))).toBe(
        'ERR_INVALID_ARG_TYPE: Compression level must be between 1 and 22',
      );
      expect(fault(() => Bun.zstdCompress('a', { level }))).toBe(
        'ERR_INVALID_ARG_TYPE: Compression level must be between 1 and 22',
      );
    }
    expect(fault(() => (Bun.zstdCompress as any)())).toBe(
      'ERR_INVALID_ARG_TYPE: data must be a string, ArrayBuffer or ArrayBufferView',
    );
  });
});
