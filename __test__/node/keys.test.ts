// P-256 and X25519 through `dx-compat/node/crypto` beside Node's own. Not in Bun, which has no such package.
import { describe, expect, test } from 'bun:test';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/crypto') : crypto;

const outcome = (call: () => unknown) => {
  try {
    return call();
  } catch ({ name, code, message }: any) {
    return { name, code, message };
  }
};
/** What both say must be the same. A key is taken over when it is used again. */
const same = (call: (module: any) => unknown, said?: unknown) => {
  const theirs = outcome(() => call(crypto));
  for (let count = 0; count < 3; count++)
    expect([said ?? String(call), outcome(() => call(ours))]).toEqual([said ?? String(call), theirs]);
  return theirs;
};
const hex = (text: string) => Buffer.from(text, 'hex');
const bytesOf = (number: bigint, length = 32) => hex(number.toString(16).padStart(2 * length, '0'));
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const pair = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { privateKey, publicKey } = pair;
const numbers = (key: unknown) => ({ key, dsaEncoding: 'ieee-p1363' });
const data = Buffer.from('some data');

/** A number as DER writes it. */
const integer = (number: bigint) => {
  const digits = number.toString(16);
  const bytes = hex(digits.padStart(digits.length + (digits.length % 2), '0'));
  const whole = bytes[0] >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(2, whole.length), whole]);
};
const sequence = (...parts: Buffer[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(0x30, content.length), content]);
};

