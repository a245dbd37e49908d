// What the functions over bytes do with text, buffers and views in every state: transferred, resized away, shared.
import { describe, expect, test } from 'bun:test';
import { fault } from '../fault';

const light = { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 } as const;
const stored = '$2b$04$zjoqrdroQj1jtFny4zdgSefP0YdKfSs/2wEyqwCfttndb4I6Xe8Ge';

const detached = () => {
  const buffer = new ArrayBuffer(8);
  const view = new Uint8Array(buffer).fill(1);
  const other = new DataView(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  return { buffer, view, other };
};
const resizedAway = () => {
  const buffer = new (ArrayBuffer as any)(8, { maxByteLength: 16 });
  const view = new Uint8Array(buffer, 4, 4);
  buffer.resize(4);
  return view;
};
const shared = new SharedArrayBuffer(3);
new Uint8Array(shared).set([97, 98, 99]);
const growable = new (SharedArrayBuffer as any)(3, { maxByteLength: 16 });
new Uint8Array(growable).set([97, 98, 99]);
const resizable = new (ArrayBuffer as any)(3, { maxByteLength: 16 });
new Uint8Array(resizable).set([97, 98, 99]);

const gone: [string, any][] = [
  ['a transferred ArrayBuffer', detached().buffer],
  ['a view of one', detached().view],
  ['a DataView of one', detached().other],
  ['a view that was resized away', resizedAway()],
];
const abc: [string, any][] = [
  ['a String object', new String('abc')],
  ['a resizable ArrayBuffer', resizable],
  ['a view of one', new Uint8Array(resizable)],
  ['a SharedArrayBuffer', shared],
  ['a view of one', new Uint8Array(shared)],
  ['one that can grow', growable],
  ['a view of one that can grow', new Uint8Array(growable)],
  ['a DataView', new DataView(Uint8Array.from([97, 98, 99]).buffer)],
  ['a view with an offset', new Uint8Array([0, 97, 98, 99, 0]).subarray(1, 4)],
];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const functions: Record<string, (input: any) => unknown> = {
  'Bun.hash': (input) => Bun.hash(input),
  'Bun.hash.crc32': (input) => Bun.hash.crc32(input),
  'Bun.hash.adler32': (input) => Bun.hash.adler32(input),
  'CryptoHasher.hash': (input) => Bun.CryptoHasher.hash('sha256', input, 'hex'),
  'CryptoHasher#update': (input) => new Bun.CryptoHasher('md5').update(input).digest('hex'),
  'an HMAC key': (input) => new Bun.CryptoHasher('sha1', input).update('x').digest('hex'),
  'Bun.sha': (input) => Bun.sha(input, 'hex'),
  'SHA1.hash': (input) => Bun.SHA1.hash(input, 'hex'),
  'SHA1#update': (input) => new Bun.SHA1().update(input).digest('hex'),
  'Bun.gzipSync': (input) => hex(Bun.gunzipSync(Bun.gzipSync(input))),
  'Bun.deflateSync': (input) => hex(Bun.inflateSync(Bun.deflateSync(input))),
  'Bun.zstdCompressSync': (input) => hex(Bun.zstdDecompressSync(Bun.zstdCompressSync(input))),
  'Bun.randomUUIDv5': (input) => Bun.randomUUIDv5(input, 'dns'),
};

describe.each(Object.keys(functions))('%s', (name) => {
  const run = functions[name];

  test.each(gone)('%s has no bytes', (_, input) => {
    expect(run(input)).toBe(run(new Uint8Array(0)));
  });

  test.each(abc)('%s', (_, input) => {
    expect(run(input)).toBe(run('abc'));
  });
});

describe('memory that is gone', () => {
  test.each(gone)('%s is no password, hash, namespace or place for a digest', (_, input) => {
    expect(fault(() => Bun.password.hashSync(input, light))).toBe(
      'TypeError ERR_INVALID_ARG_TYPE: password must not be empty',
    );
    expect(Bun.password.verifySync(input, stored)).toBe(false);
    expect(Bun.password.verifySync('x', input)).toBe(false);
    expect(fault(() => Bun.randomUUIDv5('a', input))).toBe(
      'TypeError ERR_INVALID_ARG_VALUE: Namespace must be exactly 16 bytes',
    );
    expect(fault(() => Bun.SHA1.hash('a', input))).toBe(
      'TypeError ERR_INVALID_ARG_TYPE: TypedArray must be at least 20 bytes',
    );
    expect(fault(() => new Bun.CryptoHasher('md5').update('a').digest(input))).toBe(
      'TypeError ERR_INVALID_ARG_TYPE: TypedArray must be at least 64 bytes',
    );
    expect(fault(() => Bun.gunzipSync(input))).toBe('Error undefined: Zlib returned an error');
    expect(Bun.zstdDecompressSync(input)).toHaveLength(0);
  });
});

test('encodings and encodings as objects', () => {
  expect(Bun.SHA1.hash('a', new String('hex') as any) as any).toBe(Bun.SHA1.hash('a', 'hex'));
  expect(fault(() => Bun.SHA1.hash('a', '\ud800x' as any))).toBe(
    'TypeError ERR_INVALID_ARG_VALUE: Unknown encoding: \ufffdx',
  );
  for (const call of [() => Bun.SHA1.hash('a', null as any), () => Bun.CryptoHasher.hash('md5', 'a', null as any)]) {
    expect(fault(call)).toBe(
      'TypeError ERR_INVALID_ARG_TYPE: output must be of type string or ArrayBuffer or ArrayBufferView',
    );
  }
  expect(fault(() => Bun.randomUUIDv7(new String('hi') as any))).toBe(
    'TypeError ERR_UNKNOWN_ENCODING: Encoding must be one of base64, base64url, hex, or buffer',
  );
});

test('symbols are refused', () => {
  for (const hash of [Bun.hash, Bun.hash.crc32, Bun.hash.adler32]) {
    expect(fault(() => hash(Symbol('x') as any))).toBe('TypeError undefined: Cannot convert a symbol to a string');
  }
});

test('the lengths of the functions', () => {
  const lengths = [
    Bun.randomUUIDv5,
    Bun.randomUUIDv7,
    Bun.CryptoHasher.prototype.update,
    Bun.SHA1.hash,
    Bun.SHA1.prototype.update,
    Bun.SHA1.prototype.digest,
    Bun.password.hash,
    Bun.password.hashSync,
    Bun.gzipSync,
    Bun.zstdDecompressSync,
  ].map(({ length }) => length);
  expect(lengths).toEqual([3, 2, 2, 2, 1, 0, 2, 2, 1, 1]);
});
