import { expect, test } from 'bun:test';

test('URLPattern is a global', () => {
  const pattern = new URLPattern({ pathname: '/users/:id{.json}?' });
  expect(pattern.test('https://example.com/users/5.json')).toBe(true);
  expect(pattern.exec('https://example.com/users/5')?.pathname.groups.id).toBe('5');
  expect(pattern.exec('https://example.com/other')).toBe(null);
  expect(new URLPattern('https://*.example.com/a/*').test('https://b.example.com/a/c')).toBe(true);
  expect(() => new URLPattern({ pathname: '/(' })).toThrow(TypeError);
});
