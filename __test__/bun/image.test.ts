import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { isDxCompat } from '../runtime';
import { bmp, chunk, gif, oriented, png, rawPng, unpng, type Paint, type Pixel } from './images';

let root: string;
const at = (...names: string[]) => path.join(root, ...names);
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-image-'));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const { Image } = Bun;
const corners: Paint = (x, y) => [x * 60, y * 100, 30, 255];
const small = png(4, 3, corners);
const slope = png(64, 48, (x, y) => [x * 4, y * 5, 255 - x * 2 - y, 255]);

/** Width, height and the pixels, one after the other. */
async function pixels(image: Bun.Image): Promise<string> {
  const { width, height, data } = unpng(await image.png().bytes());
  return `${width}x${height} ${data.join()}`;
}
const reds = async (image: Bun.Image) => [...unpng(await image.png().bytes()).data].filter((_, i) => i % 4 === 0);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: any) => error.code,
  );
const row = (...values: Pixel[]) => png(values.length, 1, (x) => values[x]);

/** How far apart two images are, as the mean over all samples. */
async function distance(one: Uint8Array, other: Uint8Array): Promise<number> {
  const [a, b] = await Promise.all([one, other].map(async (file) => unpng(await new Image(file).png().bytes())));
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / a.data.length;
}

