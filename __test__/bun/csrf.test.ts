import { describe, expect, test } from 'bun:test';

const { CSRF } = Bun;

describe('Bun.CSRF', () => {
  test('a token verifies with its secret only', () => {
    const token = CSRF.generate('secret');
    expect(token).toMatch(/^[\w-]{86}$/);
    expect(CSRF.verify(token, { secret: 'secret' })).toBe(true);
    expect(CSRF.verify(token, { secret: 'other' })).toBe(false);
    expect(CSRF.verify(CSRF.generate())).toBe(true);
    expect(CSRF.verify('x', { secret: 'secret' })).toBe(false);
    expect(CSRF.verify(`${token.slice(0, -2)}AA`, { secret: 'secret' }) && !token.endsWith('AA')).toBe(false);
  });

  test('encodings, algorithms, sessions', () => {
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      expect(CSRF.verify(CSRF.generate('s', { encoding }), { secret: 's', encoding })).toBe(true);
    }
    for (const algorithm of ['blake2b256', 'blake2b512', 'sha256', 'sha384', 'sha512', 'sha512-256'] as const) {
      const token = CSRF.generate('s', { algorithm });
      expect(CSRF.verify(token, { secret: 's', algorithm })).toBe(true);
      if (algorithm !== 'sha256') expect(CSRF.verify(token, { secret: 's' })).toBe(false);
    }
    const token = CSRF.generate('s', { sessionId: 'a' } as any);
    expect(CSRF.verify(token, { secret: 's', sessionId: 'a' } as any)).toBe(true);
    expect(CSRF.verify(token, { secret: 's' })).toBe(false);
  });

  test('errors', () => {
    const any = CSRF as any;
    expect(() => any.generate('')).toThrow('Secret must be a non-empty string');
    expect(() => any.generate(1)).toThrow('secret must be a string');
    expect(() => any.generate('s', { algorithm: 'md5' })).toThrow('Algorithm not supported');
    expect(() => any.generate('s', { encoding: 'x' })).toThrow(
      "Invalid format: must be 'base64', 'base64url', or 'hex'",
    );
    expect(() => any.generate('s', { expiresIn: -1 })).toThrow(
      'The value of "CSRFGenerateOptions.expiresIn" is out of range',
    );
    expect(() => any.verify()).toThrow('token must be a string');
    expect(() => any.verify('')).toThrow('Token must be a non-empty string');
    expect(() => any.verify('x', { secret: '' })).toThrow('Secret must be a non-empty string');
  });
});
