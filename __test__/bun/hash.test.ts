import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';

/** SHA-256 (its start) over what Bun 1.4.5 gives for every length up to 300 and some large ones, with six seeds. */
const digests: Record<string, string> = {
  wyhash: '5630718e9a0c',
  adler32: '98939b6986a3',
  crc32: '028486bce73f',
  cityHash32: '9a8c3da5791e',
  cityHash64: '39364f343fde',
  xxHash32: '82873719eebe',
  xxHash64: 'b5185ee3dcc9',
  xxHash3: 'd2c7616f8584',
  murmur32v2: 'bf6abe7fd73d',
  murmur32v3: 'dd9b3a6e32ba',
  murmur64v2: 'f00d7fb0847b',
  rapidhash: '809658197126',
};

const lengths = [...Array(301).keys(), 1000, 1024, 4096, 65_537, 1_000_003];
const seeds = [undefined, 0, 7, 2 ** 31, 2 ** 33 + 1, 0xffff_ffff_ffff_ffffn] as any[];

describe('Bun.hash', () => {
  let state = 1;
  const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;

  test('has the algorithms of Bun', () => {
    expect(Object.keys(Bun.hash)).toEqual(Object.keys(digests));
  });

  test.each(Object.keys(digests))('%s for all lengths', (name) => {
    const hash = (Bun.hash as any)[name];
    const all = createHash('sha256');
    for (const length of lengths) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at++) bytes[at] = random() * 256;
      for (const seed of seeds) all.update(String(hash(bytes, seed)));
      if (length < 300)
        all.update(String(hash(Array.from(bytes.slice(0, 60), (code) => String.fromCharCode(code)).join(''))));
    }
    expect(all.digest('hex').slice(0, 12)).toBe(digests[name]);
  });

  test.each(Object.keys(digests))('%s of a text is that of its bytes', (name) => {
    const hash = (Bun.hash as any)[name];
    let ascii = '';
    for (let length = 0; length <= 70; length++) {
      const texts = [
        ascii,
        `${ascii}\u007f`,
        `${ascii}\u0080`,
        `${ascii}é`,
        `é${ascii}`,
        `${ascii}€`,
        `${ascii}\ud800x`,
      ];
      for (const text of texts) {
        const expected = hash(Buffer.from(text));
        expect(hash(text)).toBe(expected);
        expect(hash(new String(text))).toBe(expected);
        expect(hash(text, 0)).toBe(expected);
      }
      ascii += String.fromCharCode(32 + (length % 95));
    }
  });

  test('published vectors', () => {
    expect(Bun.hash.crc32('123456789')).toBe(0xcbf43926);
    expect(Bun.hash.adler32('Wikipedia')).toBe(0x11e60398);
    expect(Bun.hash.xxHash32('')).toBe(0x02cc5d05);
    expect(Bun.hash.xxHash64('')).toBe(0xef46db3751d8e999n);
    expect(Bun.hash.xxHash3('')).toBe(0x2d06800538d394c2n);
    expect(Bun.hash.murmur32v3('hello')).toBe(0x248bfa47);
  });

  test('is Wyhash', () => {
    expect(Bun.hash('hello')).toBe(1019145960556548909n);
    expect(Bun.hash('hello', 1)).toBe(15802777309726279454n);
    expect(Bun.hash('hello', -1)).toBe(Bun.hash('hello', 2n ** 64n - 1n));
    expect(Bun.hash('hello', 1e300)).toBe(Bun.hash('hello', -1));
    expect(Bun.hash('hello', 1.5)).toBe(Bun.hash('hello', 1));
    expect(Bun.hash('hello', 2n ** 64n)).toBe(Bun.hash('hello', Number.NaN));
    expect(Bun.hash('hello', '1' as any)).toBe(Bun.hash('hello'));
  });

  test('inputs', () => {
    const hello = Bun.hash('hello');
    const bytes = new TextEncoder().encode('hello');
    for (const same of [bytes, bytes.buffer, Buffer.from('hello'), new DataView(bytes.buffer), new String('hello')]) {
      expect(Bun.hash(same as any)).toBe(hello);
    }
    const shared = new SharedArrayBuffer(5);
    new Uint8Array(shared).set(bytes);
    expect(Bun.hash(shared)).toBe(hello);
    expect(Bun.hash(new Uint8Array([0, ...bytes, 0]).subarray(1, 6))).toBe(hello);
    expect(Bun.hash(123 as any)).toBe(Bun.hash('123'));
    expect(Bun.hash('\ud800')).toBe(Bun.hash('\ufffd'));
    expect(Bun.hash('é'.repeat(5000))).toBe(Bun.hash(Buffer.from('é'.repeat(5000))));
    for (let length = 1000; length < 1040; length++)
      expect(Bun.hash('a'.repeat(length))).toBe(Bun.hash(Buffer.alloc(length, 'a')));
  });

  test('errors', () => {
    for (const wrong of [undefined, null]) {
      expect(() => Bun.hash(wrong as any)).toThrow('data must be a string, ArrayBuffer, ArrayBufferView or Blob');
    }
    expect(() => Bun.hash(Symbol('x') as any)).toThrow(TypeError);
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
  for (const bytes of [[1, 2, 3, 4], Array.from({ length: 40 }, (_, at) => at)]) {
    for (const hash of [Bun.hash, ...Object.values(Bun.hash)] as any[]) {
      for (const liar of liars(bytes)) expect(hash(liar)).toBe(hash(new Uint8Array(bytes)));
    }
  }
});