describe('input', () => {
  test('bytes, a view, a Blob, a file, a path and a data: URL', async () => {
    const file = at('in.png');
    fs.writeFileSync(file, small);
    const facts = { width: 4, height: 3, format: 'png' as const };
    const whole = new Uint8Array(small);
    for (const input of [
      small,
      whole.buffer,
      new DataView(whole.buffer),
      new Blob([whole]),
      new Blob(['xx', whole]).slice(2),
      Bun.file(file),
      file,
      `data:image/png;base64,${small.toString('base64')}`,
      `data:text/plain;charset=x;base64,${small.toString('base64')}`,
    ])
      expect(await new Image(input as any).metadata()).toEqual(facts);
    expect(await Bun.file(file).image().metadata()).toEqual(facts);
    expect(await new Blob([whole]).image({ maxPixels: 12 }).metadata()).toEqual(facts);
    expect(Bun.file(file).image()).toBeInstanceOf(Image);
  });

  test.each([
    [undefined, 'Image() expects a path, ArrayBuffer, TypedArray, Blob or data: URL'],
    [null, 'Image() expects a path, ArrayBuffer, TypedArray, Blob or data: URL'],
    [1, 'Image() input must be a path string, data: URL, ArrayBuffer, TypedArray or Blob'],
    [{}, 'Image() input must be a path string, data: URL, ArrayBuffer, TypedArray or Blob'],
    [new Response('x'), 'Image() input must be a path string, data: URL, ArrayBuffer, TypedArray or Blob'],
    [new Blob([]), 'Image() input must be a path string, data: URL, ArrayBuffer, TypedArray or Blob'],
    [
      new SharedArrayBuffer(4),
      'Image(): resizable / shared ArrayBuffer is not supported; pass a fixed-length view (e.g. buf.slice())',
    ],
    [
      new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
      'Image(): resizable / shared ArrayBuffer is not supported; pass a fixed-length view (e.g. buf.slice())',
    ],
    ['data:', 'Image(): malformed data: URL (no comma)'],
    ['data:image/png,abc', 'Image(): only base64 data: URLs are supported'],
    ['data:image/png;base64,!!!', 'Image(): invalid base64 in data: URL'],
  ])('%p is refused', (input, message) => {
    expect(() => new Image(input as any)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', message }));
  });

  test('base64 with line ends and padding anywhere', async () => {
    const text = small.toString('base64').replace(/=+$/, '');
    const head = 'data:image/png;base64,';
    const lines = text.replace(/.{1,76}/g, '$&\r\n');
    const inside = ['=', '==', '====', '\n', '\r', '\n='].map((mark) => text.slice(0, 21) + mark + text.slice(21));
    for (const data of [lines, `\n${text}`, `${text}=`, `${text}====`, ...inside])
      expect(await new Image(head + data).metadata()).toMatchObject({ width: 4, height: 3 });
    const message = 'Image(): invalid base64 in data: URL';
    for (const mark of ['-', '_', ' ', '\t', '\f', '%0A', '\u00a0'])
      expect(() => new Image(head + text.slice(0, 20) + mark + text.slice(20))).toThrow(message);
  });

  test('a String object', async () => {
    const file = at('object.png');
    fs.writeFileSync(file, small);
    class Name extends String {
      toString() {
        return file;
      }
    }
    for (const input of [new String(file), new Name('x'), new String(`data:;base64,${small.toString('base64')}`)])
      expect(await new Image(input as any).metadata()).toMatchObject({ width: 4, height: 3 });
  });

  test('a path with NUL, and one that is not there', async () => {
    expect(() => new Image('a\0b')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
    for (const input of [at('none'), Bun.file(at('none'))]) {
      const failed = await new Image(input).metadata().catch((error) => error);
      expect(failed).toMatchObject({ code: 'ENOENT', syscall: 'open', path: at('none') });
    }
  });

  test('a path to what is no regular file is not read', async () => {
    for (const file of ['/dev/null', root])
      expect(await new Image(file).metadata().catch((error) => error)).toMatchObject({ code: 'ENODEV', path: file });
  });

  test('memory that was taken away is noticed', async () => {
    const memory = new Uint8Array(small).buffer;
    const image = new Image(memory);
    expect((await image.metadata()).width).toBe(4);
    structuredClone(memory, { transfer: [memory] });
    expect(await code(image.bytes())).toBe('ERR_INVALID_STATE');
    expect(await code(image.metadata())).toBe('ERR_IMAGE_UNKNOWN_FORMAT');
    expect(await code(new Image(memory).metadata())).toBe('ERR_IMAGE_UNKNOWN_FORMAT');
    // What is under way has taken what it needs.
    const other = new Uint8Array(small).buffer;
    const pending = new Image(other).bytes();
    structuredClone(other, { transfer: [other] });
    expect((await pending)[0]).toBe(0x89);
  });

  test('what is no image, or a damaged one', async () => {
    const ftyp = (brand: string) =>
      Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0mif1${brand}`)]);
    for (const [bytes, expected] of [
      [new Uint8Array(0), 'ERR_IMAGE_UNKNOWN_FORMAT'],
      [Buffer.from('plain text, no image'), 'ERR_IMAGE_UNKNOWN_FORMAT'],
      [Buffer.from('II*\0'), 'ERR_IMAGE_FORMAT_UNSUPPORTED'],
      [Buffer.from('MM\0*'), 'ERR_IMAGE_FORMAT_UNSUPPORTED'],
      [ftyp('heic'), 'ERR_IMAGE_FORMAT_UNSUPPORTED'],
      [ftyp('avif'), 'ERR_IMAGE_FORMAT_UNSUPPORTED'],
      [ftyp('isom'), 'ERR_IMAGE_FORMAT_UNSUPPORTED'],
      [Buffer.from('GIF89a'), 'ERR_IMAGE_DECODE_FAILED'],
      [Buffer.from('RIFF1234WEBP'), 'ERR_IMAGE_DECODE_FAILED'],
      [Buffer.from([0xff, 0xd8, 0xff]), 'ERR_IMAGE_DECODE_FAILED'],
      [small.subarray(0, 20), 'ERR_IMAGE_DECODE_FAILED'],
    ] as const)
      expect([String(bytes), await code(new Image(bytes).metadata())]).toEqual([String(bytes), expected]);
    const damaged = Buffer.from(small);
    damaged[50] ^= 1;
    for (const bytes of [damaged, small.subarray(0, small.length - 20)])
      expect(await code(new Image(bytes).bytes())).toBe('ERR_IMAGE_DECODE_FAILED');
  });

  test('maxPixels holds for the source and for the result', async () => {
    for (const [maxPixels, expected] of [
      [12, 'resolved'],
      ['x', 'resolved'],
      [Infinity, 'resolved'],
      [11, 'ERR_IMAGE_TOO_MANY_PIXELS'],
      [1.5, 'ERR_IMAGE_TOO_MANY_PIXELS'],
      [0, 'ERR_IMAGE_TOO_MANY_PIXELS'],
      [-1, 'ERR_IMAGE_TOO_MANY_PIXELS'],
      [NaN, 'ERR_IMAGE_TOO_MANY_PIXELS'],
    ])
      expect(await code(new Image(small, { maxPixels } as any).metadata())).toBe(expected as string);
    expect(await code(new Image(small, { maxPixels: 12 }).resize(4, 4).bytes())).toBe('ERR_IMAGE_TOO_MANY_PIXELS');
    expect(await code(new Image(small).resize(Infinity).bytes())).toBe('ERR_IMAGE_TOO_MANY_PIXELS');
    const tall = png(1, 64, () => [0, 0, 0, 255]);
    expect(await code(new Image(tall, { maxPixels: 1000 }).resize(100, 1).bytes())).toBe('ERR_IMAGE_TOO_MANY_PIXELS');
    const bomb = Buffer.from(small);
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    const header = chunk('IHDR', bomb.subarray(16, 29));
    expect(await code(new Image(Buffer.concat([bomb.subarray(0, 8), header, bomb.subarray(33)])).bytes())).toBe(
      'ERR_IMAGE_TOO_MANY_PIXELS',
    );
  });
});

describe('decoding', () => {
  test.each([
    ['grey', rawPng(2, 1, 0, () => [0, 77]), '2x1 0,0,0,255,77,77,77,255'],
    [
      'grey with a transparent one',
      rawPng(2, 1, 0, () => [0, 77], { chunks: [chunk('tRNS', Buffer.from([0, 77]))] }),
      '2x1 0,0,0,255,77,77,77,0',
    ],
    ['grey and alpha', rawPng(2, 1, 4, () => [0, 99, 77, 98]), '2x1 0,0,0,99,77,77,77,98'],
    ['colours', rawPng(2, 1, 2, () => [0, 1, 2, 77, 1, 2]), '2x1 0,1,2,255,77,1,2,255'],
    [
      'sixteen bits',
      rawPng(3, 1, 0, () => [0x12, 0xff, 0x80, 0x7f, 0x80, 0x80], { depth: 16 }),
      '3x1 18,18,18,255,128,128,128,255,128,128,128,255',
    ],
    [
      'two bits',
      rawPng(4, 1, 0, () => [0b00011011], { depth: 2 }),
      '4x1 0,0,0,255,85,85,85,255,170,170,170,255,255,255,255,255',
    ],
    [
      'a palette',
      rawPng(3, 1, 3, () => [0, 1, 2], {
        chunks: [chunk('PLTE', Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9])), chunk('tRNS', Buffer.from([0, 128]))],
      }),
      '3x1 1,2,3,0,4,5,6,128,7,8,9,255',
    ],
    [
      'gamma, which changes nothing',
      png(1, 1, () => [100, 50, 20, 255], [chunk('gAMA', Buffer.from([0, 0, 0x50, 0]))]),
      '1x1 100,50,20,255',
    ],
  ])('PNG: %s', async (_, file, expected) => {
    expect(await pixels(new Image(file))).toBe(expected);
  });

  test.each([
    ['24 bits from bottom to top', bmp(1, 2, 24, [1, 2, 3, 0, 4, 5, 6, 0]), '1x2 6,5,4,255,3,2,1,255'],
    ['24 bits from top to bottom', bmp(1, -2, 24, [1, 2, 3, 0, 4, 5, 6, 0]), '1x2 3,2,1,255,6,5,4,255'],
    ['32 bits, of which 8 say nothing', bmp(1, 1, 32, [1, 2, 3, 9]), '1x1 3,2,1,255'],
    ['masks', bmp(1, 1, 32, [1, 2, 3, 9], [0xff0000, 0xff00, 0xff, 0xff000000]), '1x1 3,2,1,9'],
    ['masks without alpha', bmp(1, 1, 32, [1, 2, 3, 9], [0xff0000, 0xff00, 0xff, 0]), '1x1 3,2,1,255'],
  ])('BMP: %s', async (_, file, expected) => {
    expect((await new Image(file).metadata()).format).toBe('bmp');
    expect(await pixels(new Image(file))).toBe(expected);
  });

  test('BMP: what is not decoded', async () => {
    for (const file of [
      bmp(1, 1, 8, [0, 0, 0, 0]),
      bmp(0, 1, 24, [1, 2, 3, 0]),
      bmp(-1, 1, 24, [1, 2, 3, 0]),
      bmp(1, 1, 32, [1, 2, 3, 9], [0x3ff00000, 0xffc00, 0x3ff, 0]),
      bmp(2, 2, 24, [1, 2, 3]),
    ])
      expect(await code(new Image(file).png().bytes())).toBe('ERR_IMAGE_DECODE_FAILED');
  });

  const place = (x: number, y: number) => (x + 2 * y) % 4;
  test.each([
    ['a frame', gif([2, 2], place), '2x2 10,0,0,255,0,20,0,255,0,0,30,255,40,40,40,255'],
    ['a frame within a screen', gif([2, 1], place, { screen: [4, 3], at: [1, 1] }), '2x1 10,0,0,255,0,20,0,255'],
    ['what is transparent', gif([2, 2], place, { transparent: 2 }), '2x2 10,0,0,255,0,20,0,255,0,0,0,0,40,40,40,255'],
    ['data that ends early', gif([2, 2], place).subarray(0, -4), undefined],
  ])('GIF: %s', async (_, file, expected) => {
    expect((await new Image(file).metadata()).format).toBe('gif');
    const found = await pixels(new Image(file));
    if (expected === undefined) expect(found).toStartWith('2x2 10,0,0,255');
    else expect(found).toBe(expected);
  });

  test('GIF: rows that were interlaced', async () => {
    const file = gif([1, 9], (_, y) => y % 4, { interlaced: true });
    expect(await reds(new Image(file))).toEqual([10, 0, 0, 40, 10, 0, 0, 40, 10]);
  });

  test('JPEG and WebP give about what went in', async () => {
    for (const made of [
      await new Image(slope).jpeg({ quality: 95 }).bytes(),
      await new Image(slope).jpeg({ quality: 95, progressive: true }).bytes(),
      await new Image(slope).webp({ quality: 95 }).bytes(),
    ])
      expect(await distance(made, slope)).toBeLessThan(3);
    expect(await distance(await new Image(slope).webp({ lossless: true }).bytes(), slope)).toBe(0);
  });

  test('a JPEG is turned as the camera noted', async () => {
    const jpeg = await new Image(png(16, 8, (x) => (x < 8 ? [255, 0, 0, 255] : [0, 0, 255, 255]))).jpeg().bytes();
    const seen: Record<number, string> = {};
    for (let orientation = 1; orientation <= 8; orientation++) {
      const { width, height, data } = unpng(await new Image(oriented(jpeg, orientation)).png().bytes());
      const name = (x: number, y: number) => (data[(y * width + x) * 4] > 127 ? 'r' : 'b');
      seen[orientation] = `${width}x${height} ${name(0, 0)}${name(width - 1, 0)}${name(0, height - 1)}`;
    }
    expect(seen).toEqual({
      1: '16x8 rbr',
      2: '16x8 brb',
      3: '16x8 brb',
      4: '16x8 rbr',
      5: '8x16 rrb',
      6: '8x16 rrb',
      7: '8x16 bbr',
      8: '8x16 bbr',
    });
    const turned = oriented(jpeg, 6);
    expect(await new Image(turned).metadata()).toEqual({ width: 8, height: 16, format: 'jpeg' });
    for (const autoOrient of [false, null, 0] as any[])
      expect(await new Image(turned, { autoOrient }).metadata()).toEqual({ width: 16, height: 8, format: 'jpeg' });
  });

  test('a JPEG that was cut off still gives a picture', async () => {
    const whole = await new Image(slope).jpeg().bytes();
    const half = whole.subarray(0, Math.floor(whole.length * 0.8));
    expect(await new Image(half).png().metadata()).toEqual({ width: 64, height: 48, format: 'jpeg' });
    const { data } = unpng(await new Image(half).png().bytes());
    expect(data[3]).toBe(255);
  });
});

describe('changes', () => {
  const numbered = png(3, 2, (x, y) => [x * 10 + y, 0, 0, 255]);

  test('turning and mirroring', async () => {
    expect(await reds(new Image(numbered).rotate(90))).toEqual([1, 0, 11, 10, 21, 20]);
    expect(await reds(new Image(numbered).rotate(-180))).toEqual([21, 11, 1, 20, 10, 0]);
    expect(await reds(new Image(numbered).rotate(270))).toEqual([20, 21, 10, 11, 0, 1]);
    expect(await reds(new Image(numbered).rotate(450.9))).toEqual([1, 0, 11, 10, 21, 20]);
    expect(await reds(new Image(numbered).flip())).toEqual([1, 11, 21, 0, 10, 20]);
    expect(await reds(new Image(numbered).flop().flop())).toEqual([20, 10, 0, 21, 11, 1]);
    for (const degrees of [45, 89.99, NaN, 1e300, Infinity])
      expect(() => new Image(numbered).rotate(degrees)).toThrow('rotate: only multiples of 90 are supported');
    for (const degrees of [undefined, null, '90', {}] as any[])
      expect(() => new Image(numbered).rotate(degrees)).toThrow('rotate(degrees) expects 90, 180 or 270');
  });

  test('a side is at most 262,143', async () => {
    const dot = png(1, 1, corners);
    for (const [asked, width, height] of [
      [[262_144, 1], 262_143, 1],
      [[Infinity, 1], 262_143, 1],
      [[1, 1e300], 1, 262_143],
      [[262_142, 1], 262_142, 1],
    ] as const) {
      const resized = await new Image(dot).resize(asked[0], asked[1]).png().bytes();
      expect(await new Image(resized).metadata()).toMatchObject({ width, height });
    }
  });

  test('the order of work is not the order of calls, and the last call counts', async () => {
    const { width, height } = unpng(await new Image(small).resize(100, 100).rotate(90).resize(6, 8).png().bytes());
    expect([width, height]).toEqual([6, 8]);
    expect(await reds(new Image(numbered).flip().flop().rotate(90))).toEqual(
      await reds(new Image(await new Image(numbered).rotate(90).png().bytes()).flop().flip()),
    );
    expect(await reds(new Image(numbered).rotate(90).rotate(180))).toEqual([21, 11, 1, 20, 10, 0]);
  });

  test.each([
    [[5], [5, 3]],
    [
      [5, 0],
      [5, 3],
    ],
    [
      [5, -1],
      [5, 3],
    ],
    [
      [5, 'x'],
      [5, 3],
    ],
    [
      [5, { fit: 'inside' }],
      [5, 3],
    ],
    [[2.9], [2, 1]],
    [[0], [1, 1]],
    [[NaN], [1, 1]],
    [
      [5, 5],
      [5, 5],
    ],
    [
      [5, 5, 'x'],
      [5, 5],
    ],
    [
      [2, 6, { fit: 'inside' }],
      [2, 2],
    ],
    [
      [8, 30, { fit: 'inside' }],
      [8, 6],
    ],
    [
      [2, undefined, { fit: 'inside' }],
      [1, 1],
    ],
    [
      [8, 1, { withoutEnlargement: true }],
      [4, 3],
    ],
    [
      [2, 6, { withoutEnlargement: true }],
      [4, 3],
    ],
    [
      [9, 9, { fit: 'inside', withoutEnlargement: 1 }],
      [4, 3],
    ],
  ])('resize%j gives %j', async (args, expected) => {
    const image = (new Image(small) as any).resize(...args);
    await image.bytes();
    expect([image.width, image.height]).toEqual(expected);
  });

  test('what resize refuses', () => {
    const refused = (...args: any[]) => {
      try {
        (new Image(small) as any).resize(...args);
      } catch (error: any) {
        return [error.code, error.message];
      }
      return 'taken';
    };
    for (const width of [undefined, null, '5', {}, 5n])
      expect(refused(width)).toEqual(['ERR_INVALID_ARG_TYPE', 'resize(width, height?, options?)']);
    expect(refused(1, 1, { fit: 'x' })).toEqual(['ERR_INVALID_ARG_TYPE', "fit must be one of 'fill' or 'inside'"]);
    expect(refused(1, 1, { fit: [] })).toEqual(['ERR_INVALID_ARG_TYPE', 'fit must be a string']);
    expect(refused(1, 1, { filter: 1 })).toEqual(['ERR_INVALID_ARG_TYPE', 'filter must be a string']);
    expect(refused(1, 1, { filter: 'x' })[1]).toBe(
      "filter must be one of 'box', 'bilinear', 'linear', 'lanczos3', 'mitchell', 'nearest', 'cubic', 'lanczos2', 'mks2013' or 'mks2021'",
    );
    expect(refused(1, 1, { filter: null })).toBe('taken');
  });

  const line = row(...[0, 255, 40, 90, 200, 10, 255, 128].map((red, i) => [red, i * 30, 0, 255] as const));
  test.each([
    ['nearest', [40, 200, 255], [0, 40, 200, 10, 128], [0, 0, 255, 40, 40, 90, 200, 200, 10, 10, 255, 128, 128]],
    ['box', [98, 145, 131], [128, 40, 145, 10, 192], [0, 0, 255, 40, 40, 90, 200, 200, 10, 10, 255, 128, 128]],
    [
      'bilinear',
      [117, 110, 156],
      [104, 105, 135, 109, 180],
      [0, 108, 247, 114, 53, 84, 145, 178, 61, 95, 246, 182, 128],
    ],
    ['cubic', [113, 111, 155], [107, 106, 132, 109, 183], [0, 107, 255, 113, 33, 80, 160, 189, 38, 77, 252, 188, 119]],
    [
      'mitchell',
      [111, 113, 152],
      [107, 109, 127, 115, 178],
      [0, 109, 229, 117, 46, 84, 153, 174, 55, 89, 231, 186, 126],
    ],
    [
      'lanczos2',
      [111, 111, 155],
      [108, 107, 131, 110, 184],
      [0, 107, 255, 113, 31, 79, 160, 189, 36, 77, 251, 187, 116],
    ],
    [
      'lanczos3',
      [110, 112, 155],
      [113, 112, 117, 118, 184],
      [0, 113, 255, 129, 12, 69, 183, 183, 31, 72, 251, 199, 107],
    ],
    [
      'mks2013',
      [109, 113, 155],
      [110, 109, 124, 112, 185],
      [0, 107, 255, 118, 14, 71, 175, 189, 24, 66, 253, 194, 114],
    ],
    [
      'mks2021',
      [110, 113, 154],
      [110, 108, 125, 112, 184],
      [0, 105, 255, 117, 20, 74, 174, 187, 29, 69, 252, 191, 111],
    ],
  ] as const)('%s', async (filter, ...expected) => {
    for (const values of expected) {
      const found = await reds(new Image(line).resize(values.length, 1, { filter }));
      // Which of several the nearest is when the middle lies between two is no matter.
      if (filter === 'nearest' && values.length === 3) continue;
      const far = Math.max(...found.map((value, i) => Math.abs(value - values[i])));
      expect({ values: values.length, far: far <= 1, found: far <= 1 || found }).toEqual({
        values: values.length,
        far: true,
        found: true,
      });
    }
  });

  test('transparency is one channel among four', async () => {
    expect(await pixels(new Image(row([255, 0, 0, 255], [0, 255, 0, 0])).resize(1, 1, { filter: 'box' }))).toBe(
      '1x1 128,128,0,128',
    );
  });

  test('brightness and saturation', async () => {
    const source = row([255, 0, 0, 255], [100, 150, 200, 77], [10, 20, 30, 255]);
    const changed = (options: any) => pixels(new Image(source).modulate(options));
    expect(await changed({ brightness: 1.5, saturation: 0.5 })).toBe('3x1 248,57,57,255,181,218,255,77,21,29,36,255');
    expect(await changed({ saturation: 2 })).toBe('3x1 255,0,0,255,59,159,255,77,2,22,42,255');
    expect(await changed({ brightness: -1 })).toBe('3x1 0,0,0,255,0,0,0,77,0,0,0,255');
    expect(await changed({ saturation: -1 })).toBe('3x1 76,76,76,255,141,141,141,77,18,18,18,255');
    for (const nothing of [undefined, null, 1, {}, { brightness: 'x' }, { brightness: NaN }, { saturation: Infinity }])
      expect(await changed(nothing)).toBe(await pixels(new Image(source)));
    expect(await pixels(new Image(source).modulate({ brightness: 0.5 }).modulate({ saturation: 0 }))).toBe(
      await changed({ brightness: 0.5, saturation: 0 }),
    );
  });
});

describe('results', () => {
  test('the source says the format where nothing else does', async () => {
    for (const [source, type] of [
      [small, 'image/png'],
      [gif([1, 1], () => 0), 'image/png'],
      [bmp(1, 1, 24, [1, 2, 3, 0]), 'image/png'],
      [await new Image(small).jpeg().bytes(), 'image/jpeg'],
      [await new Image(small).webp().bytes(), 'image/webp'],
    ] as const)
      expect((await new Image(source).blob()).type).toBe(type);
  });

  test('every kind of result', async () => {
    const image = new Image(small).resize(2);
    expect([image.width, image.height]).toEqual([-1, -1]);
    const bytes = await image.bytes();
    expect(bytes.constructor).toBe(Uint8Array);
    expect([image.width, image.height]).toEqual([2, 1]);
    expect(await image.metadata()).toEqual({ width: 4, height: 3, format: 'png' });
    expect([image.width, image.height]).toEqual([4, 3]);
    const buffer = await image.buffer();
    expect(Buffer.isBuffer(buffer)).toBe(true);
    expect(Buffer.isBuffer(await image.toBuffer())).toBe(true);
    expect(buffer.equals(bytes)).toBe(true);
    expect(await image.toBase64()).toBe(buffer.toString('base64'));
    expect(await image.dataurl()).toBe(`data:image/png;base64,${buffer.toString('base64')}`);
    const blob = await image.jpeg().blob();
    expect([blob.type, blob.constructor]).toEqual(['image/jpeg', Blob]);
  });

  test('what was started is not changed by a later call', async () => {
    const image = new Image(small);
    const pending = image.jpeg().bytes();
    image.png();
    expect((await pending)[0]).toBe(0xff);
    const all = await Promise.all(Array.from({ length: 20 }, () => image.bytes()));
    for (const one of all) expect(Buffer.compare(one, all[0])).toBe(0);
    const lazy = new Blob([small]).image();
    expect((await Promise.all([lazy.bytes(), lazy.bytes(), lazy.metadata()])).length).toBe(3);
  });

  test('quality and compression', async () => {
    const size = async (image: Bun.Image) => (await image.bytes()).length;
    const make = () => new Image(slope);
    expect(await size(make().jpeg({ quality: 20 }))).toBeLessThan(await size(make().jpeg({ quality: 90 })));
    expect(await size(make().webp({ quality: 20 }))).toBeLessThan(await size(make().webp({ quality: 90 })));
    expect(await size(make().png({ compressionLevel: 9 }))).toBeLessThan(
      await size(make().png({ compressionLevel: 0 })),
    );
    for (const [odd, plain] of [
      [{ quality: NaN }, { quality: 1 }],
      [{ quality: -5 }, { quality: 1 }],
      [{ quality: 1000 }, { quality: 100 }],
      [{ quality: 50.7 }, { quality: 50 }],
      [{ quality: 'x' }, { quality: 80 }],
      [null, {}],
      ['x', {}],
    ] as any[]) {
      expect(await size(make().jpeg(odd))).toBe(await size(make().jpeg(plain)));
      expect(await size(make().webp(odd))).toBe(await size(make().webp(plain)));
    }
  });

  test('a JPEG has no transparency', async () => {
    const clear = png(8, 8, () => [200, 100, 50, 0]);
    const back = unpng(await new Image(await new Image(clear).jpeg({ quality: 100 }).bytes()).png().bytes());
    expect(back.data[3]).toBe(255);
    expect(Math.abs(back.data[0] - 200)).toBeLessThan(4);
  });

  test('what WebP without loss leaves of what cannot be seen', async () => {
    const kept = await new Image(png(1, 1, () => [123, 45, 200, 0])).webp({ lossless: true }).bytes();
    expect(await pixels(new Image(kept))).toBe('1x1 0,0,0,0');
  });

  test('progressive JPEG', async () => {
    const has = (bytes: Uint8Array, marker: number) =>
      Buffer.from(bytes).includes(Buffer.from([0xff, marker, 0, 17, 8]));
    expect(has(await new Image(slope).jpeg().bytes(), 0xc0)).toBe(true);
    expect(has(await new Image(slope).jpeg({ progressive: true }).bytes(), 0xc2)).toBe(true);
  });

  test('PNG with a palette', async () => {
    const four = png(2, 2, (x, y) => [x * 255, y * 255, x === y ? 255 : 0, 255]);
    const indexed = unpng(await new Image(four).png({ palette: true, colors: 4 }).bytes());
    expect([indexed.type, indexed.names]).toEqual([3, ['IHDR', 'PLTE', 'IDAT', 'IEND']]);
    expect(await pixels(new Image(await new Image(four).png({ palette: true, colors: 4 }).bytes()))).toBe(
      await pixels(new Image(four)),
    );
    const clear = png(4, 1, (x) => [x * 80, 0, 0, x * 80]);
    expect(unpng(await new Image(clear).png({ palette: true }).bytes()).names).toContain('tRNS');
    for (const colors of [2, 16, 64, 1, 300]) {
      const made = await new Image(slope).png({ palette: true, colors }).bytes();
      const back = unpng(await new Image(made).png().bytes());
      const used = new Set(Array.from({ length: back.data.length / 4 }, (_, i) => back.data.readUInt32BE(i * 4)));
      expect(used.size).toBeLessThanOrEqual(Math.min(Math.max(colors, 2), 256));
    }
    const ramp = png(256, 4, (x) => [x, x, x, 255]);
    const steps = async (dither: boolean) => {
      const values = await reds(new Image(await new Image(ramp).png({ palette: true, colors: 2, dither }).bytes()));
      return values.slice(0, 256).filter((value, i, all) => i > 0 && value !== all[i - 1]).length;
    };
    expect(await steps(false)).toBe(1);
    expect(await steps(true)).toBeGreaterThan(10);
  });

  test('a colour profile stays with the pixels', async () => {
    const profile = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 37 + 11) & 255));
    const iccp = chunk('iCCP', Buffer.concat([Buffer.from('name\0\0', 'latin1'), zlib.deflateSync(profile)]));
    const source = png(8, 8, (x, y) => [x * 9, y * 9, 3, 255], [iccp]);
    const ofPng = (bytes: Uint8Array) => {
      const file = Buffer.from(bytes);
      const at = file.indexOf('iCCP');
      const body = file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4));
      return zlib.inflateSync(body.subarray(body.indexOf(0) + 2));
    };
    const turned = new Image(source).rotate(90).resize(4, 4);
    expect(ofPng(await turned.png().bytes()).equals(profile)).toBe(true);
    expect(ofPng(await turned.png({ palette: true, colors: 8 }).bytes()).equals(profile)).toBe(true);
    for (const made of [
      await turned.jpeg().bytes(),
      await turned.webp().bytes(),
      await turned.webp({ lossless: true }).bytes(),
    ])
      expect(ofPng(await new Image(made).png().bytes()).equals(profile)).toBe(true);
    expect(Buffer.from(await turned.webp().bytes()).toString('latin1', 12, 16)).toBe('VP8X');
    expect(Buffer.from(await new Image(small).webp().bytes()).toString('latin1', 12, 16)).toBe('VP8 ');
    expect(Buffer.from(await new Image(small).png().bytes()).includes('iCCP')).toBe(false);
  });

  test('write goes where Bun.write goes, and a path says the format', async () => {
    const first = (file: string) => fs.readFileSync(file).toString('latin1', 0, 4);
    for (const [name, start] of [
      ['a.jpg', '\xff\xd8\xff\xe0'],
      ['a.JPEG', '\xff\xd8\xff\xe0'],
      ['a.webp', 'RIFF'],
      ['a.png', '\x89PNG'],
      ['a.gif', '\x89PNG'],
      ['new/directory/a', '\x89PNG'],
    ]) {
      expect(await new Image(small).write(at(name))).toBe(fs.statSync(at(name)).size);
      expect([name, first(at(name))]).toEqual([name, start]);
    }
    await new Image(small).jpeg().write(at('b.png'));
    expect(first(at('b.png'))).toBe('\xff\xd8\xff\xe0');
    await new Image(small).write(Bun.file(at('c.jpg')));
    expect(first(at('c.jpg'))).toBe('\x89PNG');
    expect(await code(new Image(small).write(at('d.avif')))).toBe('ERR_IMAGE_FORMAT_UNSUPPORTED');
    expect(await code(new Image(small).write(root))).toBe('EISDIR');
    for (const nothing of [undefined, null] as any[])
      expect(() => new Image(small).write(nothing)).toThrow(
        'Image.write(dest): expected a path, Bun.file, Bun.s3 or fd',
      );
    expect(await code(new Image(small).write({} as any))).toBe('ERR_INVALID_ARG_TYPE');
  });

  test('formats of other systems', async () => {
    for (const format of ['heic', 'avif'] as const)
      expect(await code(new Image(small)[format]({ quality: 50 }).bytes())).toBe('ERR_IMAGE_FORMAT_UNSUPPORTED');
  });

  test('an image is a body', async () => {
    const response = new Response(new Image(small).webp() as any);
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect(await new Image(await response.bytes()).metadata()).toEqual({ width: 4, height: 3, format: 'webp' });
    const file = at('body.png');
    fs.writeFileSync(file, small);
    for (const source of [file, Bun.file(file), new Blob([small])]) {
      const request = new Request('http://x/', { method: 'POST', body: new Image(source).jpeg() as any });
      expect(request.headers.get('content-type')).toBe('image/jpeg');
      expect((await request.bytes())[0]).toBe(0xff);
    }
    const named = new Response(new Image(small) as any, { headers: { 'content-type': 'x/y' } });
    expect(named.headers.get('content-type')).toBe('x/y');
    expect(() => new Response(new Image(Buffer.from('no image at all')) as any)).toThrow('unrecognised format');
  });

  test('the blur that stands for an image', async () => {
    const url = await new Image(slope).placeholder();
    expect(url).toStartWith('data:image/png;base64,');
    const image = new Image(url);
    expect(await image.metadata()).toEqual({ width: 32, height: 23, format: 'png' });
    const bent = png(64, 48, (x, y) => [(x * x) >> 4, 255 - ((y * y) >> 4), (x * y) >> 4, 255]);
    const clear = png(30, 40, (x, y) => [(x * x) >> 2, 100 + x, (y * y) >> 3, 255 - ((x * y) >> 3)]);
    const large = png(220, 110, (x, y) => [(x * x) >> 8, (y * y) >> 6, (x * y) >> 7, 255]);
    // The corners and the middle, as Bun has them, within a step of the numbers that the hash keeps.
    for (const [source, size, expected] of [
      [bent, [32, 23], [28, 255, 5, 255, 239, 255, 28, 255, 44, 215, 38, 255, 0, 118, 20, 255, 242, 96, 138, 255]],
      [clear, [26, 32], [0, 103, 0, 255, 202, 145, 6, 239, 62, 113, 48, 220, 0, 108, 198, 248, 161, 125, 145, 130]],
      [large, [32, 18], [25, 27, 10, 255, 185, 0, 30, 255, 45, 45, 57, 255, 0, 160, 20, 255, 161, 162, 146, 255]],
    ] as const) {
      const { width, height, data } = unpng(await new Image(await new Image(source).placeholder()).png().bytes());
      expect([width, height]).toEqual([...size]);
      const places = [
        [0, 0],
        [width - 1, 0],
        [width >> 1, height >> 1],
        [0, height - 1],
        [width - 1, height - 1],
      ];
      const found = places.flatMap(([x, y]) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]);
      const far = Math.max(...found.map((value, i) => Math.abs(value - expected[i])));
      expect({ near: far <= 16, found: far <= 16 || found }).toEqual({ near: true, found: true });
    }
    expect(await new Image(slope).placeholder('dataurl')).toBe(url);
    for (const odd of ['x', 1] as any[])
      expect(() => new Image(slope).placeholder(odd)).toThrow('Image.placeholder(): only "dataurl" is supported');
  });
});

describe('the class', () => {
  test('its members', () => {
    expect(
      Object.getOwnPropertyNames(Image.prototype)
        .filter((name) => name !== 'constructor')
        .toSorted(),
    ).toEqual([
      'avif',
      'blob',
      'buffer',
      'bytes',
      'dataurl',
      'flip',
      'flop',
      'heic',
      'height',
      'jpeg',
      'metadata',
      'modulate',
      'placeholder',
      'png',
      'resize',
      'rotate',
      'toBase64',
      'toBuffer',
      'webp',
      'width',
      'write',
    ]);
    const { resize, rotate, jpeg, bytes } = Image.prototype;
    expect([Image.length, resize.length, rotate.length, jpeg.length, bytes.length]).toEqual([0, 2, 1, 1, 0]);
    expect(Object.prototype.toString.call(new Image(small))).toBe('[object Image]');
    expect(() => (Image as any)(small)).toThrow(TypeError);
    expect(() => Image.prototype.bytes.call({} as any)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_THIS' }));
    expect(() => Image.prototype.width).toThrow(TypeError);
  });

  test('the back end', () => {
    const before = Image.backend;
    Image.backend = 'system';
    expect(Image.backend).toBe('system');
    Image.backend = before;
    expect(() => (Image.backend = 'wic' as any)).toThrow("Bun.Image.backend must be one of 'system' or 'bun'");
    for (const odd of [1, null, undefined, {}] as any[])
      expect(() => (Image.backend = odd)).toThrow('Bun.Image.backend must be a string');
    expect(Image.backend).toBe(before);
  });

  test.skipIf(!isDxCompat && process.platform !== 'linux')('no clipboard', () => {
    expect([Image.fromClipboard(), Image.hasClipboardImage(), Image.clipboardChangeCount()]).toEqual([null, false, -1]);
  });
});

test('hostile options', async () => {
  const trap = new Proxy(
    {},
    {
      get: () => {
        throw new Error('trap');
      },
    },
  );
  expect(() => new Image(small, trap)).toThrow('trap');
  expect(() => new Image(small).resize(2, 2, trap)).toThrow('trap');
  expect(() => new Image(small).jpeg(trap)).toThrow('trap');
  const image = new Image(small);
  image.resize(2, 2, {
    get fit() {
      image.rotate(90);
      return 'fill' as const;
    },
  });
  await image.bytes();
  expect([image.width, image.height]).toEqual([2, 2]);
});
