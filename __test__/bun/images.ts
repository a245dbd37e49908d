/** Images made by hand, and PNGs taken apart, without any codec but zlib. */

import zlib from 'node:zlib';

export type Pixel = readonly [number, number, number, number];
export type Paint = (x: number, y: number) => Pixel;

export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

export function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length);
  out.write(type, 4);
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** A PNG of eight bits a channel; `type` as in IHDR, `row` gives the samples of a row after the filter byte. */
export function rawPng(
  width: number,
  height: number,
  type: number,
  row: (y: number) => ArrayLike<number>,
  { depth = 8, chunks = [] as Buffer[] } = {},
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = type;
  const rows = Array.from({ length: height }, (_, y) => Buffer.from([0, ...Array.from(row(y))]));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', zlib.deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function png(width: number, height: number, paint: Paint, chunks: Buffer[] = []): Buffer {
  const row = (y: number) => Array.from({ length: width }, (_, x) => paint(x, y)).flat();
  return rawPng(width, height, 6, row, { chunks });
}

export type Decoded = { width: number; height: number; type: number; names: string[]; data: Buffer };

/** Undoes PNG's filters; four bytes a pixel, or one for one with a palette. */
export function unpng(file: Uint8Array): Decoded {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const [width, height, type] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[25]];
  const names: string[] = [];
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    names.push(bytes.toString('latin1', at + 4, at + 8));
    if (names.at(-1) === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const raw = zlib.inflateSync(Buffer.concat(data));
  const step = type === 3 ? 1 : 4;
  const stride = width * step;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i >= step ? out[y * stride + i - step] : 0;
      const up = y > 0 ? out[(y - 1) * stride + i] : 0;
      const corner = y > 0 && i >= step ? out[(y - 1) * stride + i - step] : 0;
      const near = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
      const paeth = near[0] <= near[1] && near[0] <= near[2] ? left : near[1] <= near[2] ? up : corner;
      out[y * stride + i] = raw[y * (stride + 1) + 1 + i] + [0, left, up, (left + up) >> 1, paeth][filter];
    }
  }
  return { width, height, type, names, data: out };
}

/** A BMP; `masks` in the long header. */
export function bmp(width: number, height: number, bits: number, data: number[], masks: number[] = []): Buffer {
  const size = masks.length > 0 ? 108 : 40;
  const file = Buffer.alloc(14 + size + data.length);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(14 + size, 10);
  file.writeUInt32LE(size, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  if (masks.length > 0) file.writeUInt32LE(3, 30);
  masks.forEach((mask, i) => file.writeUInt32LE(mask, 54 + 4 * i));
  file.set(data, 14 + size);
  return file;
}

/** A GIF of four colours; every pixel is a code of its own after a clear code. */
export function gif(
  [width, height]: [number, number],
  place: (x: number, y: number) => number,
  { screen = [width, height], at = [0, 0], transparent = -1, interlaced = false } = {},
): Buffer {
  const colors = [10, 0, 0, 0, 20, 0, 0, 0, 30, 40, 40, 40];
  const rows = interlaced
    ? [
        [0, 8],
        [4, 8],
        [2, 4],
        [1, 2],
      ].flatMap(([first, step]) => {
        return Array.from({ length: Math.max(0, Math.ceil((height - first) / step)) }, (_, i) => first + i * step);
      })
    : Array.from({ length: height }, (_, y) => y);
  const codes = rows.flatMap((y) => Array.from({ length: width }, (_, x) => [4, place(x, y)]).flat());
  let bits = 0n;
  [...codes, 5].forEach((code, i) => (bits |= BigInt(code) << BigInt(3 * i)));
  const data: number[] = [];
  for (let left = codes.length * 3 + 3; left > 0; left -= 8, bits >>= 8n) data.push(Number(bits & 255n));
  const blocks: number[] = [];
  for (let i = 0; i < data.length; i += 255) blocks.push(Math.min(255, data.length - i), ...data.slice(i, i + 255));
  const short = (...numbers: number[]) => numbers.flatMap((number) => [number & 255, number >> 8]);
  return Buffer.from([
    ...Buffer.from('GIF89a'),
    ...short(...screen),
    0x81,
    1,
    0,
    ...colors,
    ...(transparent < 0 ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0]),
    0x2c,
    ...short(...at, width, height),
    interlaced ? 0x40 : 0,
    2,
    ...blocks,
    0,
    0x3b,
  ]);
}

/** Puts a note of a camera about the orientation into a JPEG. */
export function oriented(jpeg: Uint8Array, orientation: number): Buffer {
  const note = Buffer.from(
    `457869660000 4d4d002a00000008 0001 0112000300000001000${orientation}0000 00000000`.replaceAll(' ', ''),
    'hex',
  );
  const head = Buffer.from([0xff, 0xe1, 0, note.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, note, jpeg.subarray(2)]);
}
