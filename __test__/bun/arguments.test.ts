import { expect, test } from 'bun:test';

const failure = (work: () => unknown): any => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};

test('which takes a boolean as a name and no symbol', () => {
  expect(Bun.which(true as any)).toBe(Bun.which('true'));
  expect(() => Bun.which(Symbol('x') as any)).toThrow(new TypeError('Cannot convert a symbol to a string'));
  expect(Bun.which(1 as any)).toBeNull();
});

test('resolveSync of nothing', () => {
  for (const nothing of [null, undefined] as any[]) {
    const error = failure(() => Bun.resolveSync(nothing, '/'));
    expect([error.code, error.message]).toEqual(['ERR_INVALID_ARG_TYPE', 'specifier must be a string']);
    expect(failure(() => Bun.resolveSync('fs', nothing)).message).toBe('from must be a string');
  }
  expect(() => Bun.resolveSync(Symbol('x') as any, '/')).toThrow(TypeError);
});

test('inspect with a depth for options', () => {
  const value = { a: { b: 1 } };
  expect(Bun.inspect(value, 0 as any)).toBe(Bun.inspect(value, { depth: 0 }));
  for (const depth of [-1, { depth: -1 }] as any[]) {
    const error = failure(() => Bun.inspect(value, depth));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('expected depth to be greater than or equal to 0, got -1');
  }
});

test('JSON errors of bodies', async () => {
  const messages: Record<string, string> = {
    ' ': 'Unexpected EOF',
    foo: 'Unexpected identifier "foo"',
    '{"a":1,}': 'Property name must be a string literal',
    '[1,]': 'Unexpected comma at the end of array expression',
    '{"a" 1}': "Expected ':' before value in object property definition",
    '[1': "Expected ']'",
    '<html>': "Unrecognized token '<'",
    '"abc': 'Unterminated string',
    '{} x': 'Unable to parse JSON string',
  };
  for (const [body, message] of Object.entries(messages)) {
    const request = new Request('http://localhost', { method: 'POST', body });
    for (const source of [new Response(body), request, new Response(new Blob([body]).stream())]) {
      await expect(source.json()).rejects.toThrow(new SyntaxError(`JSON Parse error: ${message}`));
    }
  }
  await expect(new Response('').json()).rejects.toThrow('Unexpected end of JSON input');
});
