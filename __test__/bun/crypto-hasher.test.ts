import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';

const { CryptoHasher } = Bun;

/** SHA-256 (its start) over what Bun 1.4.5 gives for all lengths up to 300, at once and in two parts, and HMACs. */
const digests: Record<string, string> = {
  blake2b256: '4cad8274f30e',
  blake2b512: 'e2aeff459fab',
  blake2s256: '6b69c0a92bfa',
  md4: '0f5c8453c582',
  md5: 'd09166d5a2f0',
  ripemd160: '9c2cca9777bf',
  sha1: 'e7ea3e0d8a1f',
  sha224: 'e3aba45d08c1',
  sha256: '81c7aee8cf46',
  sha384: '2c54d11b231b',
  sha512: 'db056ab63c38',
  'sha512-224': '54a19fde31e4',
  'sha512-256': '139a6efc8701',
  'sha3-224': '57022b64bc32',
  'sha3-256': '2dbee4a0f99e',
  'sha3-384': '40eb1c64cb8d',
  'sha3-512': '6582827c5106',
  shake128: '8244d318aea9',
  shake256: '8380c456396e',
};
const unkeyed = ['blake2s256', 'shake128', 'shake256'];
const bytes = Uint8Array.from({ length: 5000 }, (_, at) => (at * 31 + (at >> 3)) & 255);

/** What a call throws, as `code: message`. */
function fault(call: () => unknown): string {
  try {
    call();
  } catch (error: any) {
    return `${error.code}: ${error.message}`;
  }
  return 'nothing';
}

