// Hashes, digests and compression of short and long input.
import crypto from 'node:crypto';
import zlib from 'node:zlib';

const long = Buffer.alloc(1 << 20);
for (let at = 0; at < long.length; at++) long[at] = (at * 31 + (at >> 5)) & 255;
const short = 'sixteen bytes ok';
const text = Buffer.from('All work and no play makes a dull file, number 17. '.repeat(20_000));

/** @param {() => unknown} work */
const repeat = (work) => () => ({
  run(/** @type {number} */ iterations) {
    let last;
    for (let i = 0; i < iterations; i++) last = work();
    if (last === undefined) throw new Error('nothing was made');
  },
  close() {},
});

export default [
  { name: 'Bun.hash (Wyhash), 16 B', unit: 'ns', bun: repeat(() => Bun.hash(short)), peers: {} },
  { name: 'Bun.hash (Wyhash), 1 MB', unit: 'ns', bun: repeat(() => Bun.hash(long)), peers: {} },
  {
    name: 'Bun.hash.crc32, 16 B',
    unit: 'ns',
    bun: repeat(() => Bun.hash.crc32(short)),
    peers: { 'zlib.crc32': zlib.crc32 ? repeat(() => zlib.crc32(short)) : undefined },
  },
  { name: 'Bun.hash.crc32, 1 MB', unit: 'ns', bun: repeat(() => Bun.hash.crc32(long)), peers: {} },
  { name: 'Bun.hash.adler32, 1 MB', unit: 'ns', bun: repeat(() => Bun.hash.adler32(long)), peers: {} },
  { name: 'Bun.hash.xxHash3, 1 MB', unit: 'ns', bun: repeat(() => Bun.hash.xxHash3(long)), peers: {} },
  {
    name: 'SHA-256 to hex, 16 B',
    unit: 'ns',
    bun: repeat(() => new Bun.CryptoHasher('sha256').update(short).digest('hex')),
    peers: { 'crypto.createHash': repeat(() => crypto.createHash('sha256').update(short).digest('hex')) },
  },
  {
    name: 'SHA-256 to hex, 1 MB',
    unit: 'ns',
    bun: repeat(() => Bun.SHA256.hash(long, 'hex')),
    peers: { 'crypto.createHash': repeat(() => crypto.createHash('sha256').update(long).digest('hex')) },
  },
  {
    name: 'gzip, 1 MB of text',
    unit: 'ns',
    bun: repeat(() => Bun.gzipSync(text)),
    peers: { 'zlib.gzipSync': repeat(() => zlib.gzipSync(text)) },
  },
  { name: 'zstd 3, 1 MB of text', unit: 'ns', bun: repeat(() => Bun.zstdCompressSync(text)), peers: {} },
].map((entry) => ({ ...entry, peers: Object.fromEntries(Object.entries(entry.peers).filter(([, peer]) => peer)) }));
