import { expect, test } from 'bun:test';

const redirect = Response.redirect as any;
const made = (...given: unknown[]) => {
  const { status, headers } = redirect(...given);
  return [status, headers.get('location')];
};

test('where to', () => {
  expect(made()).toEqual([302, null]);
  expect(made('')).toEqual([302, null]);
  expect(made('http://a')).toEqual([302, 'http://a/']);
  expect(made(' HTTP://A/%7e x')).toEqual([302, 'http://a/%7e%20x']);
  expect(made('http://é/é')).toEqual([302, 'http://xn--9ca/%C3%A9']);
  for (const text of ['/x', 'a b', '//x', '/é', 'mailto:a']) expect(made(text)).toEqual([302, text]);
  for (const value of [5, null, true]) expect(made(value)).toEqual([302, String(value)]);
  expect(() => redirect(Symbol('x'))).toThrow(TypeError);
});

test('a status, an init, anything else', () => {
  for (const status of [301, 302, 303, 307, 308]) expect(made('/x', status)).toEqual([status, '/x']);
  expect(made('/x', 301.7)).toEqual([301, '/x']);
  for (const status of [200, 400, 500, 0, -1, Number.NaN, 999])
    expect(() => redirect('/x', status)).toThrow(RangeError);
  for (const other of [null, '301', true, 'text', Symbol('x')]) expect(made('/x', other)).toEqual([302, '/x']);
  expect(made('/x', { status: 308 })).toEqual([308, '/x']);
  for (const init of [{}, { status: 200 }, [], () => {}]) expect(made('/x', init)).toEqual([200, '/x']);
  for (const status of [201, 204, 404]) expect(() => redirect('/x', { status })).toThrow(RangeError);
  const { headers, statusText } = redirect('/x', { statusText: 'There', headers: { a: 'b', location: '/z' } });
  expect([headers.get('a'), headers.get('location'), statusText]).toEqual(['b', '/x', 'There']);
});

test('Response.json: nothing, and what is no init', async () => {
  const json: any = Response.json;
  const empty = json();
  expect([await empty.text(), empty.headers.get('content-type')]).toEqual(['', 'application/json;charset=utf-8']);
  for (const value of [undefined, () => {}, Symbol('a')])
    expect(() => json(value)).toThrow('Value is not JSON serializable');
  for (const init of [null, 'x', true]) expect(await json({ a: 1 }, init).json()).toEqual({ a: 1 });
  expect(json({ a: 1 }, 404).status).toBe(404);
});

test('Bun.fetch', async () => {
  expect(Object.keys(Bun)).toContain('fetch');
  expect(await (await Bun.fetch('data:text/plain,hi')).text()).toBe('hi');
});
