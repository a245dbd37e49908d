// Writes, copies and streams whole files.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const MB = 1 << 20;

/** @param {number} size @param {(paths: { from: string, to: string }, bytes: Buffer) => Promise<unknown>} work */
function working(size, work) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-bench-'));
  const paths = { from: path.join(dir, 'from'), to: path.join(dir, 'to') };
  const bytes = Buffer.alloc(size, 'All work and no play makes a dull file.\n');
  fs.writeFileSync(paths.from, bytes);
  return {
    async run(/** @type {number} */ iterations) {
      for (let i = 0; i < iterations; i++) await work(paths, bytes);
      const { size: written = size } = fs.statSync(paths.to, { throwIfNoEntry: false }) ?? {};
      if (written !== size) throw new Error('bytes are missing');
    },
    close: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}

/** @param {AsyncIterable<Uint8Array>} stream */
async function drain(stream) {
  let size = 0;
  for await (const chunk of stream) size += chunk.length;
  return size;
}

export default [
  ...[
    ['1 KB', 1024],
    ['1 MB', MB],
    ['64 MB', 64 * MB],
  ].map(([name, size]) => ({
    name: `Bun.write of bytes, ${name}`,
    bun: () => working(Number(size), ({ to }, bytes) => Bun.write(to, bytes)),
    peers: {
      'fs.promises.writeFile': () => working(Number(size), ({ to }, bytes) => fs.promises.writeFile(to, bytes)),
    },
    limit: ['benchmark/file/write.c', size],
  })),
  {
    name: 'Bun.write of a file (copy), 64 MB',
    bun: () => working(64 * MB, ({ from, to }) => Bun.write(to, Bun.file(from))),
    peers: { 'fs.promises.copyFile': () => working(64 * MB, ({ from, to }) => fs.promises.copyFile(from, to)) },
    limit: ['benchmark/file/copy.c', 64 * MB],
  },
  {
    name: 'Bun.write of a file (copy), 512 MB',
    bun: () => working(512 * MB, ({ from, to }) => Bun.write(to, Bun.file(from))),
    peers: { 'fs.promises.copyFile': () => working(512 * MB, ({ from, to }) => fs.promises.copyFile(from, to)) },
    limit: ['benchmark/file/copy.c', 512 * MB],
  },
  {
    name: 'Bun.write of a stream, 64 MB',
    bun: () => working(64 * MB, ({ from, to }) => Bun.write(to, new Response(Bun.file(from).stream()))),
    peers: {
      'stream.pipeline': () =>
        working(64 * MB, ({ from, to }) => pipeline(fs.createReadStream(from), fs.createWriteStream(to))),
    },
  },
  {
    name: 'Bun.file().stream(), 64 MB',
    bun: () => working(64 * MB, ({ from }) => drain(/** @type {any} */ (Bun.file(from).stream()))),
    peers: { 'fs.createReadStream': () => working(64 * MB, ({ from }) => drain(fs.createReadStream(from))) },
    limit: ['benchmark/file/read.c', 64 * MB, 512 * 1024],
  },
];