describe('Bun.CryptoHasher', () => {
  test('has the algorithms of Bun', () => {
    expect(CryptoHasher.algorithms as string[]).toEqual(Object.keys(digests));
  });

  test.each(Object.keys(digests))('%s for all lengths', (name) => {
    const algorithm = name as Bun.SupportedCryptoAlgorithms;
    const all = createHash('sha256');
    for (let length = 0; length <= 300; length++) {
      const input = bytes.subarray(0, length);
      all.update(CryptoHasher.hash(algorithm, input, 'hex'));
      const parts = new CryptoHasher(algorithm)
        .update(input.subarray(0, length >> 1))
        .update(input.subarray(length >> 1));
      all.update(parts.digest('hex'));
    }
    all.update(CryptoHasher.hash(algorithm, bytes, 'hex'));
    if (!unkeyed.includes(name)) {
      for (const key of [0, 1, 63, 64, 65, 127, 128, 129, 200]) {
        for (const length of [0, 1, 100]) {
          all.update(
            new CryptoHasher(algorithm, bytes.subarray(0, key)).update(bytes.subarray(0, length)).digest('hex'),
          );
        }
      }
    }
    expect(all.digest('hex').slice(0, 12)).toBe(digests[name]);
  });

  test('names', () => {
    for (const [name, known] of [
      ['SHA256', 'sha256'],
      ['sha-256', 'sha256'],
      ['SHA-512/256', 'sha512-256'],
      ['sha128', 'sha1'],
      ['rmd160', 'ripemd160'],
    ]) {
      expect(new CryptoHasher(name as any).algorithm as string).toBe(known);
    }
    expect(new CryptoHasher('shake128').byteLength).toBe(16);
  });

  test('encodings', () => {
    const digest = (to?: any) => new CryptoHasher('sha1').update('a').digest(to) as any;
    expect(digest('hex')).toBe('86f7e437faa5a7fce15d1ddcb9eaeaea377667b8');
    expect(digest('HEX')).toBe(digest('hex'));
    expect(digest('base64')).toBe('hvfkN/qlp/zhXR3cuerq6jd2Z7g=');
    expect(digest('base64url')).toBe('hvfkN_qlp_zhXR3cuerq6jd2Z7g');
    for (const nothing of [undefined, null, 'buffer']) expect(digest(nothing).toString('hex')).toBe(digest('hex'));
    const out = new Uint8Array(64);
    expect(digest(out)).toBe(out);
    expect(Buffer.from(out.subarray(0, 20)).toString('hex')).toBe(digest('hex'));
    expect(out.subarray(20)).toEqual(new Uint8Array(44));
    expect(new CryptoHasher('sha1').update('00ff', 'hex').digest('hex')).toBe(
      'aa3e5dcdd77b153f2e59bd0d8794fde33cb4e486',
    );
    expect(new CryptoHasher('sha1').update('AP8=', 'base64').digest('hex')).toBe(
      'aa3e5dcdd77b153f2e59bd0d8794fde33cb4e486',
    );
  });

  test('a digest starts anew, an HMAC is used up', () => {
    const hasher = new CryptoHasher('sha1').update('a');
    expect(hasher.digest('hex')).toBe('86f7e437faa5a7fce15d1ddcb9eaeaea377667b8');
    expect(hasher.digest('hex')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    const keyed = new CryptoHasher('sha1', 'k').update('a');
    keyed.digest();
    for (const call of [() => keyed.digest(), () => keyed.update('a'), () => keyed.copy()]) {
      expect(call).toThrow('HMAC has been consumed and is no longer usable');
    }
  });

  test('copy', () => {
    for (const key of [undefined, 'k']) {
      for (const start of ['a', new Uint8Array([97])]) {
        const hasher = new CryptoHasher('sha256', key as any).update(start);
        const copy = hasher.copy().update('b');
        expect(copy.digest('hex')).toBe(new CryptoHasher('sha256', key as any).update('ab').digest('hex'));
        expect(hasher.digest('hex')).toBe(new CryptoHasher('sha256', key as any).update('a').digest('hex'));
      }
    }
  });

  test('input that changes after update does not matter', () => {
    const input = new Uint8Array([97]);
    const hasher = new CryptoHasher('sha1').update(input);
    input[0] = 0;
    expect(hasher.digest('hex')).toBe('86f7e437faa5a7fce15d1ddcb9eaeaea377667b8');
  });

  test('errors', () => {
    const Any = CryptoHasher as any;
    expect(fault(() => new Any())).toBe('ERR_INVALID_ARG_TYPE: algorithm must be a string');
    expect(fault(() => new Any('x'))).toBe('ERR_INVALID_ARG_TYPE: Unsupported algorithm x');
    expect(fault(() => new Any('x', 'key'))).toStartWith(
      "ERR_INVALID_ARG_TYPE: algorithm must be one of 'blake2b256', 'blake2b512', ",
    );
    expect(fault(() => new Any('sha1', 5))).toBe(
      'ERR_INVALID_ARG_TYPE: hmacKey must be a string, ArrayBuffer or ArrayBufferView',
    );
    expect(fault(() => new Any('shake128', 'key'))).toBe('undefined: HMAC is not supported for this algorithm yet');
    expect(fault(() => Any('sha1'))).toBe(
      "ERR_ILLEGAL_CONSTRUCTOR: CryptoHasher constructor cannot be invoked without 'new'",
    );
    expect(fault(() => Any.hash('x', 'a'))).toBe('ERR_INVALID_ARG_TYPE: Unsupported algorithm "x"');
    expect(fault(() => Any.hash('sha1', 'a', 'bogus'))).toBe('ERR_INVALID_ARG_VALUE: Unknown encoding: bogus');
    for (const wrong of [undefined, null, 1, {}]) {
      expect(fault(() => new Any('sha1').update(wrong))).toBe(
        'ERR_INVALID_ARG_TYPE: input must be a string, ArrayBuffer, ArrayBufferView or Blob',
      );
    }
    expect(fault(() => new Any('sha1').digest(new Uint8Array(20)))).toBe(
      'ERR_INVALID_ARG_TYPE: TypedArray must be at least 64 bytes',
    );
    expect(fault(() => new Any('sha1').digest(1))).toBe(
      'ERR_INVALID_ARG_TYPE: output must be of type string or ArrayBuffer or ArrayBufferView',
    );
    expect(fault(() => Any.prototype.update.call({}, 'a'))).toStartWith('ERR_INVALID_THIS: ');
  });
});

describe('Bun.SHA256 and its like', () => {
  test.each([
    ['MD4', 'md4'],
    ['MD5', 'md5'],
    ['SHA1', 'sha1'],
    ['SHA224', 'sha224'],
    ['SHA256', 'sha256'],
    ['SHA384', 'sha384'],
    ['SHA512', 'sha512'],
    ['SHA512_256', 'sha512-256'],
  ])('%s', (name, algorithm) => {
    const Hasher = (Bun as any)[name];
    const expected = CryptoHasher.hash(algorithm as any, 'abc', 'hex');
    expect(Hasher.hash('abc', 'hex')).toBe(expected);
    expect(Hasher.byteLength * 2).toBe(expected.length);
    expect(new Hasher().update('a').update('bc').digest('hex')).toBe(expected);
    expect(Hasher.hash('abc').constructor).toBe(Uint8Array);
    expect(Buffer.from(Hasher.hash('abc')).toString('hex')).toBe(expected);
    const out = new Uint8Array(Hasher.byteLength);
    expect(Hasher.hash('abc', out)).toBe(out);
    expect(Buffer.from(out).toString('hex')).toBe(expected);
    expect(fault(() => Hasher.hash('abc', out.subarray(1)))).toBe(
      `ERR_INVALID_ARG_TYPE: TypedArray must be at least ${Hasher.byteLength} bytes`,
    );
    const hasher = new Hasher();
    hasher.digest();
    expect(fault(() => hasher.digest())).toBe(
      `ERR_INVALID_STATE: ${name} hasher already digested, create a new instance to digest again`,
    );
    expect(fault(() => hasher.update('a'))).toBe(
      `ERR_INVALID_STATE: ${name} hasher already digested, create a new instance to update`,
    );
    expect(fault(() => Hasher())).toBe(`ERR_ILLEGAL_CONSTRUCTOR: ${name} constructor cannot be invoked without 'new'`);
  });

  test('Bun.sha is SHA-512/256', () => {
    expect(Bun.sha('a', 'hex')).toBe('455e518824bc0601f9fb858ff5c37d417d67c2f8e0df2babe4808858aea830f8');
    expect(Bun.sha('a')).toHaveLength(32);
  });
});

test('a Blob in memory is read at once, a file is refused; an HMAC that has ended tells nothing', () => {
  expect(Bun.SHA1.hash(new Blob(['a', 'b']), 'hex')).toBe(Bun.SHA1.hash('ab', 'hex'));
  expect(new Bun.CryptoHasher('md5').update(new Blob(['ab'])).digest('hex')).toBe('187ef4436122d1cc2f40dc2b92f0eba0');
  expect(Bun.hash(new Blob(['ab']) as any)).toBe(Bun.hash('ab'));
  expect(() => Bun.SHA1.hash(Bun.file(import.meta.path) as any)).toThrow('File blob cannot be used here');
  const hmac = new Bun.CryptoHasher('sha1', 'key');
  hmac.digest();
  for (const member of ['byteLength', 'algorithm'] as const)
    expect(() => hmac[member]).toThrow('HMAC has been consumed');
  for (const name of ['sha-512224', 'SHA-512_256'])
    expect(new Bun.CryptoHasher(name as any).algorithm).toStartWith('sha512-2');
});

describe('input in parts', () => {
  const parts: (string | Uint8Array)[] = [
    'a',
    'é',
    '\ud83d',
    '\ude00',
    bytes.subarray(0, 3),
    bytes.subarray(3, 3000),
    'x'.repeat(3000),
    bytes,
    '',
    new Uint8Array(0),
  ];
  const encoded = (part: string | Uint8Array) => (typeof part === 'string' ? Buffer.from(part) : part);

  test.each([undefined, 'key'])('of text and bytes, key %j', (key) => {
    for (let first = 0; first < parts.length; first++) {
      for (let second = 0; second < parts.length; second++) {
        for (const third of ['z', parts[6], parts[7]]) {
          const three = [parts[first], parts[second], third];
          const hasher = new CryptoHasher('sha256', key as any);
          for (const part of three) hasher.update(part);
          const copy = hasher.copy();
          const whole = new CryptoHasher('sha256', key as any).update(Buffer.concat(three.map(encoded))).digest('hex');
          expect(hasher.digest('hex')).toBe(whole);
          expect((copy.digest() as Buffer).toString('hex')).toBe(whole);
        }
      }
    }
  });

  test('a key that changes after the constructor does not matter', () => {
    const key = new Uint8Array([107]);
    const hasher = new CryptoHasher('sha1', key);
    key[0] = 0;
    expect(hasher.update('a').digest('hex')).toBe(new CryptoHasher('sha1', 'k').update('a').digest('hex'));
  });

  test('a copy of an HMAC goes on when the first is used up', () => {
    const hasher = new CryptoHasher('sha256', 'key').update('a');
    const copy = hasher.copy();
    const code = hasher.digest('hex');
    expect(copy.digest('hex')).toBe(code);
  });
});

/** Arrays that say another length than they have. */
function liars(bytes: number[]): Uint8Array[] {
  class Short extends Uint8Array {
    override get length() {
      return 1;
    }
    override get byteLength() {
      return 0;
    }
  }
  const own = [0, -1, 2, 100].map((value) => Object.defineProperty(new Uint8Array(bytes), 'length', { value }));
  return [new Short(bytes), ...own];
}

test('the length of an array is the one that it has', () => {
  for (const bytes of [
    [1, 2, 3, 4],
    Array.from({ length: 100 }, (_, at) => at),
    Array.from({ length: 5000 }, () => 7),
  ]) {
    const whole = new Uint8Array(bytes);
    const hex = (make: (data: Uint8Array) => any) => make(whole).digest('hex');
    for (const liar of liars(bytes)) {
      expect(CryptoHasher.hash('sha1', liar, 'hex')).toBe(CryptoHasher.hash('sha1', whole, 'hex'));
      expect(Bun.SHA256.hash(liar)).toEqual(Bun.SHA256.hash(whole));
      for (const make of [
        (data: Uint8Array) => new CryptoHasher('sha256').update(data),
        (data: Uint8Array) => new CryptoHasher('sha256').update('a').update(data),
        (data: Uint8Array) => new CryptoHasher('sha256').update(data).update(data).copy(),
        (data: Uint8Array) => new CryptoHasher('sha256', 'key').update(data),
        (data: Uint8Array) => new CryptoHasher('sha256', data).update('text'),
      ])
        expect(make(liar).digest('hex')).toBe(hex(make));
    }
  }
});