describe.skipIf(!isDxCompat)('ECDSA on P-256', () => {
  test('data of all lengths', () => {
    for (let length = 0; length <= 300; length++) {
      const input = crypto.randomBytes(length);
      const signature = ours.sign('sha256', input, privateKey);
      expect(Buffer.isBuffer(signature) && signature.byteOffset === 0).toBe(true);
      expect(crypto.verify('sha256', input, publicKey, signature)).toBe(true);
      expect(ours.verify('sha256', input, publicKey, crypto.sign('sha256', input, privateKey))).toBe(true);
      const fixed = ours.sign('SHA256', input, numbers(privateKey));
      expect(fixed).toHaveLength(64);
      expect(crypto.verify('SHA256', input, numbers(publicKey) as any, fixed)).toBe(true);
      expect(ours.verify('RSA-SHA256', input, numbers(publicKey), fixed)).toBe(true);
      fixed[length % 64] ^= 1 << (length % 8);
      expect(ours.verify('sha256', input, numbers(publicKey), fixed)).toBe(false);
      expect(ours.verify('sha256', input, other.publicKey, signature)).toBe(false);
      expect(ours.verify('sha256', Buffer.concat([input, Buffer.of(0)]), publicKey, signature)).toBe(false);
    }
    const large = crypto.randomBytes(1 << 20);
    expect(crypto.verify('sha256', large, publicKey, ours.sign('sha256', large, privateKey))).toBe(true);
  });

  test('no two signatures of the same data are the same', () => {
    const all = Array.from({ length: 200 }, () => ours.sign('sha256', data, numbers(privateKey)).toString('hex'));
    expect(new Set(all.map((each) => each.slice(0, 64))).size).toBe(200);
  });

  test('signatures whose numbers are short', () => {
    for (let count = 0; count < 3000; count++) {
      const signature = ours.sign('sha256', data, privateKey);
      if (signature.length < 70) expect(crypto.verify('sha256', data, publicKey, signature)).toBe(true);
    }
    for (let count = 0; count < 1500; count++) {
      const signature = crypto.sign('sha256', data, privateKey);
      expect(ours.verify('sha256', data, publicKey, signature)).toBe(true);
    }
  });

  const signature = crypto.sign('sha256', data, numbers(privateKey) as any);
  const [first, second] = [0, 32].map((at) => BigInt(`0x${signature.toString('hex', at, at + 32)}`));

  test('numbers at and over the limits', () => {
    const values = [
      0n,
      1n,
      ORDER - 1n,
      ORDER,
      ORDER + 1n,
      2n ** 256n - 1n,
      first,
      second,
      ORDER - second,
      ORDER - first,
    ];
    for (const one of values)
      for (const two of values) {
        const fixed = Buffer.concat([bytesOf(one), bytesOf(two)]);
        same((c) => c.verify('sha256', data, numbers(publicKey), fixed), [one, two]);
        same((c) => c.verify('sha256', data, publicKey, sequence(integer(one), integer(two))), [one, two]);
      }
    // The other number of the same point is as good, as everywhere.
    const mirrored = Buffer.concat([bytesOf(first), bytesOf(ORDER - second)]);
    expect(ours.verify('sha256', data, numbers(publicKey), mirrored)).toBe(true);
  });

  test('forms of DER', () => {
    const [one, two] = [integer(first), integer(second)];
    const padded = (number: Buffer) => Buffer.concat([Buffer.of(2, number.length - 1, 0), number.subarray(2)]);
    const negative = (number: bigint) => Buffer.concat([Buffer.of(2, 32), bytesOf(number | (1n << 255n))]);
    const plain = sequence(one, two);
    const forms = [
      plain,
      Buffer.concat([plain, Buffer.of(0)]),
      plain.subarray(0, -1),
      Buffer.concat([Buffer.of(0x30, 0x81, plain.length - 2), plain.subarray(2)]),
      Buffer.concat([Buffer.of(0x30, 0x80), plain.subarray(2), Buffer.of(0, 0)]),
      Buffer.concat([Buffer.of(0x31), plain.subarray(1)]),
      sequence(padded(one), two),
      sequence(one, padded(two)),
      sequence(negative(first), two),
      sequence(one, negative(second)),
      sequence(one),
      sequence(one, two, two),
      sequence(Buffer.of(2, 0), two),
      sequence(Buffer.of(2, 1, 0), two),
      sequence(Buffer.of(2, 1, 0x80), two),
      sequence(Buffer.of(2, 0x81, 1, 1), two),
      sequence(integer(first + (1n << 256n)), two),
      sequence(integer(first << 64n), two),
      sequence(Buffer.concat([Buffer.of(3), one.subarray(1)]), two),
      Buffer.alloc(0),
      Buffer.of(0x30),
      Buffer.of(0x30, 0),
      signature,
    ];
    const answers = forms.map((form, at) => same((c) => c.verify('sha256', data, publicKey, form), [at, form]));
    expect(answers.slice(0, 2)).toEqual([true, false]);
    for (const form of forms) same((c) => c.verify('sha256', data, numbers(publicKey), form), form);
  });

  test('keys of all forms', () => {
    const jwk = privateKey.export({ format: 'jwk' });
    const pem = privateKey.export({ type: 'sec1', format: 'pem' }) as string;
    const locked = privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    }) as string;
    const spki = publicKey.export({ type: 'spki', format: 'der' }) as Buffer;
    const short = crypto.ECDH.convertKey(spki.subarray(26), 'prime256v1', undefined, undefined, 'compressed') as Buffer;
    const compressed = Buffer.concat([hex('3039301306072a8648ce3d020106082a8648ce3d030107032200'), short]);
    const privates = [
      crypto.createPrivateKey({ key: jwk, format: 'jwk' }),
      crypto.createPrivateKey(pem),
      crypto.createPrivateKey({ key: locked, passphrase: 'x' }),
      pem,
      { key: pem },
      { key: locked, passphrase: 'x' },
      { key: jwk, format: 'jwk' },
      { key: privateKey },
      { key: privateKey, dsaEncoding: undefined },
      { key: privateKey, dsaEncoding: 'der' },
      { key: privateKey, padding: undefined },
      Object.create({ dsaEncoding: 'ieee-p1363' }, { key: { value: privateKey, enumerable: true } }),
    ];
    const publics: any[] = [
      crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' }),
      crypto.createPublicKey({ key: compressed, format: 'der', type: 'spki' }),
      crypto.createPublicKey({ key: jwk, format: 'jwk' }),
      crypto.createPublicKey(privateKey),
      privateKey,
      { key: privateKey },
      { key: publicKey },
    ];
    for (const [at, key] of [...privates.entries(), ...privates.entries(), ...privates.entries()]) {
      const made = ours.sign('sha256', data, key);
      const isFixed = at === privates.length - 1;
      const check: any = isFixed ? numbers(publicKey) : publicKey;
      expect([at, crypto.verify('sha256', data, check, made)]).toEqual([at, true]);
    }
    for (const [at, key] of [...publics.entries(), ...publics.entries(), ...publics.entries()])
      expect([at, ours.verify('sha256', data, key, crypto.sign('sha256', data, privateKey))]).toEqual([at, true]);
  });

  test("what is odd is Node's", () => {
    const der = crypto.sign('sha256', data, privateKey);
    const text = 'text' as any;
    const calls: ((c: any) => unknown)[] = [
      (c) => c.sign('sha256', text, privateKey).length > 60,
      (c) => c.sign('sha256', undefined, privateKey),
      (c) => c.sign('sha256', new Proxy(data, {}), privateKey),
      (c) => c.sign('nope', data, privateKey),
      (c) => c.sign(null, data, privateKey).length > 60,
      (c) => c.sign(5, data, privateKey),
      (c) => c.sign('sha256', data, publicKey),
      (c) => c.sign('sha256', data, { key: publicKey }),
      (c) => c.sign('sha256', data, { key: privateKey, dsaEncoding: 'nope' }),
      (c) => c.sign('sha256', data, { key: privateKey, dsaEncoding: null }),
      (c) => c.sign('sha256', data, { dsaEncoding: 'der' }),
      (c) => c.sign('sha256', data, {}),
      (c) => c.sign('sha256', data, null),
      (c) => c.sign('sha256', data),
      (c) => c.sign('sha256', data, crypto.createSecretKey(data)),
      (c) => c.sign('sha256', data, crypto.generateKeyPairSync('x25519').privateKey),
      (c) => c.sign('sha384', data, numbers(privateKey)).length,
      (c) =>
        c.sign('sha256', data, numbers(crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)).length,
      (c) =>
        c.sign('sha256', data, numbers(crypto.generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey))
          .length,
      (c) => c.sign('sha256', data, numbers(privateKey), 'callback'),
      (c) => c.verify('sha256', data, publicKey, 'text'),
      (c) => c.verify('sha256', data, publicKey),
      (c) => c.verify('sha256', data, undefined, der),
      (c) => c.verify('sha384', data, publicKey, der),
      (c) => c.verify(null, data, publicKey, der),
      (c) => c.verify('sha256', data, publicKey, new Uint8Array(new SharedArrayBuffer(70))),
      (c) => c.verify('sha256', new DataView(new Uint8Array(data).buffer), publicKey, der),
      (c) => c.verify('sha256', data, { key: publicKey, dsaEncoding: 'nope' }, der),
      (c) => c.verify('sha256', data, crypto.generateKeyPairSync('ed25519').publicKey, der),
    ];
    for (const call of calls) same(call);
  });

  test('memory that is gone, that shrank, and arrays that say another length', () => {
    const [der, gone] = [crypto.sign('sha256', data, privateKey), new Uint8Array(data)];
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    const memory: any = new (ArrayBuffer as any)(data.length, { maxByteLength: 100 });
    const shrunk = new Uint8Array(memory, 0, data.length);
    memory.resize(1);
    const lying = Object.defineProperty(new Uint8Array(data), 'length', { value: 3 });
    for (const input of [gone, shrunk, new Uint8Array(memory), lying]) {
      same((c) => c.verify('sha256', input, publicKey, der));
      same((c) => c.verify('sha256', data, publicKey, input));
      same((c) => crypto.verify('sha256', input, publicKey, c.sign('sha256', input, privateKey)));
    }
    const signature = Object.defineProperty(new Uint8Array(der), 'length', { value: 1 });
    expect(same((c) => c.verify('sha256', data, publicKey, signature))).toBe(true);
  });

  test('with a callback', async () => {
    const made = await new Promise<Buffer>((resolve, reject) =>
      ours.sign('sha256', data, privateKey, (error: Error, bytes: Buffer) => (error ? reject(error) : resolve(bytes))),
    );
    const valid = await new Promise((resolve) =>
      ours.verify('sha256', data, publicKey, made, (_: unknown, isValid: boolean) => resolve(isValid)),
    );
    expect(valid).toBe(true);
  });
});

