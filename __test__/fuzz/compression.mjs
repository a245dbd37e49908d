// Random input, whole and in ruins: `node __test__/fuzz/compare.mjs compression.mjs 1-10 30` compares with real Bun what
// comes of it. What each compresses, its own zlib must read as well.
import zlib from 'node:zlib';
import { generator } from './random.mjs';

const [seed = '1', rounds = '20'] = process.argv.slice(2);
const { below, pick, random } = generator(Number(seed));

/** Runs of zeros, noise, words and repetitions of what was there, in any order. */
function input() {
  const size = Math.floor(2 ** (random() * 22));
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    const length = Math.min(size - at, 1 + below(pick([10, 1000, 100_000])));
    const kind = below(4);
    if (kind === 1) for (let i = 0; i < length; i++) bytes[at + i] = below(256);
    else if (kind === 2) bytes.fill(pick(['lorem ipsum ', 'a', 'dolor sit amet, ']), at, at + length);
    else if (kind === 3 && at > 0) bytes.copy(bytes, at, below(at), Math.min(at, below(at) + length));
    at += length;
  }
  return bytes;
}

/** @param {() => Uint8Array} call @returns {string} the length of the result and its CRC-32, or what was thrown */
function outcome(call) {
  try {
    const result = call();
    return `${result.length} ${Bun.hash.crc32(result)}`;
  } catch (error) {
    return `${error.name} ${error.code}: ${error.message}`;
  }
}

/** @param {Uint8Array} packed */
function ruined(packed) {
  const bytes = Buffer.from(packed);
  const kind = below(3);
  if (kind === 0) return bytes.subarray(0, below(bytes.length + 1));
  if (kind === 1) return Buffer.concat([bytes, Buffer.from('junk')]);
  for (let times = 1 + below(3); times > 0 && bytes.length > 0; times--) bytes[below(bytes.length)] ^= 1 << below(8);
  return bytes;
}

for (let round = 0; round < Number(rounds); round++) {
  const bytes = input();
  const level = below(10);
  const reads = [
    [Bun.gzipSync(bytes, { level }), Bun.gunzipSync, zlib.gunzipSync],
    [Bun.deflateSync(bytes, { level }), Bun.inflateSync, zlib.inflateRawSync],
    [Bun.zstdCompressSync(bytes, { level: 1 + below(12) }), Bun.zstdDecompressSync, undefined],
  ];
  const whole = outcome(() => bytes);
  for (const [packed, ours, zlibs] of reads) {
    const same = outcome(() => ours(packed)) === whole && (!zlibs || outcome(() => zlibs(packed)) === whole);
    console.log(JSON.stringify([round, bytes.length, level, same]));
  }
  // The same bytes for both, whose encoders differ: stored blocks.
  const made = zlib.gzipSync(bytes.subarray(0, 5000), { level: 0 });
  made[9] = 3;
  for (let times = 0; times < 5; times++) {
    const broken = ruined(made);
    console.log(JSON.stringify([round, broken.length, outcome(() => Bun.gunzipSync(broken))]));
  }
}
