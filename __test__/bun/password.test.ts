import { describe, expect, test } from 'bun:test';
import { fault } from '../fault';

const bcrypt = { algorithm: 'bcrypt', cost: 4 } as const;
const argon2 = (algorithm: 'argon2id' | 'argon2i' | 'argon2d') => ({ algorithm, memoryCost: 16, timeCost: 1 }) as const;

describe('Bun.password', () => {
  test('defaults are argon2id, 64 MiB, two passes, and bcrypt with cost 10', () => {
    expect(Bun.password.hashSync('x')).toMatch(/^\$argon2id\$v=19\$m=65536,t=2,p=1\$[\w+/]{43}\$[\w+/]{43}$/);
    expect(Bun.password.hashSync('x', 'bcrypt')).toMatch(/^\$2b\$10\$[\w./]{53}$/);
  });

  test.each(['argon2id', 'argon2i', 'argon2d'] as const)('%s round trip, sync and async', async (name) => {
    const stored = Bun.password.hashSync('pass', argon2(name));
    expect(stored).toStartWith(`$${name}$v=19$m=16,t=1,p=1$`);
    expect(Bun.password.verifySync('pass', stored)).toBe(true);
    expect(await Bun.password.verify('Pass', stored)).toBe(false);
    expect(await Bun.password.verify('pass', await Bun.password.hash('pass', argon2(name)))).toBe(true);
  });

  test('bcrypt round trip and the prefixes of other libraries', async () => {
    const stored = await Bun.password.hash('pass', bcrypt);
    for (const prefix of ['$2a', '$2b', '$2y', '$2x']) {
      expect(Bun.password.verifySync('pass', stored.replace('$2b', prefix))).toBe(true);
      expect(await Bun.password.verify('nope', stored.replace('$2b', prefix))).toBe(false);
    }
  });

  test('published vectors verify', () => {
    expect(Bun.password.verifySync('U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')).toBe(true);
    expect(
      Bun.password.verifySync(
        'password',
        '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      ),
    ).toBe(true);
  });

  test('bcrypt passwords above 72 bytes are hashed with SHA-512 first', () => {
    for (const length of [71, 72, 73, 200]) {
      const password = 'b'.repeat(length);
      const stored = Bun.password.hashSync(password, bcrypt);
      const digest = require('node:crypto').createHash('sha512').update(password).digest();
      expect(Bun.password.verifySync(password, stored)).toBe(true);
      expect(Bun.password.verifySync(`${password}c`, stored)).toBe(false);
      expect(Bun.password.verifySync(digest, stored)).toBe(length > 72);
    }
  });

  test('bytes, NUL and lone surrogates', () => {
    const stored = Bun.password.hashSync('\ud800', bcrypt);
    expect(Bun.password.verifySync('\ufffd', stored)).toBe(true);
    expect(Bun.password.verifySync(Buffer.from('\ufffd'), Buffer.from(stored))).toBe(true);
    expect(Bun.password.verifySync('a\0c', Bun.password.hashSync('a\0b', bcrypt))).toBe(false);
    expect(Bun.password.verifySync(new ArrayBuffer(2), Bun.password.hashSync(new Uint8Array(2), bcrypt))).toBe(true);
  });

  test('the bytes of the caller stay as they are', async () => {
    const secret = new TextEncoder().encode('pass');
    const stored = Bun.password.hashSync(secret, bcrypt);
    expect(await Bun.password.verify(secret, await Bun.password.hash(secret.buffer, bcrypt))).toBe(true);
    expect(await Bun.password.verify(secret, stored)).toBe(true);
    expect(Bun.password.verifySync(new String('pass') as any, stored)).toBe(true);
    expect(new TextDecoder().decode(secret)).toBe('pass');
  });

  test('empty input', async () => {
    expect(Bun.password.verifySync('', 'x')).toBe(false);
    expect(await Bun.password.verify('x', '')).toBe(false);
    expect(fault(() => Bun.password.hash(''))).toBe('TypeError ERR_INVALID_ARG_TYPE: password must not be empty');
  });

  test.each([
    ['', false],
    ['$argon2id$v=19$m=016,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', false],
    ['garbage', 'UnsupportedAlgorithm'],
    ['$', 'UnsupportedAlgorithm'],
    ['$argon2', 'UnsupportedAlgorithm'],
    ['$argon2id', 'UnsupportedAlgorithm'],
    ['$argon2id$', 'InvalidEncoding'],
    ['$2', 'InvalidEncoding'],
    ['$2b$04$short', 'InvalidEncoding'],
    [`$2b$04$${'!'.repeat(53)}`, 'InvalidEncoding'],
    ['$2b$03$zjoqrdroQj1jtFny4zdgSefP0YdKfSs/2wEyqwCfttndb4I6Xe8Ge', 'WeakParameters'],
    ['$argon2id$v=16$m=16,t=2,p=1$c29tZXNhbHQ$AAAA', 'InvalidEncoding'],
    ['$argon2id$v=19$t=2,m=16,p=1$c29tZXNhbHQ$AAAA', 'InvalidEncoding'],
    ['$argon2id$v=19$m=16,t=0,p=1$c29tZXNhbHQ$AAAAAAAA', 'WeakParameters'],
    ['$argon2id$v=19$m=16,t=1,p=1$c29t$AAAAAAAA', 'WeakParameters'],
    ['$argon2id$v=19$m=99999999999,t=1,p=1$c29tZXNhbHQ$AAAAAAAA', 'InvalidEncoding'],
  ])('verify %j', (stored, outcome) => {
    if (typeof outcome === 'boolean') {
      expect(Bun.password.verifySync('x', stored)).toBe(outcome);
      return;
    }
    const code = outcome.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    expect(fault(() => Bun.password.verifySync('x', stored))).toBe(
      `Error PASSWORD${code}: Password verification failed with error "${outcome}"`,
    );
  });

  test('a rejected promise carries the same error', async () => {
    const error: any = await Bun.password.verify('x', 'garbage').catch((reason) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error.code).toBe('PASSWORD_UNSUPPORTED_ALGORITHM');
  });

  test('the named algorithm decides how the hash is read', () => {
    const stored = Bun.password.hashSync('x', argon2('argon2id'));
    expect(Bun.password.verifySync('x', stored, 'argon2d')).toBe(true);
    expect(Bun.password.verifySync('x', stored, 'bcrypt')).toBe(false);
    expect(fault(() => Bun.password.verifySync('x', Bun.password.hashSync('x', bcrypt), 'argon2id'))).toContain(
      'PASSWORD_INVALID_ENCODING',
    );
  });

  test('the asynchronous forms make strings of other values', async () => {
    const stored = await Bun.password.hash(1 as any, bcrypt);
    expect(await Bun.password.verify('1', stored)).toBe(true);
    expect(await Bun.password.verify(1 as any, stored)).toBe(true);
    expect(fault(() => Bun.password.hash(undefined as any))).toContain('password must be a string');
  });

  const unknown =
    'Expected algorithm to be a unknown algorithm, expected one of: "bcrypt", "argon2id", "argon2d", "argon2i" (default is "argon2id")';
  test.each([
    [[1], 'password must be a string, ArrayBuffer or ArrayBufferView'],
    [[], 'password must be a string, ArrayBuffer or ArrayBufferView'],
    [['x', 'nope'], `${unknown} for 'hash'.`],
    [['x', 1], 'PasswordHashOptions must be an object'],
    [['x', {}], "Expected options.algorithm to be a string for 'hash'."],
    [['x', { algorithm: 1 }], 'PasswordHashOptions.algorithm must be a string'],
    [['x', { ...bcrypt, cost: 3 }], 'Rounds must be an integer between 4 and 31'],
    [['x', { ...bcrypt, cost: 32 }], 'Rounds must be an integer between 4 and 31'],
    [['x', { ...bcrypt, cost: 4.5 }], 'Rounds must be an integer between 4 and 31'],
    [['x', { ...bcrypt, cost: '4' }], "Expected cost to be a number for 'hash'."],
    [['x', { algorithm: 'argon2id', timeCost: 0 }], 'Time cost must be greater than 0'],
    [['x', { algorithm: 'argon2id', timeCost: 2 ** 40 }], 'Time cost must be an integer between 1 and 4294967295'],
    [['x', { algorithm: 'argon2id', memoryCost: 7 }], 'Memory cost must be at least 8'],
    [['x', { algorithm: 'argon2id', memoryCost: 15.5 }], 'Memory cost must be an integer between 8 and 4294967295'],
  ])('hash(%j) throws at once', (given, message) => {
    const call = given as any;
    const expected = `TypeError ERR_INVALID_ARG_TYPE: ${message}`;
    expect(fault(() => Bun.password.hashSync(...(call as [any])))).toBe(expected);
    if (typeof call[0] === 'string') expect(fault(() => Bun.password.hash(...(call as [any])))).toBe(expected);
  });
});
