import { expect, test } from 'bun:test';

const form = FormData as any;

test('append, set, delete, get', () => {
  const data = new FormData();
  data.append('a', '1');
  data.append('a', 2 as any);
  data.append('u\ud800', null as any);
  data.append('c', new Blob(['x']), 'n.txt');
  expect([data.get('a'), data.getAll('a'), data.get('u\ufffd'), data.has('b'), data.get('zz')]).toEqual([
    '1',
    ['1', '2'],
    'null',
    false,
    null,
  ]);
  const file = data.get('c') as File;
  expect([file instanceof File, file.name, file.size]).toEqual([true, 'n.txt', 1]);
  data.set('a', '9');
  expect([...data.keys()]).toEqual(['a', 'u\ufffd', 'c']);
  data.delete('a');
  expect((data as any).length).toBe(2);
});

test('arguments', () => {
  const data = new FormData() as any;
  expect(() => data.append('x')).toThrow('Not enough arguments');
  expect(() => data.get()).toThrow('Not enough arguments');
  expect(() => data.append('x', 'y', 'z')).toThrow('Expected argument to be a Blob.');
  expect(() => data.forEach(5)).toThrow('Cannot call callback on a non-function');
  expect(() => form.prototype.get.call({}, 'x')).toThrow(TypeError);
  expect([String(data), form.prototype[Symbol.iterator] === form.prototype.entries]).toEqual([
    '[object FormData]',
    true,
  ]);
});

test('the form may change while it is walked through', () => {
  const data = new FormData();
  for (let index = 0; index < 4; index++) data.append(`n${index}`, 'v');
  const seen: string[] = [];
  for (const name of data.keys()) {
    seen.push(name);
    data.delete(name);
  }
  expect(seen).toEqual(['n0', 'n2']);
});

test('toJSON and from', () => {
  const data = form.from('a=1&b=%20+x&a=2');
  expect(data.toJSON()).toEqual({ a: ['1', '2'], b: '  x' });
  expect([...form.from(new TextEncoder().encode('a=1').buffer)]).toEqual([['a', '1']]);
  const parts = form.from('--x\r\nContent-Disposition: form-data; name="k"\r\n\r\nv\r\n--x--\r\n', 'x');
  expect([...parts]).toEqual([['k', 'v']]);
  expect(() => form.from('abc', 'x')).toThrow('missing final boundary while parsing FormData');
  expect(() => form.from()).toThrow('input must not be empty');
  expect(() => form.from('a=b', 5)).toThrow('boundary must be a string or ArrayBufferView');
});

test('through a body and back', async () => {
  const data = new FormData();
  data.append('text', 'a\nb');
  data.append('file', new File(['content'], 'f "x".txt', { type: 'text/plain' }));
  const back = await new Response(data).formData();
  expect(back).toBeInstanceOf(FormData);
  expect(back.get('text')).toBe('a\r\nb');
  expect(await (back.get('file') as File).text()).toBe('content');
});
