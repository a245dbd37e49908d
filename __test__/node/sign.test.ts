// Signatures of Ed25519 through `dx-compat/node/crypto` beside Node's own. Not in Bun, which has no such package.
import { describe, expect, test } from 'bun:test';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/crypto') : crypto;

const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
const outcome = (call: () => unknown) => {
  try {
    return call();
  } catch ({ name, code, message }: any) {
    return { name, code, message };
  }
};
const hex = (text: string) => Buffer.from(text, 'hex');
const keyOf = (bytes: Buffer) =>
  crypto.createPublicKey({ key: Buffer.concat([hex('302a300506032b6570032100'), bytes]), format: 'der', type: 'spki' });

/** Points of small order, two encodings of each that has two, and some that are none. */
const points = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  '0200000000000000000000000000000000000000000000000000000000000000',
].map(hex);
const ORDER = hex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

describe.skipIf(!isDxCompat)('Ed25519', () => {
  test('data of all lengths', () => {
    for (let length = 0; length <= 300; length++) {
      const data = crypto.randomBytes(length);
      const signature = ours.sign(null, data, privateKey);
      expect(Buffer.isBuffer(signature) && signature.equals(crypto.sign(null, data, privateKey))).toBe(true);
      expect(ours.verify(null, data, publicKey, signature)).toBe(true);
      const [place, bit] = [crypto.randomInt(64), 1 << crypto.randomInt(8)];
      signature[place] ^= bit;
      expect(ours.verify(null, data, publicKey, signature)).toBe(false);
      signature[place] ^= bit;
      expect(ours.verify(null, Buffer.concat([data, Buffer.from('x')]), publicKey, signature)).toBe(false);
    }
    const large = crypto.randomBytes(1 << 20);
    expect(ours.sign(undefined, large, privateKey)).toEqual(crypto.sign(undefined, large, privateKey));
  });

  test('a signature has memory of its own', () => {
    const signature = ours.sign(null, Buffer.from('x'), privateKey);
    expect([signature.length, signature.buffer.byteLength, signature.byteOffset]).toEqual([64, 64, 0]);
    expect(Object.getPrototypeOf(signature)).toBe(Buffer.prototype);
  });

  test('points of small order and scalars above the order', () => {
    const scalars = [Buffer.alloc(32), ORDER, Buffer.from([1, ...Buffer.alloc(31)]), Buffer.alloc(32, 0xff)];
    const answers = new Set<unknown>();
    for (const point of points) {
      const key: any = outcome(() => keyOf(point));
      if (!(key instanceof crypto.KeyObject)) continue;
      for (const commitment of points)
        for (const scalar of scalars)
          for (const text of ['', 'a', 'other']) {
            const [data, signature] = [Buffer.from(text), Buffer.concat([commitment, scalar])];
            const theirs = outcome(() => crypto.verify(null, data, key, signature));
            answers.add(theirs);
            expect([point, commitment, scalar, outcome(() => ours.verify(null, data, key, signature))]).toEqual([
              point,
              commitment,
              scalar,
              theirs,
            ]);
          }
    }
    expect([...answers]).toContain(false);
  });

  test('a commitment of small order with a usual key', () => {
    const number = (bytes: Buffer) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
    const seed = (privateKey.export({ type: 'pkcs8', format: 'der' }) as Buffer).subarray(16);
    const point = (publicKey.export({ type: 'spki', format: 'der' }) as Buffer).subarray(12);
    const secret = crypto.createHash('sha512').update(seed).digest().subarray(0, 32);
    secret[0] &= 248;
    secret[31] = (secret[31] & 127) | 64;
    const data = Buffer.from('data');
    const challenge = number(crypto.createHash('sha512').update(points[0]).update(point).update(data).digest());
    const scalar = (challenge * number(secret)) % number(ORDER);
    const signature = Buffer.concat([points[0], hex(scalar.toString(16).padStart(64, '0')).reverse()]);
    expect(ours.verify(null, data, publicKey, signature)).toBe(crypto.verify(null, data, publicKey, signature));
  });

  test('a scalar with the order added is another signature, which is refused', () => {
    const data = Buffer.from('data');
    const signature = crypto.sign(null, data, privateKey);
    let carry = 0;
    for (let at = 0; at < 32; at++) {
      carry += signature[32 + at] + ORDER[at];
      signature[32 + at] = carry & 0xff;
      carry >>= 8;
    }
    expect([ours, crypto].map((module) => module.verify(null, data, publicKey, signature))).toEqual([false, false]);
  });

  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const others: [string, any][] = [
    ['P-256', crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ...(isDxCompat ? [['Ed448', crypto.generateKeyPairSync('ed448')] satisfies [string, unknown]] : []), // Bun has no such curve
    ['X25519', crypto.generateKeyPairSync('x25519')],
  ];
  const bytes = Buffer.from('some data');
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  test.each([
    ['a text', [null, 'some data', privateKey]],
    ['an ArrayBuffer', [null, new Uint8Array([1, 2]).buffer, privateKey]],
    ['a view', [null, new DataView(new Uint8Array([1, 2, 3]).buffer, 1), privateKey]],
    ['shared memory', [null, shared, privateKey]],
    ['PEM', [null, bytes, pem]],
    ['an object with a key', [null, bytes, { key: privateKey }]],
    ['a public key', [null, bytes, publicKey]],
    ['an algorithm', ['sha256', bytes, privateKey]],
    ['no data', [null, undefined, privateKey]],
    ['no key', [null, bytes]],
    ...others.map(([name, { privateKey: key }]): [string, any[]] => [
      name,
      [name === 'P-256' ? 'sha256' : null, bytes, key],
    ]),
  ])('sign: %s', (name, given) => {
    const [mine, theirs] = [ours, crypto].map((module: any) => outcome(() => module.sign(...given)));
    // Those of P-256 have a number of chance in them.
    if (name !== 'P-256') expect(mine).toEqual(theirs);
    else expect(crypto.verify('sha256', bytes, others[0][1].publicKey, mine as Buffer)).toBe(true);
  });

  const signature = crypto.sign(null, bytes, privateKey);
  test.each([
    ['a private key', [null, bytes, privateKey, signature]],
    ['too short a signature', [null, bytes, publicKey, signature.subarray(1)]],
    ['too long a one', [null, bytes, publicKey, Buffer.concat([signature, signature])]],
    ['none', [null, bytes, publicKey]],
    ['a text', [null, 'some data', publicKey, signature]],
    ['a signature that is a text', [null, bytes, publicKey, 'x']],
    ['PEM', [null, bytes, publicKey.export({ type: 'spki', format: 'pem' }), signature]],
    ['another key', [null, bytes, others[1][1].publicKey, signature]],
    ['an algorithm', ['sha256', bytes, publicKey, signature]],
  ])('verify: %s', (_, given) => {
    const [mine, theirs] = [ours, crypto].map((module: any) => outcome(() => module.verify(...given)));
    expect(mine).toEqual(theirs);
  });

  test('with a callback', async () => {
    expect(await promisify(ours.sign)(null, bytes, privateKey)).toEqual(signature);
    expect(await promisify(ours.verify)(null, bytes, publicKey, signature)).toBe(true);
  });
});
