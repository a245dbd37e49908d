// Pipes from files through codecs by way of `dx-compat/node/fs` beside Node's own. Not in Bun, which has no such package.
import { afterAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import zlib from 'node:zlib';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/fs') : fs;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-codecs-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Neither all alike nor all chance. */
const words = Array.from({ length: 400_000 }, (_, at) => ((at * at * 2_654_435_761) >>> (at % 13)).toString(36));
const content = Buffer.from(words.join(' '));
const at = (name: string) => path.join(folder, name);
fs.writeFileSync(at('plain'), content);
const packed = zlib.gzipSync(content);
const files: Record<string, Buffer> = {
  gz: packed,
  short: zlib.gzipSync('short'),
  empty: zlib.gzipSync(''),
  members: Buffer.concat([packed, zlib.gzipSync('more'), packed]),
  garbage: Buffer.concat([packed, Buffer.from('no gzip')]),
  cut: packed.subarray(0, -1000),
  broken: Buffer.from(packed).fill(7, 900_000, 900_100),
  zz: zlib.deflateSync(content),
  raw: zlib.deflateRawSync(content),
  br: zlib.brotliCompressSync(content, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } }),
  zeros: zlib.gzipSync(Buffer.alloc(30_000_000)),
};
for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(at(name), bytes);

const codecs: [string, string, () => any][] = [
  ['gunzip', 'gz', () => zlib.createGunzip()],
  ['unzip', 'gz', () => zlib.createUnzip()],
  ['a short file', 'short', () => zlib.createGunzip()],
  ['an empty one', 'empty', () => zlib.createGunzip()],
  ['some members', 'members', () => zlib.createGunzip()],
  ['garbage behind it', 'garbage', () => zlib.createGunzip()],
  ['a file that is cut', 'cut', () => zlib.createGunzip()],
  ['one that is broken', 'broken', () => zlib.createGunzip()],
  ['one that is none', 'plain', () => zlib.createGunzip()],
  ['much more than there was', 'zeros', () => zlib.createGunzip()],
  ['inflate', 'zz', () => zlib.createInflate()],
  ['inflate raw', 'raw', () => zlib.createInflateRaw()],
  ['brotli', 'br', () => zlib.createBrotliDecompress()],
  ['gzip', 'plain', () => zlib.createGzip()],
  ['gzip level 1', 'plain', () => zlib.createGzip({ level: 1 })],
  ['deflate', 'plain', () => zlib.createDeflate({ level: 9, memLevel: 9 })],
  ['deflate raw', 'plain', () => zlib.createDeflateRaw({ strategy: zlib.constants.Z_FIXED })],
  ['to brotli', 'plain', () => zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 2 } })],
];

/** What the three streams of a pipe went through, and what is left. */
async function story(module: any, [name, file, make]: [string, string, () => any], more = (..._: any[]) => {}) {
  const target = at(`target-${name}`);
  const [from, codec, to] = [module.createReadStream(at(file)), make(), module.createWriteStream(target)];
  const events: string[] = [];
  for (const [stream, called] of [
    [from, 'from'],
    [codec, 'codec'],
    [to, 'to'],
  ]) {
    for (const event of ['end', 'finish', 'close']) stream.on(event, () => events.push(`${called} ${event}`));
    stream.on('error', (error: any) => {
      events.push(`${called} ${error.code} ${error.errno} ${error.message}`);
      for (const each of [from, codec, to]) each.destroy();
    });
  }
  from.pipe(codec).pipe(to);
  more(from, codec, to);
  await Promise.all([from, codec, to].map((stream) => new Promise((resolve) => stream.on('close', resolve))));
  const refused = events.filter((event) => /^codec (Z|ERR)/.test(event));
  // How far Node has read ahead, and written, when a codec fails depends on its threads.
  if (refused.length > 0) return { events: refused, facts: [], left: Buffer.alloc(0) };
  const facts = [from.bytesRead, codec.bytesWritten, to.bytesWritten];
  return { events: events.sort(), facts, left: fs.readFileSync(target) };
}

