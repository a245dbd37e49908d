// Cryptographic digests and HMACs.
import crypto from 'node:crypto';
import { repeat, there } from '../harness/repeat.mjs';

const inputs = { '16 B of text': 'sixteen bytes ok', '1 KB': Buffer.alloc(1024, 7), '1 MB': Buffer.alloc(1 << 20, 7) };
const key = 'a key of its own';

export default [
  ...Object.entries(inputs).map(([size, input]) => ({
    name: `SHA-256 at once to hex, ${size}`,
    unit: 'ns',
    bun: repeat(() => Bun.CryptoHasher.hash('sha256', input, 'hex')),
    peers: there({ 'crypto.hash': crypto.hash && repeat(() => crypto.hash('sha256', input)) }),
  })),
  ...Object.entries(inputs).map(([size, input]) => ({
    name: `SHA-256 with update to hex, ${size}`,
    unit: 'ns',
    bun: repeat(() => new Bun.CryptoHasher('sha256').update(input).digest('hex')),
    peers: { 'crypto.createHash': repeat(() => crypto.createHash('sha256').update(input).digest('hex')) },
  })),
  {
    name: 'SHA-256 at once to base64, 16 B of text',
    unit: 'ns',
    bun: repeat(() => Bun.CryptoHasher.hash('sha256', inputs['16 B of text'], 'base64')),
    peers: there({
      'crypto.hash': crypto.hash && repeat(() => crypto.hash('sha256', inputs['16 B of text'], 'base64')),
    }),
  },
  {
    name: 'SHA-256 at once to bytes, 16 B of text',
    unit: 'ns',
    bun: repeat(() => Bun.CryptoHasher.hash('sha256', inputs['16 B of text'])),
    peers: there({
      'crypto.hash': crypto.hash && repeat(() => crypto.hash('sha256', inputs['16 B of text'], 'buffer')),
    }),
  },
  ...['16 B of text', '1 KB'].map((size) => ({
    name: `HMAC-SHA-256 to hex, ${size}`,
    unit: 'ns',
    bun: repeat(() => new Bun.CryptoHasher('sha256', key).update(inputs[size]).digest('hex')),
    peers: { 'crypto.createHmac': repeat(() => crypto.createHmac('sha256', key).update(inputs[size]).digest('hex')) },
  })),
  ...['sha1', 'sha512', 'md5', 'sha3-256', 'blake2b512'].map((name) => ({
    name: `${name} at once, 1 MB`,
    unit: 'ns',
    bun: repeat(() => Bun.CryptoHasher.hash(name, inputs['1 MB'], 'hex')),
    peers: there({ 'crypto.hash': crypto.hash && repeat(() => crypto.hash(name, inputs['1 MB'])) }),
  })),
  {
    name: 'Bun.randomUUIDv7',
    unit: 'ns',
    bun: repeat(() => Bun.randomUUIDv7()),
    peers: { 'crypto.randomUUID (v4)': repeat(() => crypto.randomUUID()) },
  },
];
