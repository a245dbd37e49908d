import { expect, test } from 'bun:test';
import { fault } from '../fault';

test('randomUUIDv7 carries the time, counts within a millisecond and sorts', () => {
  const made = Array.from({ length: 50 }, () => Bun.randomUUIDv7('hex', 5));
  for (const uuid of made) expect(uuid).toMatch(/^00000000-000[56]-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const counters = made.map((uuid) => Number.parseInt(uuid.slice(15, 18), 16));
  for (let at = 1; at < counters.length; at++)
    if (counters[at - 1] !== 0xfff) expect(counters[at]).toBe(counters[at - 1] + 1);
  expect(new Set(made).size).toBe(50);
  const now = Number.parseInt(Bun.randomUUIDv7().replace('-', '').slice(0, 12), 16);
  expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
});

test('randomUUIDv7 begins the next millisecond when a counter is used up, so that all sort', () => {
  const same = Array.from({ length: 9000 }, () => Bun.randomUUIDv7('hex', 1000));
  expect(same).toEqual([...same].sort());
  expect(new Set(same.map((uuid) => uuid.slice(0, 18))).size).toBe(9000);
  expect(Bun.randomUUIDv7('hex', 500)).toStartWith('00000000-01f4-7');
  const running = Array.from({ length: 30_000 }, () => Bun.randomUUIDv7());
  expect(running).toEqual([...running].sort());
});

test('randomUUIDv7 encodings', () => {
  expect(Bun.randomUUIDv7('buffer', 1)).toHaveLength(16);
  expect(Buffer.from(Bun.randomUUIDv7('base64', 0), 'base64')).toHaveLength(16);
  expect(Bun.randomUUIDv7('base64url', new Date(5))).toMatch(/^AAAAAAAF[\w-]{14}$/);
  expect((Bun.randomUUIDv7 as any)(7)).toStartWith('00000000-0007-7');
  expect(Bun.randomUUIDv7(undefined, 1)).toStartWith('00000000-0001-7');
});

test('randomUUIDv7 errors', () => {
  const v7 = Bun.randomUUIDv7 as any;
  expect(fault(() => v7('x'))).toBe(
    'TypeError ERR_UNKNOWN_ENCODING: Encoding must be one of base64, base64url, hex, or buffer',
  );
  expect(fault(() => v7('hex', -1))).toBe(
    'RangeError ERR_OUT_OF_RANGE: The value of "timestamp" is out of range. It must be >= 0 and <= 281474976710655. Received -1',
  );
  expect(fault(() => v7('hex', 1.7))).toBe(
    'TypeError ERR_INVALID_ARG_TYPE: The "timestamp" property must be of type integer. Received number',
  );
  expect(fault(() => v7('hex', '1'))).toBe(
    'TypeError ERR_INVALID_ARG_TYPE: The "timestamp" property must be of type number. Received string',
  );
  expect(fault(() => v7(null))).toContain('ERR_INVALID_ARG_TYPE');
});

test('randomUUIDv5 is the UUID of a name', () => {
  expect(Bun.randomUUIDv5('a', 'dns')).toBe('4f3f2898-69e3-5a0d-820a-c4e87987dbce');
  expect(Bun.randomUUIDv5('a', 'DNS')).toBe('4f3f2898-69e3-5a0d-820a-c4e87987dbce');
  expect(Bun.randomUUIDv5('a', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe('4f3f2898-69e3-5a0d-820a-c4e87987dbce');
  expect(Bun.randomUUIDv5('a', 'url')).toBe('e1407479-3136-56c0-9908-bb02fb0339e2');
  expect(Bun.randomUUIDv5('a', 'oid')).toBe('d720e32d-4765-5177-b65b-42dd7f6e6445');
  expect(Bun.randomUUIDv5('a', 'x500')).toBe('54a0a790-c611-5b5b-b50e-ff01490ecdfa');
  expect(Bun.randomUUIDv5('é', 'dns', 'base64url')).toBe('6_4K-DmXWt62NLqSz2n1Vw');
  expect(Bun.randomUUIDv5(new Uint8Array(3), 'dns', 'base64')).toBe('mTtrJAyLVb+i5v/8EcjYkQ==');
  expect(Bun.randomUUIDv5('a', new Uint8Array(16), 'buffer').toString('hex')).toBe('35b65f33a6795e76af3c273ea349ede4');
});

test('randomUUIDv5 errors', () => {
  const v5 = Bun.randomUUIDv5 as any;
  expect(fault(() => v5('a', 'bad'))).toBe('TypeError ERR_INVALID_ARG_VALUE: Invalid UUID format for namespace');
  expect(fault(() => v5('a'))).toBe(
    'TypeError ERR_INVALID_ARG_TYPE: namespace must be a string, ArrayBuffer or ArrayBufferView',
  );
  expect(fault(() => v5())).toBe(
    'TypeError ERR_INVALID_ARG_TYPE: name must be a string, ArrayBuffer or ArrayBufferView',
  );
  expect(fault(() => v5('a', new Uint8Array(15)))).toBe(
    'TypeError ERR_INVALID_ARG_VALUE: Namespace must be exactly 16 bytes',
  );
  expect(fault(() => v5('a', 'dns', 'x'))).toContain('ERR_UNKNOWN_ENCODING');
});