describe.skipIf(!isDxCompat)('diffieHellman', () => {
  const mine = crypto.generateKeyPairSync('x25519');
  const theirs = crypto.generateKeyPairSync('x25519');
  const keyOf = (bytes: Buffer) =>
    crypto.createPublicKey({
      key: Buffer.concat([hex('302a300506032b656e032100'), bytes]),
      format: 'der',
      type: 'spki',
    });

  test('P-256 and X25519', () => {
    for (let count = 0; count < 300; count++) {
      const [one, two] = [0, 1].map(() =>
        count % 2 ? crypto.generateKeyPairSync('x25519') : crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      );
      const expected = crypto.diffieHellman({ privateKey: two.privateKey, publicKey: one.publicKey });
      for (let again = 0; again < 3; again++) {
        const secret = ours.diffieHellman({ privateKey: one.privateKey, publicKey: two.publicKey });
        expect(Buffer.isBuffer(secret) && secret.equals(expected)).toBe(true);
        if (again > 0) expect([secret.buffer.byteLength, secret.byteOffset]).toEqual([32, 0]);
      }
    }
  });

  /** RFC 7748, 5.2. */
  test('the vectors of the RFC', () => {
    const vectors = [
      [
        'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
        'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
        'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
      ],
      [
        '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
        'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
        '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
      ],
    ];
    for (const [secret, point, agreed] of vectors) {
      const key = crypto.createPrivateKey({
        key: Buffer.concat([hex('302e020100300506032b656e04220420'), hex(secret)]),
        format: 'der',
        type: 'pkcs8',
      });
      const publicKey = keyOf(hex(point));
      for (let again = 0; again < 3; again++)
        expect(ours.diffieHellman({ privateKey: key, publicKey }).toString('hex')).toBe(agreed);
    }
  });

  test('points of small order, and numbers that are not the shortest', () => {
    const points = [
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000000',
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '0900000000000000000000000000000000000000000000000000000000000000',
    ];
    const answers = points.flatMap((point) =>
      [0, 0x80].map((bit) => {
        const bytes = hex(point);
        bytes[31] |= bit;
        const publicKey = keyOf(bytes);
        return same((c) => c.diffieHellman({ privateKey: mine.privateKey, publicKey }), bytes);
      }),
    );
    expect(
      answers.some((answer) => Buffer.isBuffer(answer)) && answers.some((answer) => !Buffer.isBuffer(answer)),
    ).toBe(true);
  });

  test("what is odd is Node's", () => {
    const calls: ((c: any) => unknown)[] = [
      (c) => c.diffieHellman(),
      (c) => c.diffieHellman(null),
      (c) => c.diffieHellman('text'),
      (c) => c.diffieHellman({}),
      (c) => c.diffieHellman({ privateKey: mine.privateKey }),
      (c) => c.diffieHellman({ publicKey: mine.publicKey }),
      (c) => c.diffieHellman({ privateKey: mine.publicKey, publicKey: mine.publicKey }),
      (c) => c.diffieHellman({ privateKey: mine.privateKey, publicKey: theirs.privateKey }),
      (c) => c.diffieHellman({ privateKey: mine.privateKey, publicKey: other.publicKey }),
      (c) => c.diffieHellman({ privateKey, publicKey: theirs.publicKey }),
      (c) =>
        c.diffieHellman({ privateKey: crypto.generateKeyPairSync('ed25519').privateKey, publicKey: theirs.publicKey }),
      (c) => c.diffieHellman({ privateKey: crypto.createSecretKey(data), publicKey: theirs.publicKey }),
      (c) => c.diffieHellman({ ...mine, extra: 1 }),
    ];
    for (const call of calls) same(call);
  });
});

