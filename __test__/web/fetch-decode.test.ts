/** Compressed responses that are whole, cut, changed, or have something behind their end. */
import { afterAll, expect, test } from 'bun:test';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';

const text = Buffer.from(`${'hello hello hello world '.repeat(10)}${Math.PI}`);
const packed: Record<string, Buffer> = {
  gzip: zlib.gzipSync(text),
  deflate: zlib.deflateSync(text),
  'raw deflate': zlib.deflateRawSync(text),
  br: zlib.brotliCompressSync(text),
  zstd: Buffer.from(Bun.zstdCompressSync(text)),
};
const changed = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] ^= 0x55;
  return copy;
};
const behind = (bytes: Buffer, ...rest: Uint8Array[]) => Buffer.concat([bytes, ...rest]);
const named = Buffer.from([0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 3, 2, 0, 65, 66, 67, 0, 68, 0]);
const forms: Record<string, (bytes: Buffer) => Buffer> = {
  whole: (bytes) => bytes,
  empty: () => Buffer.alloc(0),
  'the first byte': (bytes) => bytes.subarray(0, 1),
  'three bytes': (bytes) => bytes.subarray(0, 3),
  half: (bytes) => bytes.subarray(0, bytes.length >> 1),
  'all but nine bytes': (bytes) => bytes.subarray(0, -9),
  'all but eight bytes': (bytes) => bytes.subarray(0, -8),
  'all but one byte': (bytes) => bytes.subarray(0, -1),
  'a changed head': (bytes) => changed(bytes, 0),
  'a changed checksum': (bytes) => changed(bytes, -6),
  'a changed length': (bytes) => changed(bytes, -2),
  'two of them': (bytes) => behind(bytes, bytes),
  'one and a half': (bytes) => behind(bytes, bytes.subarray(0, bytes.length >> 1)),
  'junk behind it': (bytes) => behind(bytes, Buffer.from('junkjunk')),
  'zeros behind it': (bytes) => behind(bytes, Buffer.alloc(100_000)),
  'the magic byte of gzip behind it': (bytes) => behind(bytes, Buffer.from([0x1f])),
  'a name in its header': (bytes) => behind(named, bytes.subarray(10)),
};

const server = http.createServer((request, response) => {
  const { searchParams } = new URL(request.url!, 'http://x');
  const [coding, form, step] = ['coding', 'form', 'step'].map((name) => searchParams.get(name)!);
  response.setHeader('content-encoding', coding.split(' ').at(-1)!);
  const bytes = forms[form](packed[coding]);
  const size = Number(step) || bytes.length || 1;
  const next = (at: number) => {
    if (at >= bytes.length) response.end();
    else response.write(bytes.subarray(at, at + size), () => setImmediate(next, at + size));
  };
  next(0);
});
const port = new Promise<number>((resolve) =>
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
);
afterAll(() => void server.close());

async function outcome(coding: string, form: string, step: number) {
  const query = new URLSearchParams({ coding, form, step: String(step) });
  try {
    const bytes = Buffer.from(await (await fetch(`http://127.0.0.1:${await port}/?${query}`)).arrayBuffer());
    if (bytes.equals(text)) return 'the text';
    return bytes.equals(behind(text, text)) ? 'twice the text' : `${bytes.length} bytes`;
  } catch (error: any) {
    return `${error.name} ${error.code}`;
  }
}

const failures: Record<string, string> = { br: 'BrotliDecompressionError', zstd: 'ZstdDecompressionError' };
const cut = ['the first byte', 'three bytes', 'half', 'all but nine bytes', 'all but eight bytes', 'all but one byte'];
const rest = ['one and a half', 'junk behind it', 'zeros behind it', 'the magic byte of gzip behind it'];

/** What real Bun makes of them. */
function expected(coding: string, form: string): string {
  const failure = `TypeError ${failures[coding] ?? 'ZlibError'}`;
  if (form === 'whole' || form === 'a name in its header') return 'the text';
  if (form === 'empty') return '0 bytes';
  if (cut.includes(form) || form === 'a changed head') return failure;
  if (form === 'two of them') return coding === 'gzip' || coding === 'zstd' ? 'twice the text' : 'the text';
  if (rest.includes(form)) {
    const looked = coding === 'zstd' || (coding === 'gzip' && !['junk behind it', 'zeros behind it'].includes(form));
    return looked ? failure : 'the text';
  }
  return failure;
}

for (const coding of Object.keys(packed)) {
  for (const form of Object.keys(forms)) {
    if (form === 'a name in its header' && coding !== 'gzip') continue;
    // raw deflate has no checksum, and what is cut off or changed may read as something else
    if (coding === 'raw deflate' && !['whole', 'empty', 'half', 'two of them', ...rest].includes(form)) continue;
    if (coding === 'br' && form.startsWith('a changed')) continue; // it has no checksum either
    test(`${coding}: ${form}`, async () => {
      for (const step of [0, 1, 7])
        expect([step, await outcome(coding, form, form === 'zeros behind it' ? 0 : step)]).toEqual([
          step,
          expected(coding, form),
        ]);
    });
  }
}