describe.skipIf(!isDxCompat)('pipes through codecs', () => {
  test.each(codecs)('%s', async (...row) => {
    const theirs = await story(fs, row);
    const mine = await story(ours, row);
    expect(mine.left.equals(theirs.left)).toBe(true);
    expect({ ...mine, left: 0 }).toEqual({ ...theirs, left: 0 });
  });

  const gunzip: [string, string, () => any] = ['gunzip', 'gz', () => zlib.createGunzip()];
  test.each<[string, (from: any, codec: any, to: any) => void]>([
    ['a listener of the codec', (_, codec) => codec.on('data', () => {})],
    ['one that comes later', (_, codec, to) => to.once('drain', () => codec.on('data', () => {}))],
    ['a listener of the file', (from) => from.on('data', () => {})],
    ['a second pipe', (_, codec) => codec.pipe(new PassThrough()).resume()],
    ['one that comes later', (_, codec, to) => to.once('drain', () => codec.pipe(new PassThrough()).resume())],
  ])('with %s', async (_, more) => {
    const { left, events } = await story(ours, gunzip, more);
    expect(left.equals(content)).toBe(true);
    expect(events).toEqual([
      'codec close',
      'codec end',
      'codec finish',
      'from close',
      'from end',
      'to close',
      'to finish',
    ]);
  });

  const packers: [string, () => any, (bytes: Buffer) => Buffer][] = [
    ['gzip', () => zlib.createGzip(), zlib.gunzipSync],
    ['deflate', () => zlib.createDeflate({ level: 1 }), zlib.inflateSync],
    ['deflate raw', () => zlib.createDeflateRaw(), zlib.inflateRawSync],
    [
      'brotli',
      () => zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
      zlib.brotliDecompressSync,
    ],
  ];
  /** What a program does beside a pipe. */
  const asides: [string, (codec: any, to: any) => void][] = [
    ['at the start', (codec) => codec.flush()],
    ['at the start and when the codec is empty', (codec) => (codec.flush(), codec.once('drain', () => codec.flush()))],
    ['whenever the codec is empty', (codec) => codec.on('drain', () => codec.writableEnded || codec.flush())],
    ['whenever the sink is', (codec, to) => to.on('drain', () => codec.writableEnded || codec.flush())],
    [
      'in every turn',
      (codec) => {
        const again = () => codec.writableEnded || codec.destroyed || codec.flush(() => setImmediate(again));
        again();
      },
    ],
  ];
  test.each(
    packers.flatMap((packer) =>
      asides.map(([when, aside]) => [`${packer[0]} ${when}`, packer[1], packer[2], aside] as const),
    ),
  )('flushes of %s', async (name, make, unpack, aside) => {
    const { left, events } = await story(ours, [name, 'plain', make], (_from, codec, to) => aside(codec, to));
    expect(unpack(left).equals(content)).toBe(true);
    expect(events.filter((event) => !/ (?:end|finish|close)$/.test(event))).toEqual([]);
  });

  // More of them at the end of a stream are too much for Node itself.
  test.each(asides.slice(0, 2))('other parameters %s', async (when, aside) => {
    const make = () => zlib.createGzip();
    const { left } = await story(ours, [when, 'plain', make], (_from, codec, to) => {
      let level = 1;
      const flush = (done = () => {}) =>
        codec.params((level = (level % 9) + 1), zlib.constants.Z_DEFAULT_STRATEGY, done);
      aside(new Proxy(codec, { get: (_, name) => (name === 'flush' ? flush : Reflect.get(codec, name)) }), to);
    });
    expect(zlib.gunzipSync(left).equals(content)).toBe(true);
  });

  test('pieces are as large as was asked for where somebody sees them', async () => {
    const largest = (make: () => any, look: (from: any, codec: any) => any) => {
      let most = 0;
      return story(ours, ['sizes', 'gz', make], (from, codec) => {
        look(from, codec).on('data', (part: Buffer) => (most = Math.max(most, part.length)));
      }).then(() => most);
    };
    expect(
      await largest(
        () => zlib.createGunzip(),
        (_, codec) => codec,
      ),
    ).toBeLessThanOrEqual(16 * 1024);
    expect(
      await largest(
        () => zlib.createGunzip(),
        (from) => from,
      ),
    ).toBeLessThanOrEqual(64 * 1024);
  });
});