describe.skipIf(!isDxCompat)('generateKeyPairSync', () => {
  const [spki, pkcs8] = [{ type: 'spki' }, { type: 'pkcs8' }];
  const encodings = ['pem', 'der'].flatMap((one) =>
    ['pem', 'der'].map((two) => ({
      publicKeyEncoding: { ...spki, format: one },
      privateKeyEncoding: { ...pkcs8, format: two },
    })),
  );
  const types: [string, object][] = [
    ['ed25519', {}],
    ['x25519', {}],
    ['ec', { namedCurve: 'P-256' }],
    ['ec', { namedCurve: 'prime256v1' }],
  ];

  test.each(types)('%s %p', (type, options) => {
    for (const encoding of encodings)
      for (let count = 0; count < 20; count++) {
        const [mine, theirs] = [ours, crypto].map((c: any) => c.generateKeyPairSync(type, { ...options, ...encoding }));
        expect(Object.keys(mine)).toEqual(Object.keys(theirs));
        const shape = (key: any) =>
          typeof key === 'string' ? key.replace(/^[^-]+$/gm, (line) => `${line.length}`) : key.length;
        const { publicKey: given, privateKey: secret } = mine;
        expect([shape(given), shape(secret)]).toEqual([shape(theirs.publicKey), shape(theirs.privateKey)]);
        if (Buffer.isBuffer(secret)) expect(secret.buffer.byteLength).toBe(secret.length);
        const made = crypto.createPrivateKey({
          key: secret,
          format: encoding.privateKeyEncoding.format as any,
          type: 'pkcs8',
        });
        expect(made.export(encoding.privateKeyEncoding as any)).toEqual(secret);
        expect(crypto.createPublicKey(made as any).export(encoding.publicKeyEncoding as any)).toEqual(given);
      }
  });

  test('no two are the same', () => {
    const all = Array.from({ length: 300 }, () => ours.generateKeyPairSync('ed25519', encodings[0]).privateKey);
    expect(new Set(all).size).toBe(300);
  });

  test("what is odd is Node's", () => {
    const [{ publicKeyEncoding, privateKeyEncoding }] = encodings;
    const kinds = ({ publicKey: one, privateKey: two }: any) =>
      [one, two]
        .map((key) => (key instanceof crypto.KeyObject ? key.asymmetricKeyType : key?.constructor?.name))
        .join();
    const given: any[][] = [
      [],
      ['ed25519'],
      ['ed25519', null],
      ['ed25519', 'text'],
      ['ed25519', {}],
      ['ed25519', { publicKeyEncoding }],
      ['ed25519', { privateKeyEncoding }],
      ['ed25519', { publicKeyEncoding, privateKeyEncoding: { ...privateKeyEncoding, type: 'sec1' } }],
      ['ed25519', { publicKeyEncoding, privateKeyEncoding: { ...privateKeyEncoding, format: 'jwk' } }],
      ['ed25519', { publicKeyEncoding, privateKeyEncoding: { ...privateKeyEncoding, format: 'nope' } }],
      ['ed25519', { publicKeyEncoding, privateKeyEncoding: { ...privateKeyEncoding, cipher: 'aes-256-cbc' } }],
      [
        'ed25519',
        { publicKeyEncoding, privateKeyEncoding: { ...privateKeyEncoding, cipher: 'aes-256-cbc', passphrase: 'x' } },
      ],
      ['ed25519', { publicKeyEncoding: { type: 'pkcs1', format: 'pem' }, privateKeyEncoding }],
      ['ed25519', { publicKeyEncoding: 'pem', privateKeyEncoding }],
      ['ec', { publicKeyEncoding, privateKeyEncoding }],
      ['ec', { namedCurve: 'P-256' }],
      ['ec', { namedCurve: 'P-384', publicKeyEncoding, privateKeyEncoding }],
      ['ec', { namedCurve: 'nope', publicKeyEncoding, privateKeyEncoding }],
      ['ec', { namedCurve: 5, publicKeyEncoding, privateKeyEncoding }],
      ['ec', { namedCurve: 'P-256', paramEncoding: 'explicit', publicKeyEncoding, privateKeyEncoding }],
      ['ec', { namedCurve: 'P-256', paramEncoding: 'nope', publicKeyEncoding, privateKeyEncoding }],
      ['ec', { namedCurve: 'P-256', publicKeyEncoding, privateKeyEncoding: { type: 'sec1', format: 'pem' } }],
      ['nope', { publicKeyEncoding, privateKeyEncoding }],
      ['x25519', { publicKeyEncoding, privateKeyEncoding, namedCurve: 'P-256' }],
    ];
    for (const each of given) same((c) => kinds(c.generateKeyPairSync(...each)), each);
  });
});

