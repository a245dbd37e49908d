import { expect, test } from 'bun:test';

// WebCrypto of Node has SHA-3 since 24.7.
const has = await crypto.subtle.digest('SHA3-256', new Uint8Array()).then(
  () => true,
  () => false,
);

test.skipIf(!has)('a key for HMAC with SHA-3 has the length of a block where none is asked for', async () => {
  for (const [hash, length] of [
    ['SHA3-256', 136],
    ['SHA3-384', 104],
    ['SHA3-512', 72],
  ] as const) {
    for (const given of [hash, { name: hash }]) {
      const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: given }, true, ['sign']);
      const raw = await crypto.subtle.exportKey('raw', key as CryptoKey);
      expect(raw.byteLength).toBe(length);
    }
    const short = await crypto.subtle.generateKey({ name: 'HMAC', hash, length: 64 }, true, ['sign']);
    expect((await crypto.subtle.exportKey('raw', short as CryptoKey)).byteLength).toBe(8);
  }
});
