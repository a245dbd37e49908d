/** Bun gives the types of text, JSON and forms their charset, keeps types of files in slices, and knows uploads by their extension. */
import { expect, test } from 'bun:test';

const respelled = [
  ['text/plain', 'text/plain;charset=utf-8'],
  ['text/html', 'text/html;charset=utf-8'],
  ['text/css', 'text/css;charset=utf-8'],
  ['application/json', 'application/json;charset=utf-8'],
  ['application/javascript', 'text/javascript;charset=utf-8'],
  ['text/html;charset=latin1', 'text/html;charset=latin1'],
  ['image/png', 'image/png'],
  ['text/csv', 'text/csv'],
  ['Foo/BAR', 'foo/bar'],
  ['Text/HTML', 'text/html'],
  ['', ''],
];

test.each(respelled)('%p', (given, type) => {
  expect(new Blob(['a'], { type: given }).type).toBe(type);
  expect(new File(['a'], 'x', { type: given }).type).toBe(type);
  expect(new Blob(['ab']).slice(0, 1, given).type).toBe(type);
  expect(structuredClone(new Blob(['a'], { type: given })).type).toBe(type);
  expect(new Response(new Blob(['a'], { type: given })).headers.get('content-type')).toBe(type || null);
});

test('a slice keeps the type of a file, and no other', () => {
  const typeOfSlice = (type: string) => new Blob(['abc'], { type }).slice(1).type;
  expect(['text/html', 'image/png', 'application/octet-stream', 'text/x', ''].map(typeOfSlice)).toEqual([
    'text/html;charset=utf-8',
    'image/png',
    'application/octet-stream',
    '',
    '',
  ]);
  expect(new Blob(['abc'], { type: 'image/png' }).slice(1, 2, 'text/x').type).toBe('text/x');
});

test('the extension of an upload says what it is', async () => {
  const part = (name: string, head: string) =>
    `--B\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n${head}\r\nhi\r\n`;
  const body = [part('a.json', ''), part('b.txt', 'Content-Type: image/png\r\n'), part('c.unknown', ''), '--B--\r\n'];
  const form = await new Response(body.join(''), {
    headers: { 'content-type': 'multipart/form-data; boundary=B' },
  }).formData();
  expect([...form.values()].map((file) => (file as unknown as File).type)).toEqual([
    'application/json;charset=utf-8',
    'text/plain;charset=utf-8',
    '',
  ]);
});

test('a part of a form is sent with the type', async () => {
  const form = new FormData();
  form.append('f', new File(['x'], 'a.txt', { type: 'text/plain' }));
  expect(await new Response(form).text()).toContain('\r\nContent-Type: text/plain;charset=utf-8\r\n');
});