describe.skipIf(!isDxCompat)('keys that are texts', () => {
  const pem = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  };
  const pairs: [string, any, any][] = [
    ['RSA', crypto.generateKeyPairSync('rsa', { modulusLength: 2048, ...pem } as any), 'sha256'],
    ['P-256', crypto.generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem } as any), 'sha256'],
    ['P-384', crypto.generateKeyPairSync('ec', { namedCurve: 'P-384', ...pem } as any), 'sha384'],
    ['Ed25519', crypto.generateKeyPairSync('ed25519', pem as any), null],
  ];
  const locked = crypto.generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    ...pem,
    privateKeyEncoding: { ...pem.privateKeyEncoding, cipher: 'aes-256-cbc', passphrase: 'secret' },
  } as any) as any;

  test.each(pairs)('%s', (_, { publicKey, privateKey }, algorithm) => {
    for (let again = 0; again < 3; again++)
      for (const [secret, point] of [
        [privateKey, publicKey],
        [{ key: privateKey }, { key: publicKey }],
        [privateKey, privateKey],
        [Buffer.from(privateKey), Buffer.from(publicKey)],
        [{ key: Buffer.from(privateKey) }, { key: new Uint8Array(Buffer.from(privateKey)) }],
      ] as any[][]) {
        const made = ours.sign(algorithm, data, secret);
        expect(crypto.verify(algorithm, data, point, made)).toBe(true);
        expect(ours.verify(algorithm, data, point, made)).toBe(true);
        expect(ours.verify(algorithm, Buffer.from('other'), point, made)).toBe(false);
        if (algorithm === null) continue;
        for (const encoding of [undefined, 'base64', 'hex'] as const) {
          const streamed = ours.createSign(algorithm).update(data).sign(secret, encoding);
          expect(typeof streamed).toBe(encoding ? 'string' : 'object');
          for (const module of [crypto, ours])
            expect(module.createVerify(algorithm).update(data).verify(point, streamed, encoding)).toBe(true);
        }
      }
  });

  test('bytes that change are another key', () => {
    const [one, two] = [0, 1].map(() => crypto.generateKeyPairSync('ed25519', pem as any) as any);
    const [secret, point] = [Buffer.from(one.privateKey), Buffer.from(one.publicKey)];
    for (let again = 0; again < 6; again++) {
      const pair = again % 2 ? two : one;
      secret.set(Buffer.from(pair.privateKey));
      point.set(Buffer.from(pair.publicKey));
      const made = ours.sign(null, data, secret);
      expect(made).toEqual(crypto.sign(null, data, pair.privateKey));
      expect(ours.verify(null, data, point, made)).toBe(true);
    }
    secret.fill(0);
    same((c) => c.sign(null, data, secret));
    same((c) => c.sign(null, data, { key: secret }));
    same((c) => c.sign(null, data, Buffer.alloc(20_000, one.privateKey)).length);
    same((c) => c.sign(null, data, Buffer.concat([Buffer.from('é\n'), Buffer.from(one.privateKey)])));
    same((c) => c.sign(null, data, `é\n${one.privateKey}`));
    same((c) => c.sign(null, data, new Uint8Array(new SharedArrayBuffer(10))));
  });

  test('padding and forms of signatures', () => {
    const [{ publicKey, privateKey }] = [pairs[0][1]];
    const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
    for (let again = 0; again < 3; again++) {
      const made = ours
        .createSign('sha256')
        .update(data)
        .sign({ key: privateKey, ...pss });
      expect(
        crypto
          .createVerify('sha256')
          .update(data)
          .verify({ key: publicKey, ...pss }, made),
      ).toBe(true);
      expect(ours.verify('sha256', data, { key: publicKey, ...pss }, made)).toBe(true);
      expect(ours.verify('sha256', data, publicKey, made)).toBe(false);
      const fixed = ours.sign('sha256', data, numbers(pairs[1][1].privateKey));
      expect(fixed).toHaveLength(64);
      expect(crypto.verify('sha256', data, numbers(pairs[1][1].publicKey) as any, fixed)).toBe(true);
    }
  });

  test("what is odd is Node's", () => {
    const [[, rsa], [, ec]] = pairs;
    const made = crypto.sign('sha256', data, rsa.privateKey);
    const calls: ((c: any) => unknown)[] = [
      (c) => c.sign('sha256', data, rsa.publicKey),
      (c) => c.sign('sha256', data, ''),
      (c) => c.sign('sha256', data, 'no key'),
      (c) => c.sign('sha256', data, rsa.privateKey.slice(0, -100)),
      (c) => c.sign('sha256', data, Buffer.from(rsa.privateKey)),
      (c) => c.sign('sha256', data, locked.privateKey),
      (c) => c.sign('sha256', data, { key: locked.privateKey }),
      (c) => c.sign('sha256', data, { key: locked.privateKey, passphrase: 'wrong' }),
      (c) => c.sign('sha256', data, { key: locked.privateKey, passphrase: 'secret' }).length > 60,
      (c) => c.sign('sha256', data, { key: rsa.privateKey, format: 'pem' }),
      (c) => c.sign('sha256', data, { key: rsa.privateKey, format: 'der', type: 'pkcs8' }),
      (c) => c.sign('sha256', data, { key: rsa.privateKey, padding: 'x' }),
      (c) => c.sign('sha256', data, { key: rsa.privateKey, saltLength: 'x' }),
      (c) => c.sign('sha256', data, { key: ec.privateKey, dsaEncoding: 'x' }),
      (c) => c.verify('sha256', data, 'no key', made),
      (c) => c.verify('sha256', data, { key: rsa.publicKey, padding: 99 }, made),
      (c) => c.verify('sha256', data, ec.publicKey, made),
      (c) => c.createSign('sha256').sign(),
      (c) => c.createSign('sha256').sign(null),
      (c) => c.createSign('sha256').sign('no key'),
      (c) => c.createSign('sha256').update(data).sign(rsa.publicKey),
      (c) => c.createSign('sha256').update(data).sign(rsa.privateKey, 'hex'),
      (c) => c.createSign('sha256').update(data).sign({ key: locked.privateKey }),
      (c) => c.createVerify('sha256').verify(),
      (c) => c.createVerify('sha256').update(data).verify(rsa.publicKey),
      (c) => c.createVerify('sha256').update(data).verify(rsa.publicKey, made, 'nope'),
      (c) => c.createVerify('sha256').update(data).verify('no key', made),
      (c) => c.createSign('nope'),
      (c) => c.createSign(5),
      (c) => c.createSign(),
      (c) => c.createVerify(),
      (c) => {
        const sign = c.createSign('sha256').update(data);
        sign.sign(rsa.privateKey);
        return sign.sign(rsa.privateKey);
      },
    ];
    for (const call of calls) same(call);
  });

  test('encryption with RSA', () => {
    const [[, { publicKey, privateKey }]] = pairs;
    const { RSA_PKCS1_OAEP_PADDING, RSA_NO_PADDING } = crypto.constants;
    const oaep = { padding: RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: Buffer.from('label') };
    const keys = (options: object) => [publicKey, privateKey].map((key) => ({ key, ...options }));
    for (let again = 0; again < 3; again++)
      for (const [one, two] of [[publicKey, privateKey], [privateKey, privateKey], keys({}), keys(oaep)] as any[][]) {
        const input = Buffer.concat([data, Buffer.of(again)]);
        for (const [first, second] of [
          [ours, crypto],
          [crypto, ours],
        ]) {
          expect(second.privateDecrypt(two, first.publicEncrypt(one, input))).toEqual(input);
          if (one.oaepHash === undefined)
            expect(second.publicDecrypt(one, first.privateEncrypt(two, input))).toEqual(input);
        }
      }
    const sealed = crypto.publicEncrypt(publicKey, data);
    const calls: ((c: any) => unknown)[] = [
      (c) => c.privateDecrypt(publicKey, sealed),
      (c) => c.privateDecrypt({ key: privateKey, padding: RSA_NO_PADDING }, sealed).length,
      (c) => c.privateDecrypt({ key: privateKey, oaepHash: 'sha512' }, sealed),
      (c) => c.privateDecrypt({ key: privateKey, oaepHash: 'nope' }, sealed),
      (c) => c.privateDecrypt({ key: privateKey, oaepLabel: 5 }, sealed),
      (c) => c.privateDecrypt({ key: privateKey, encoding: 'utf8' }, sealed),
      (c) => c.privateDecrypt({ key: locked.privateKey }, sealed),
      (c) => c.privateDecrypt('no key', sealed),
      (c) => c.privateDecrypt(privateKey, 5),
      (c) => c.privateDecrypt(),
      (c) => c.publicEncrypt(publicKey, Buffer.alloc(1000)),
      (c) => c.publicEncrypt(pairs[1][1].publicKey, data),
      (c) => c.publicEncrypt('no key', data),
      (c) => c.publicEncrypt(),
      (c) => c.publicDecrypt(publicKey, sealed),
      (c) => c.privateEncrypt(privateKey, data),
      (c) => c.privateEncrypt({ key: privateKey, padding: 99 }, data),
    ];
    for (const call of calls) same(call);
  });

  test("objects are instances of Node's classes, and streams", async () => {
    const sign = new ours.createSign('sha256', { highWaterMark: 5 });
    expect([sign instanceof crypto.Sign, sign.constructor, sign.writableHighWaterMark]).toEqual([true, crypto.Sign, 5]);
    expect(sign.sign.length).toBe(crypto.Sign.prototype.sign.length);
    sign.end(data);
    await new Promise((resolve) => sign.once('finish', resolve));
    const made = sign.sign(pairs[0][1].privateKey);
    const verify = ours.createVerify('sha256');
    expect(verify instanceof crypto.Verify).toBe(true);
    verify.end(data);
    expect(verify.verify(pairs[0][1].publicKey, made)).toBe(true);
  });

  test('certificates', () => {
    const [key, certificate] = ['localhost.key', 'localhost.pem'].map((name) =>
      fs.readFileSync(path.join(import.meta.dir, '../bun/fixtures/tls', name), 'utf8'),
    );
    for (let again = 0; again < 3; again++)
      for (const held of [certificate, Buffer.from(certificate), { key: certificate }] as any[]) {
        const made = ours.sign('sha256', data, key);
        expect(ours.verify('sha256', data, held, made)).toBe(true);
        expect(ours.createVerify('sha256').update(data).verify(held, made)).toBe(true);
        expect(crypto.verify('sha256', data, held, made)).toBe(true);
      }
  });

  test('a method that a program replaces is called', () => {
    const { sign } = crypto.Sign.prototype;
    const keys: unknown[] = [];
    crypto.Sign.prototype.sign = function (this: any, ...given: any[]) {
      keys.push(given[0]);
      return (sign as any).apply(this, given);
    } as any;
    try {
      ours.createSign('sha256').update(data).sign(privateKey);
    } finally {
      crypto.Sign.prototype.sign = sign;
    }
    expect(keys).toEqual([privateKey]);
  });

  test('the digest of a key is no key', () => {
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const bytes = Buffer.from(text);
    for (let again = 0; again < 3; again++)
      expect(ours.verify('sha256', data, publicKey, ours.sign('sha256', data, bytes))).toBe(true);
    const digest = crypto.createHash('sha256').update(bytes).digest('hex');
    same((module) => module.sign('sha256', data, digest));
    same((module) => module.sign('sha256', data, `bytes ${digest}`));
    same((module) => module.createSign('sha256').update(data).sign(digest));
  });

  test('options that are hidden or have symbols for names', () => {
    const key = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as any);
    const hidden = Object.defineProperty({ key }, 'passphrase', { value: 'secret' });
    const form = Object.defineProperty({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }, 'dsaEncoding', {
      value: 'ieee-p1363',
    });
    for (let again = 0; again < 3; again++) {
      expect(ours.verify('sha256', data, publicKey, ours.sign('sha256', data, hidden))).toBe(true);
      expect(ours.sign('sha256', data, form).length).toBe(64);
    }
  });

  test('private keys of X25519 are written as OpenSSL writes them', () => {
    const asked: any = {
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    };
    for (let again = 0; again < 20; again++) {
      const made = ours.generateKeyPairSync('x25519', asked).privateKey.subarray(-32);
      expect([made[0] & 7, made[31] & 192]).toEqual([0, 64]);
    }
  });

  test('more texts than are known, and texts whose keys were collected', () => {
    const all = Array.from({ length: 150 }, () => crypto.generateKeyPairSync('ed25519', pem as any) as any);
    for (let again = 0; again < 3; again++) {
      for (const { publicKey, privateKey } of all)
        expect(ours.verify(null, data, publicKey, ours.sign(null, data, privateKey))).toBe(true);
      Bun.gc(true);
    }
  });
});
