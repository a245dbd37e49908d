import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { isDxCompat } from '../runtime';

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

  test('large input of all kinds is one stream', () => {
    const random = Uint8Array.from({ length: 700_000 }, (_, at) => (Math.imul(at, 2_654_435_761) >>> 13) & 255);
    const bytes = Buffer.concat([
      new Uint8Array(600_000),
      Buffer.from('All work and no play makes Jack a dull boy. '.repeat(9000)),
      random,
      sample(300_001),
    ]);
    for (const options of [undefined, { level: 0 }, { level: 1 }, { level: 9 }, { library: 'libdeflate', level: 12 }]) {
      const gzipped = Bun.gzipSync(bytes, options as any);
      expect(Buffer.compare(Bun.gunzipSync(gzipped), bytes)).toBe(0);
      // One member: with something behind it zlib reads the same.
      expect(Buffer.compare(zlib.gunzipSync(Buffer.concat([gzipped, new Uint8Array(9)])), bytes)).toBe(0);
      const deflated = Bun.deflateSync(bytes, options as any);
      expect(Buffer.compare(Bun.inflateSync(deflated), bytes)).toBe(0);
      expect(Buffer.compare(zlib.inflateRawSync(deflated), bytes)).toBe(0);
    }
    for (const level of [1, 3, 12]) {
      const packed = Bun.zstdCompressSync(bytes, { level });
      expect(Buffer.compare(Bun.zstdDecompressSync(packed), bytes)).toBe(0);
    }
  }, 60_000);

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
    const junk = Buffer.from('junkjunk');
    const options = [{ library: 'zlib' }, { library: 'libdeflate' }, { windowBits: 31 }, { windowBits: 47 }] as const;
    for (const each of options)
      expect(Buffer.from(Bun.gunzipSync(Buffer.concat([zlib.gzipSync('abc'), junk]), each as any)).toString()).toBe(
        'abc',
      );
    const library = 'zlib' as const;
    expect(
      Buffer.from(Bun.inflateSync(Buffer.concat([zlib.deflateRawSync('abc'), junk]), { library })).toString(),
    ).toBe('abc');
  });

  test('few of all bytes are short at level 1, libdeflate above all', () => {
    let hex = '';
    for (let at = 0; hex.length < 200_000; at++) hex += createHash('sha256').update(String(at)).digest('hex');
    const base64 = Buffer.from(hex, 'hex').toString('base64');
    for (const [text, most] of [
      [hex, 0.56],
      [base64, 0.78],
    ] as const) {
      for (const library of ['libdeflate', undefined] as const) {
        if (library === undefined && !isDxCompat) continue; // Bun's zlib leaves them as long as they are
        const packed = Bun.deflateSync(text, { level: 1, library });
        expect(packed.length).toBeLessThan(text.length * most);
        expect(Buffer.from(Bun.inflateSync(packed)).toString()).toBe(text);
      }
    }
  });

  test('a program that changes Uint8Array gets no memory that others write to', () => {
    const { prototype } = Uint8Array;
    const { slice, constructor } = prototype;
    const seen = new Set<Uint8Array>();
    prototype.slice = function (this: Uint8Array, ...range: any[]) {
      seen.add(this);
      return slice.apply(this, range as any);
    } as any;
    Object.defineProperty(prototype, 'constructor', {
      configurable: true,
      get() {
        if (this !== prototype && this.byteLength > 10_000) seen.add(this);
        return constructor;
      },
    });
    let text = '';
    try {
      text = Buffer.from(Bun.gunzipSync(Bun.gzipSync('hello'))).toString();
    } finally {
      prototype.slice = slice;
      Object.defineProperty(prototype, 'constructor', { value: constructor, writable: true, enumerable: false });
    }
    expect(text).toBe('hello');
    // What was got all the same can be compressed like everything else.
    for (const memory of [...seen, new Uint8Array(65_536)]) {
      memory.set(sample(memory.length));
      const before = Uint8Array.from(memory);
      const packed = Bun.deflateSync(memory);
      expect(Buffer.compare(Bun.inflateSync(packed), before)).toBe(0);
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

describe('options', () => {
  const bytes = Buffer.from('All work and no play makes Jack a dull boy. '.repeat(3000));
  const [gzipped, deflated, wrapped] = [zlib.gzipSync(bytes), zlib.deflateRawSync(bytes), zlib.deflateSync(bytes)];

  test.each(['strategy', 'memLevel'])('%s has to be a whole number', (name) => {
    const property = `"ZlibCompressionOptions.${name}"`;
    for (const wrong of [null, '2', true, {}, [2], 2n] as any[]) {
      expect(fault(() => Bun.gzipSync(bytes, { [name]: wrong }))).toStartWith(
        `ERR_INVALID_ARG_TYPE: The ${property} property must be of type number. Received `,
      );
      expect(Bun.gunzipSync(gzipped, { [name]: wrong })).toHaveLength(bytes.length);
    }
    for (const wrong of [Number.NaN, Infinity, 2.5]) {
      expect(fault(() => Bun.gzipSync(bytes, { [name]: wrong }))).toBe(
        `ERR_OUT_OF_RANGE: The value of ${property} is out of range. It must be an integer. Received ${wrong}`,
      );
    }
  });

  test('library', () => {
    for (const none of [undefined, null, ''] as any[]) {
      expect(Bun.gunzipSync(Bun.gzipSync(bytes, { library: none }), { library: none })).toHaveLength(bytes.length);
    }
    for (const wrong of [true, {}, 5] as any[]) {
      expect(fault(() => Bun.gzipSync(bytes, { library: wrong }))).toBe(
        'ERR_INVALID_ARG_TYPE: ZlibCompressionOptions.library must be a string',
      );
      expect(fault(() => Bun.gunzipSync(gzipped, { library: wrong }))).toBe(
        'ERR_INVALID_ARG_TYPE: ZlibDecompressionOptions.library must be a string',
      );
    }
  });

  test('windowBits names the format of what is decompressed', () => {
    const fits = (data: Uint8Array, windowBits: any) => {
      const outcome = fault(() => expect(Bun.inflateSync(data, { windowBits })).toHaveLength(bytes.length));
      return outcome === 'nothing';
    };
    for (const bits of [-15, 0, 15, 16, 31, 32, 47]) {
      expect([bits, fits(deflated, bits), fits(wrapped, bits), fits(gzipped, bits)]).toEqual([
        bits,
        bits < 0,
        (bits >= 0 && bits < 16) || bits > 31,
        bits > 15,
      ]);
    }
    for (const bits of [-16, -7, -1, 1, 7, 17, 23, 33, 39, 48, 63, Infinity, -Infinity, '2', true]) {
      expect(fault(() => Bun.gunzipSync(gzipped, { windowBits: bits as any }))).toBe(
        'undefined: Zlib error: Invalid argument',
      );
    }
    for (const zero of [null, 'x', {}, Number.NaN, '', false]) expect(fits(wrapped, zero)).toBe(true);
  });

  test('level is made a whole number', () => {
    for (const level of ['9', Number.NaN, null, 1.9, -1] as any[]) {
      expect(Bun.gunzipSync(Bun.gzipSync(bytes, { level }))).toHaveLength(bytes.length);
    }
    for (const level of [-2, 10, Infinity])
      expect(fault(() => Bun.gzipSync(bytes, { level: level as any }))).toBe('undefined: Zlib error: Invalid argument');
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

describe('lengths that data say', () => {
  const own = (bytes: Uint8Array) => bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.length;

  test('each result has memory of its own', () => {
    for (const length of [1, 63, 64, 65, 66, 300, 2047, 2048, 2049, 65_535, 65_536, 65_537, 300_000]) {
      const bytes = sample(length);
      const results = [
        Bun.gunzipSync(Bun.gzipSync(bytes)),
        Bun.inflateSync(Bun.deflateSync(bytes)),
        Bun.zstdDecompressSync(Bun.zstdCompressSync(bytes)),
      ];
      for (const result of results) {
        expect(Buffer.compare(result, bytes)).toBe(0);
        expect(own(result)).toBe(true);
      }
      for (const packed of [Bun.gzipSync(bytes), Bun.deflateSync(bytes), Bun.zstdCompressSync(bytes)])
        expect(own(packed)).toBe(true);
    }
    expect(Bun.zstdCompressSync('a').constructor).toBe(Buffer as any);
    expect(Bun.zstdDecompressSync(Bun.zstdCompressSync(sample(1000))).constructor).toBe(Buffer as any);
    expect(Bun.gunzipSync(Bun.gzipSync(sample(1000))).constructor).toBe(Uint8Array);
  });

  test('gzip whose last bytes say another length', () => {
    for (const length of [10, 1000, 70_000]) {
      const bytes = sample(length);
      const packed = Bun.gzipSync(bytes);
      for (const said of [0, 1, 64, 65, 999, 1001, 65_536, 65_537, 2 ** 32 - 1]) {
        const rest = Buffer.alloc(4);
        rest.writeUInt32LE(said);
        expect(Buffer.compare(Bun.gunzipSync(Buffer.concat([packed, rest])), bytes)).toBe(0);
      }
    }
  });

  test('zstd of several frames, and of frames that say none', async () => {
    const [one, other] = [sample(1000), sample(70_000)];
    for (const parts of [
      [one, one],
      [one, other],
      [other, one],
      [one, new Uint8Array(0)],
      [new Uint8Array(0), one],
    ]) {
      const packed = Buffer.concat(parts.map((part) => Bun.zstdCompressSync(part)));
      expect(Buffer.compare(Bun.zstdDecompressSync(packed), Buffer.concat(parts))).toBe(0);
    }
    for (const part of [one, other]) {
      const stream = new Blob([part]).stream().pipeThrough(new CompressionStream('zstd' as any) as any);
      const packed = new Uint8Array(await new Response(stream as any).arrayBuffer());
      expect(Buffer.compare(Bun.zstdDecompressSync(packed), part)).toBe(0);
    }
    // A header that says 300 bytes, and 257 with a dictionary; nothing behind it.
    for (const header of ['28b52ffd602c00', '28b52ffd61010100', '28b52ffda001000000', '28b52ffd40'])
      expect(fault(() => Bun.zstdDecompressSync(Buffer.from(header.padEnd(40, '0'), 'hex')))).toBe(
        'ERR_ZSTD: Decompression failed: InvalidZstdData',
      );
  });
});

// Bun has no such limit: there a small input can take all memory.
describe.skipIf(!isDxCompat)('maxOutputLength', () => {
  const bytes = new Uint8Array(1 << 20);
  const large = (limit: number) => `ERR_BUFFER_TOO_LARGE: Cannot create a Buffer larger than ${limit} bytes`;
  const cases: [string, Uint8Array, (packed: Uint8Array, options: any) => Uint8Array][] = [
    ['gunzipSync', Bun.gzipSync(bytes), Bun.gunzipSync as any],
    ['inflateSync', Bun.deflateSync(bytes), Bun.inflateSync as any],
    ['zstdDecompressSync', Bun.zstdCompressSync(bytes), Bun.zstdDecompressSync as any],
  ];

  test.each(cases)('%s', (name, packed, decompress) => {
    expect(decompress(packed, { maxOutputLength: 1 << 20 })).toHaveLength(1 << 20);
    for (const limit of [1, 1000, (1 << 20) - 1]) {
      expect(fault(() => decompress(packed, { maxOutputLength: limit }))).toBe(large(limit));
    }
    if (name !== 'zstdDecompressSync') {
      expect(fault(() => decompress(packed, { maxOutputLength: 1000, library: 'zlib' }))).toBe(large(1000));
    }
    expect(fault(() => decompress(packed, { maxOutputLength: 0 }))).toStartWith('ERR_OUT_OF_RANGE: ');
    expect(fault(() => decompress(packed, { maxOutputLength: '1' }))).toStartWith('ERR_INVALID_ARG_TYPE: ');
  });

  test('zstdDecompress', async () => {
    const packed = await Bun.zstdCompress(bytes);
    const decompress = Bun.zstdDecompress as any;
    expect(await decompress(packed, { maxOutputLength: 1 << 20 })).toHaveLength(1 << 20);
    const error = await decompress(packed, { maxOutputLength: 1000 }).catch((reason: unknown) => reason);
    expect(`${error.code}: ${error.message}`).toBe(large(1000));
  });
});
