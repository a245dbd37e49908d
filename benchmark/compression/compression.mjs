// Compression at once. 16 MB: sources of TypeScript, and what is in Bun's own binary. npm has no native package that is
// ahead of Node's zlib; those in JavaScript (pako, fflate) are behind it.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import zlib from 'node:zlib';
import { repeat, there } from '../harness/repeat.mjs';

const require = createRequire(import.meta.url);
const HALF = 8 << 20;

function corpus() {
  const folder = path.dirname(require.resolve('typescript/package.json'));
  const texts = ['lib/typescript.js', 'lib/_tsc.js'].map((name) => fs.readFileSync(path.join(folder, name)));
  const bun = path.join(path.dirname(require.resolve('bun/package.json')), 'bin', 'bun.exe');
  const binary = Buffer.alloc(HALF);
  const file = fs.openSync(bun);
  fs.readSync(file, binary, 0, HALF, 40 << 20);
  fs.closeSync(file);
  return Buffer.concat([Buffer.concat(texts).subarray(0, HALF), binary]);
}

let kept;
/** @param {(bytes: Buffer) => () => unknown} make */
const over = (make) => () => repeat(make((kept ??= corpus())))();
const small = Buffer.from('All work and no play makes a dull file, number 17. '.repeat(20));
/** @param {(bytes: Buffer) => () => unknown} make */
const overSource = (make) => () => {
  const folder = path.dirname(require.resolve('typescript/package.json'));
  const source = fs.readFileSync(path.join(folder, 'lib', '_tsc.js'));
  return repeat(make(source.subarray(100_000, 101_024)))();
};

export default [
  {
    name: 'gzipSync, 1 KB of text',
    unit: 'ns',
    bun: repeat(() => Bun.gzipSync(small)),
    peers: { 'zlib.gzipSync': repeat(() => zlib.gzipSync(small)) },
  },
  {
    name: 'gzipSync, 1 KB of source',
    unit: 'ns',
    bun: overSource((bytes) => () => Bun.gzipSync(bytes)),
    peers: { 'zlib.gzipSync': overSource((bytes) => () => zlib.gzipSync(bytes)) },
  },
  {
    name: 'gzipSync, level 1, 1 KB of source',
    unit: 'ns',
    bun: overSource((bytes) => () => Bun.gzipSync(bytes, { level: 1 })),
    peers: { 'zlib.gzipSync': overSource((bytes) => () => zlib.gzipSync(bytes, { level: 1 })) },
  },
  {
    name: 'gzipSync, 16 MB',
    unit: 'ns',
    bun: over((bytes) => () => Bun.gzipSync(bytes)),
    peers: { 'zlib.gzipSync': over((bytes) => () => zlib.gzipSync(bytes)) },
  },
  {
    name: 'gzipSync, level 1, 16 MB',
    unit: 'ns',
    bun: over((bytes) => () => Bun.gzipSync(bytes, { level: 1 })),
    peers: { 'zlib.gzipSync': over((bytes) => () => zlib.gzipSync(bytes, { level: 1 })) },
  },
  {
    name: 'gunzipSync, 1 KB of source',
    unit: 'ns',
    bun: overSource((bytes) => {
      const packed = zlib.gzipSync(bytes);
      return () => Bun.gunzipSync(packed);
    }),
    peers: {
      'zlib.gunzipSync': overSource((bytes) => {
        const packed = zlib.gzipSync(bytes);
        return () => zlib.gunzipSync(packed);
      }),
    },
  },
  {
    name: 'gunzipSync, 16 MB',
    unit: 'ns',
    bun: over((bytes) => {
      const packed = zlib.gzipSync(bytes);
      return () => Bun.gunzipSync(packed);
    }),
    peers: {
      'zlib.gunzipSync': over((bytes) => {
        const packed = zlib.gzipSync(bytes);
        return () => zlib.gunzipSync(packed);
      }),
    },
  },
  {
    name: 'zstdCompressSync, 1 KB of text',
    unit: 'ns',
    bun: repeat(() => Bun.zstdCompressSync(small)),
    peers: there({ 'zlib.zstdCompressSync': zlib.zstdCompressSync && repeat(() => zlib.zstdCompressSync(small)) }),
  },
  {
    name: 'zstdCompressSync, 1 KB of source',
    unit: 'ns',
    bun: overSource((bytes) => () => Bun.zstdCompressSync(bytes)),
    peers: there({
      'zlib.zstdCompressSync': zlib.zstdCompressSync && overSource((bytes) => () => zlib.zstdCompressSync(bytes)),
    }),
  },
  {
    name: 'zstdDecompressSync, 1 KB of source',
    unit: 'ns',
    bun: overSource((bytes) => {
      const packed = Bun.zstdCompressSync(bytes);
      return () => Bun.zstdDecompressSync(packed);
    }),
    peers: there({
      'zlib.zstdDecompressSync':
        zlib.zstdDecompressSync &&
        overSource((bytes) => {
          const packed = zlib.zstdCompressSync(bytes);
          return () => zlib.zstdDecompressSync(packed);
        }),
    }),
  },
  {
    name: 'zstdCompressSync, 16 MB',
    unit: 'ns',
    bun: over((bytes) => () => Bun.zstdCompressSync(bytes)),
    peers: there({
      'zlib.zstdCompressSync': zlib.zstdCompressSync && over((bytes) => () => zlib.zstdCompressSync(bytes)),
    }),
  },
  {
    name: 'zstdDecompressSync, 16 MB',
    unit: 'ns',
    bun: over((bytes) => {
      const packed = Bun.zstdCompressSync(bytes);
      return () => Bun.zstdDecompressSync(packed);
    }),
    peers: there({
      'zlib.zstdDecompressSync':
        zlib.zstdDecompressSync &&
        over((bytes) => {
          const packed = zlib.zstdCompressSync(bytes);
          return () => zlib.zstdDecompressSync(packed);
        }),
    }),
  },
];
