// `Bun.hash` and its like.
import { createRequire } from 'node:module';
import zlib from 'node:zlib';
import { repeat, there } from '../harness/repeat.mjs';

const require = createRequire(import.meta.url);
const long = Buffer.alloc(1 << 20);
for (let at = 0; at < long.length; at++) long[at] = (at * 31 + (at >> 5)) & 255;
const short = 'sixteen bytes ok';

/** A function of a package, prepared once. @param {string} name @param {(exports: any) => () => unknown} make */
const from = (name, make) => () => repeat(make(require(name)))();

const peers = {
  'crc32, 16 B': {
    'zlib.crc32': zlib.crc32 && repeat(() => zlib.crc32(short)),
    '@node-rs/crc32': from(
      '@node-rs/crc32',
      ({ crc32 }) =>
        () =>
          crc32(short),
    ),
  },
  'crc32, 1 MB': {
    'zlib.crc32': zlib.crc32 && repeat(() => zlib.crc32(long)),
    '@node-rs/crc32': from(
      '@node-rs/crc32',
      ({ crc32 }) =>
        () =>
          crc32(long),
    ),
  },
  'xxHash64, 16 B': {
    '@node-rs/xxhash': from(
      '@node-rs/xxhash',
      ({ xxh64 }) =>
        () =>
          xxh64(short),
    ),
  },
  'xxHash64, 1 MB': {
    '@node-rs/xxhash': from(
      '@node-rs/xxhash',
      ({ xxh64 }) =>
        () =>
          xxh64(long),
    ),
  },
  'xxHash3, 16 B': {
    '@node-rs/xxhash': from(
      '@node-rs/xxhash',
      ({ xxh3 }) =>
        () =>
          xxh3.xxh64(short),
    ),
  },
  'xxHash3, 1 MB': {
    '@node-rs/xxhash': from(
      '@node-rs/xxhash',
      ({ xxh3 }) =>
        () =>
          xxh3.xxh64(long),
    ),
  },
};
const names = ['crc32', 'adler32', 'xxHash64', 'xxHash3', 'murmur32v3', 'rapidhash'];

export default [
  { name: 'Bun.hash (Wyhash), 16 B', unit: 'ns', bun: repeat(() => Bun.hash(short)), peers: {} },
  { name: 'Bun.hash (Wyhash), 1 MB', unit: 'ns', bun: repeat(() => Bun.hash(long)), peers: {} },
  ...names.flatMap((name) =>
    [
      ['16 B', short],
      ['1 MB', long],
    ].map(([size, input]) => ({
      name: `Bun.hash.${name}, ${size}`,
      unit: 'ns',
      bun: repeat(() => Bun.hash[name](input)),
      peers: there(peers[`${name}, ${size}`] ?? {}),
    })),
  ),
];
