/** How Bun prints requests, responses, blobs and files. */
import { expect, test } from 'bun:test';

const shown = (value: unknown, colors = false) => Bun.inspect(value, { colors });

test('a response, with and without a body', async () => {
  const facts = (ok: boolean, status: number, headers: string, bodyUsed: boolean) =>
    `  ok: ${ok},\n  url: "",\n  status: ${status},\n  statusText: "",\n  headers: Headers {${headers}},\n  redirected: false,\n  bodyUsed: ${bodyUsed}`;
  expect(shown(new Response('é', { headers: { a: 'b' } }))).toBe(
    `Response (2 bytes) {\n${facts(true, 200, '\n    "a": "b",\n  ', false)},\n  Blob (2 bytes)\n}`,
  );
  expect(shown(new Response(null, { status: 404 }))).toBe(`Response (0 KB) {\n${facts(false, 404, '', false)}\n}`);
  const used = new Response('x');
  await used.text();
  expect(shown(used)).toBe(`Response (0 KB) {\n${facts(true, 200, '', true)}\n}`);
  expect(shown(new Response(new Blob(['x'], { type: 'a/b' }), { headers: {} }))).toBe(
    `Response (1 bytes) {\n${facts(true, 200, '\n    "content-type": "a/b",\n  ', false)},\n  Blob (1 bytes) {\n    type: "a/b"\n  }\n}`,
  );
});

test('a request', () => {
  expect(shown(new Request('http://a/b', { headers: { c: 'd' } }))).toBe(
    'Request (0 KB) {\n  method: "GET",\n  url: "http://a/b",\n  headers: Headers {\n    "c": "d",\n  }\n}',
  );
  expect(shown([new Request('http://a/', { method: 'PUT', body: new Uint8Array(1500) })])).toBe(
    '[\n  Request (1.50 KB) {\n    method: "PUT",\n    url: "http://a/",\n    headers: Headers {}\n    Blob (1.50 KB)\n  }\n]',
  );
});

test.each([
  [0, '0 KB'],
  [511, '511 bytes'],
  [512, '0.51 KB'],
  [999, '1.00 KB'],
  [1000, '1.0 KB'],
  [2505, '2.50 KB'],
  [500_000, '0.50 MB'],
])('a blob of %p bytes', (size, amount) => {
  expect(shown(new Blob([new Uint8Array(size)]))).toBe(`Blob (${amount})`);
});

test('blobs and files', () => {
  const file = new File(['x'], 'n', { type: 'image/png', lastModified: 5 });
  expect(shown(new Blob(['x'], { type: 'a/b' }))).toBe('Blob (1 bytes) {\n  type: "a/b"\n}');
  expect(shown({ file })).toBe(
    '{\n  file: File (1 bytes) {\n    name: "n",\n    type: "image/png",\n    lastModified: 5\n  },\n}',
  );
  expect(shown(new File([], '', { lastModified: 5 }))).toBe('File (0 KB) {\n  name: "",\n  lastModified: 5\n}');
  expect(shown({ file: Bun.file('a.txt') })).toBe(
    '{\n  file: FileRef ("a.txt") {\n    type: "text/plain;charset=utf-8"\n  },\n}',
  );
  expect(shown(Bun.file(1))).toBe('FileRef (fd: 1) {\n  type: "application/octet-stream"\n}');
});

test('colors', () => {
  const text = shown([new Response('x', { headers: { q: 'r' } }), new File(['x'], 'n', { lastModified: 1 })], true);
  expect(text.replaceAll('\u001b', '^')).toBe(
    [
      '[',
      '  Response (1 bytes) {',
      '    ^[0mok^[2m:^[0m ^[0m^[33mtrue^[0m^[0m^[2m,^[0m',
      '    ^[0murl^[2m:^[0m "^[0m^[1m^[0m"^[0m^[2m,^[0m',
      '    ^[0mstatus^[2m:^[0m ^[0m^[33m200^[0m^[0m^[2m,^[0m',
      '    ^[0mstatusText^[2m:^[0m ^[0m"^[1m^[0m"^[0m^[2m,^[0m',
      '    ^[0mheaders^[2m:^[0m ^[0mHeaders {',
      '      ^[0m^[32m"q"^[0m^[2m:^[0m ^[0m^[32m^[0m^[32m"r"^[0m^[0m^[0m^[2m,^[0m',
      '    }^[0m^[2m,^[0m',
      '    ^[0mredirected^[2m:^[0m ^[0m^[33mfalse^[0m^[0m^[2m,^[0m',
      '    ^[0mbodyUsed^[2m:^[0m ^[0m^[33mfalse^[0m^[0m^[2m,^[0m',
      '    ^[0mBlob^[0m (^[33m1 bytes^[0m)',
      '  }^[0m^[2m,^[0m ^[0mFile^[0m (^[33m1 bytes^[0m) {',
      '    name^[2m:^[0m ^[32m"n"^[0m^[0m^[2m,^[0m',
      '    lastModified^[2m:^[0m ^[33m1^[0m',
      '  }',
      ']',
    ].join('\n'),
  );
});

test('subclasses of headers, forms and parameters are printed under the name of their parent', () => {
  class OwnHeaders extends Headers {}
  class OwnForm extends FormData {}
  class OwnParameters extends URLSearchParams {}
  const form = new OwnForm();
  form.set('a', 'b');
  expect(Bun.inspect(new OwnHeaders({ a: '1' }))).toBe('Headers {\n  "a": "1",\n}');
  expect(Bun.inspect(form)).toBe('FormData {\n  "a": "b",\n}');
  expect(Bun.inspect(new OwnParameters('a=b'))).toBe('URLSearchParams {\n  "a": "b",\n}');
});

test('prototypes, and objects that only inherit from them, are printed as plain objects', () => {
  const classes = { Headers, Response, Request, Blob, FormData, URLSearchParams, URL, AbortSignal, ReadableStream };
  for (const [name, { prototype }] of Object.entries(classes)) {
    expect(Bun.inspect(prototype)).toStartWith(`${name} {\n`);
    expect(Bun.inspect(Object.create(prototype))).toStartWith(`${name} {\n`);
  }
});
