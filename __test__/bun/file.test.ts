import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDxCompat } from '../runtime';

let dir: string;
const at = (name: string) => path.join(dir, name);
const put = (name: string, content: string | Uint8Array) => {
  fs.writeFileSync(at(name), content);
  return at(name);
};
const failure = async (work: () => unknown): Promise<any> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};
const gather = async (stream: ReadableStream<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as any) chunks.push(chunk);
  return Buffer.concat(chunks);
};

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-file-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('what a file is made from', () => {
  test('path, URL, bytes of a path, descriptor', async () => {
    const name = put('made.txt', 'made');
    const descriptor = fs.openSync(name, 'r');
    for (const from of [name, pathToFileURL(name), new TextEncoder().encode(name), descriptor]) {
      expect(await Bun.file(from as any).text()).toBe('made');
    }
    fs.closeSync(descriptor);
    expect(Bun.file(pathToFileURL(name)).name).toBe(name);
  });

  test.each([undefined, null, true, {}])('%p is refused', (value) => {
    expect(() => Bun.file(value as any)).toThrow(new TypeError('Expected file path string or file descriptor'));
  });

  test('a NUL in the path, another scheme and a wrong descriptor are refused', () => {
    expect(() => Bun.file('a\0b')).toThrow(/without null bytes/);
    expect(() => Bun.file(new URL('http://localhost/a'))).toThrow('URL must be a non-empty "file:" path');
    for (const descriptor of [-1, 1.5, NaN, 2 ** 40]) expect(() => Bun.file(descriptor)).toThrow(RangeError);
  });

  test('it is a Blob', () => {
    const file = Bun.file(at('none'));
    expect(file).toBeInstanceOf(Blob);
    expect(file.constructor.name).toBe('Blob');
    expect(Object.prototype.toString.call(file)).toBe('[object Blob]');
    expect(file instanceof File).toBe(false);
  });
});

describe('type', () => {
  test.each([
    ['a.html', 'text/html;charset=utf-8'],
    ['a.ts', 'text/javascript;charset=utf-8'],
    ['a.json', 'application/json;charset=utf-8'],
    ['a.PNG', 'image/png'],
    ['a.wasm', 'application/wasm'],
    ['a.md', 'text/markdown'],
    ['a.woff2', 'font/woff2'],
    ['a', 'application/octet-stream'],
    ['.gitignore', 'application/octet-stream'],
    ['dir.txt/a', 'application/octet-stream'],
  ])('%s is %s', (name, type) => {
    expect(Bun.file(name).type).toBe(type);
  });

  test('given by hand', () => {
    const type = (type: any) => Bun.file('a.txt', { type }).type;
    expect(type('application/json')).toBe('application/json;charset=utf-8');
    expect(type('Text/X-Mine')).toBe('text/x-mine');
    for (const none of ['', 5, undefined, '\u1234']) expect(type(none)).toBe('text/plain;charset=utf-8');
  });
});

describe('reading', () => {
  test('every form of a small file', async () => {
    const file = Bun.file(put('small.json', '{"a":[1,"h\u00e9"]}'));
    expect(await file.text()).toBe('{"a":[1,"h\u00e9"]}');
    expect(await file.json()).toEqual({ a: [1, 'h\u00e9'] });
    expect(await file.bytes()).toBeInstanceOf(Uint8Array);
    expect(Buffer.isBuffer(await file.bytes())).toBe(false);
    expect((await file.arrayBuffer()).byteLength).toBe(file.size);
    expect((await gather(file.stream())).toString()).toBe('{"a":[1,"h\u00e9"]}');
  });

  test.each([0, 1, 31 * 1024, 32 * 1024, 256 * 1024, 256 * 1024 + 1, 3_000_000])('%d bytes', async (size) => {
    const content = Buffer.alloc(size);
    for (let i = 0; i < size; i += 997) content[i] = i & 0x7f;
    const file = Bun.file(put('sized.bin', content));
    expect(file.size).toBe(size);
    expect(Buffer.compare(await file.bytes(), content)).toBe(0);
    expect(Buffer.compare(Buffer.from(await file.arrayBuffer()), content)).toBe(0);
    expect((await file.text()) === content.toString('latin1')).toBe(true);
    expect(Buffer.compare(await gather(file.stream()), content)).toBe(0);
  });

  test.each([10, 400_000])('text of every width, %d times', async (times) => {
    for (const sample of ['ascii', 'h\u00e9llo', '\u20ac and \u{1f600}']) {
      const text = sample.repeat(times);
      expect((await Bun.file(put('wide.txt', text)).text()) === text).toBe(true);
    }
  });

  test('byte order marks are dropped, malformed text is replaced', async () => {
    expect(await Bun.file(put('bom.txt', '\ufeffhi')).text()).toBe('hi');
    expect(await Bun.file(put('bom.json', '\ufeff{"a":1}')).json()).toEqual({ a: 1 });
    expect(await Bun.file(put('utf16.txt', new Uint8Array([0xff, 0xfe, 0x61, 0]))).text()).toBe('a');
    expect(await Bun.file(put('bad.txt', new Uint8Array([0x61, 0xff, 0xe2, 0x82, 0x62]))).text()).toBe(
      'a\ufffd\ufffdb',
    );
  });

  test('what was read does not change with the file', async () => {
    const name = put('snapshot.bin', Buffer.alloc(4_000_000, 1));
    const bytes = await Bun.file(name).bytes();
    const text = await Bun.file(name).text();
    fs.writeFileSync(name, Buffer.alloc(4_000_000, 2));
    fs.truncateSync(name, 0);
    expect(bytes.every((byte) => byte === 1)).toBe(true);
    expect(text.length).toBe(4_000_000);
    expect(text.charCodeAt(3_999_999)).toBe(1);
  });

  test('large files, time and again, whole and as a stream', async () => {
    const content = Buffer.from(Uint32Array.from({ length: 5_000_000 }, (_, i) => Math.imul(i, 0x9e3779b1)).buffer);
    const name = put('large.bin', content);
    for (let i = 0; i < 4; i++) expect(content.equals(await Bun.file(name).bytes())).toBe(true);
    const chunks: Uint8Array[] = [];
    for await (const chunk of Bun.file(name).stream() as any) chunks.push(chunk);
    expect(content.equals(Buffer.concat(chunks))).toBe(true);
    const text = 'All work and no play makes a dull file.\n'.repeat(500_000);
    put('large.txt', text);
    for (let i = 0; i < 4; i++) expect((await Bun.file(at('large.txt')).text()) === text).toBe(true);
  });

  test('a file that is cut short while it is read gives an answer or an error', async () => {
    const name = put('cut.bin', Buffer.alloc(32_000_000, 1));
    const reads = Array.from({ length: 4 }, () => Bun.file(name).bytes());
    fs.truncateSync(name, 1000);
    for (const read of await Promise.allSettled(reads)) {
      if (read.status === 'fulfilled') expect(read.value.byteLength).toBeLessThanOrEqual(32_000_000);
    }
  });

  test('a file that is cut short while it is streamed ends there', async () => {
    const name = put('cut-stream.bin', Buffer.alloc(32_000_000, 1));
    let size = 0;
    for await (const chunk of Bun.file(name).stream() as any) {
      if (size === 0) fs.truncateSync(name, 1000);
      expect(chunk[0]).toBe(1);
      size += chunk.length;
    }
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(32_000_000);
  });

  test('what a stream gave does not change with the file', async () => {
    const name = put('kept-stream.bin', Buffer.alloc(4_000_000, 1));
    const chunks: Uint8Array[] = [];
    for await (const chunk of Bun.file(name).stream() as any) {
      if (chunks.length === 0) fs.truncateSync(name, 0);
      chunks.push(chunk);
    }
    fs.writeFileSync(name, Buffer.alloc(4_000_000, 2));
    for (const chunk of chunks) expect(chunk.every((byte) => byte === 1)).toBe(true);
  });

  test('files without a size: /proc', async () => {
    if (process.platform !== 'linux') return;
    expect((await Bun.file('/proc/self/status').text()).startsWith('Name:')).toBe(true);
    expect((await gather(Bun.file('/proc/self/status').stream())).length).toBeGreaterThan(0);
    expect(await Bun.file('/dev/null').text()).toBe('');
    expect([...(await Bun.file('/dev/zero').slice(0, 4).bytes())]).toEqual([0, 0, 0, 0]);
  });

  test('a form', async () => {
    const file = Bun.file(put('form.txt', 'a=1&b=2'), { type: 'application/x-www-form-urlencoded' });
    expect([...(await file.formData())] as any).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect((await failure(() => Bun.file(put('noform.txt', 'a=1')).formData())).message).toBe('Invalid encoding');
  });

  test('json of no JSON', async () => {
    expect(await failure(() => Bun.file(put('broken.json', '{a')).json())).toBeInstanceOf(SyntaxError);
  });
});

describe('slice', () => {
  test('what is no number is no place', () => {
    const file = Bun.file(put('places.txt', 'hello')) as any;
    const sizes = [[Symbol('x'), 3], [null, 3], [true], [1n], [Object.create(null), 4], [undefined, 2], ['1', 3]];
    expect(sizes.map((places) => file.slice(...places).size)).toEqual([3, 3, 5, 5, 4, 2, 5]);
    expect(file.slice(Symbol('x'), 'text/css').type).toBe('text/css;charset=utf-8');
  });

  test('begin, end, type', async () => {
    const file = Bun.file(put('slice.txt', 'hello'));
    expect(file.size).toBe(5);
    expect(await file.slice(1, 3).text()).toBe('el');
    expect(await file.slice(2, 99).text()).toBe('llo');
    expect(await file.slice(1).slice(1, 3).text()).toBe('ll');
    expect(await file.slice(-2).text()).toBe('lo');
    expect(await file.slice(0, -1).text()).toBe('hell');
    expect(await file.slice(99).text()).toBe('');
    expect((await gather(file.slice(1, 3).stream())).toString()).toBe('el');
    expect(file.slice(1, 3).size).toBe(2);
    expect(file.slice('text/html' as any).type).toBe('text/html;charset=utf-8');
    expect(file.slice(1, 2, 'x/y').type).toBe('x/y');
    expect(file.slice(1, 2).name).toBe(at('slice.txt'));
  });

  test('an end without a limit is the end of the file', async () => {
    const file = Bun.file(put('slice.txt', 'hello'));
    for (const end of [Infinity, 2 ** 53, 2 ** 52 - 1, null, undefined] as any[]) {
      const whole = file.slice(0, end);
      expect(whole.size).toBe(5);
      expect(await whole.text()).toBe('hello');
      expect(whole.slice(1, Infinity).size).toBe(4);
    }
    expect(file.slice(Infinity, Infinity).size).toBe(0);
  });
});

describe('facts', () => {
  test('size, lastModified, name, exists, stat', async () => {
    const file = Bun.file(put('facts.txt', 'facts'));
    expect(file.size).toBe(5);
    expect(file.lastModified).toBe(Math.trunc(fs.statSync(at('facts.txt')).mtimeMs));
    expect(file.name).toBe(at('facts.txt'));
    expect(await file.exists()).toBe(true);
    expect((await file.stat()).size).toBe(5);
  });

  test('of a file that is not there', async () => {
    const file = Bun.file(at('none.txt'));
    expect(file.size).toBe(0);
    expect(await file.exists()).toBe(false);
    expect((await failure(() => file.stat())).code).toBe('ENOENT');
  });

  test('a directory does not exist as a file', async () => {
    expect(await Bun.file(dir).exists()).toBe(false);
    expect(await Bun.file('/dev/null').exists()).toBe(false);
  });

  test('stdin, stdout, stderr', () => {
    for (const file of [Bun.stdin, Bun.stdout, Bun.stderr]) {
      expect(file).toBeInstanceOf(Blob);
      expect(file.name).toBeUndefined();
      expect(file.type).toBe('application/octet-stream');
    }
    expect(Bun.stdout).toBe(Bun.stdout);
  });
});

describe('errors', () => {
  test.each(['text', 'bytes', 'arrayBuffer', 'json'] as const)('%s of a file that is not there', async (method) => {
    const error = await failure(() => Bun.file(at('none.txt'))[method]());
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe(`ENOENT: no such file or directory, open '${at('none.txt')}'`);
    expect([error.code, error.errno, error.syscall, error.path]).toEqual(['ENOENT', -2, 'open', at('none.txt')]);
  });

  test('a stream of a file that is not there', async () => {
    expect((await failure(() => gather(Bun.file(at('none.txt')).stream()))).code).toBe('ENOENT');
  });

  test('a directory, a file as a directory, a name too long, a closed descriptor', async () => {
    const folder = await failure(() => Bun.file(dir).text());
    expect([folder.code, folder.message, folder.syscall]).toEqual([
      'EISDIR',
      'Directories cannot be read like files',
      'read',
    ]);
    expect((await failure(() => gather(Bun.file(dir).stream()))).code).toBe('EISDIR');
    expect((await failure(() => Bun.file(path.join(put('plain', ''), 'x')).text())).code).toBe('ENOTDIR');
    expect((await failure(() => Bun.file(at('x'.repeat(300))).text())).code).toBe('ENAMETOOLONG');
    const closed = await failure(() => Bun.file(999_999).text());
    expect([closed.code, closed.syscall]).toEqual(['EBADF', 'fstat']);
  });

  test('a loop of links', async () => {
    fs.symlinkSync(at('loop-b'), at('loop-a'));
    fs.symlinkSync(at('loop-a'), at('loop-b'));
    expect((await failure(() => Bun.file(at('loop-a')).text())).code).toBe('ELOOP');
  });
});

describe('deleting', () => {
  test('delete and unlink', async () => {
    await Bun.file(put('gone', '')).delete();
    await Bun.file(put('gone', '')).unlink();
    expect(fs.existsSync(at('gone'))).toBe(false);
    const error = await failure(() => Bun.file(at('gone')).delete());
    expect([error.code, error.syscall]).toEqual(['ENOENT', 'unlink']);
  });
});

describe('where a Blob is taken', () => {
  test('Response', async () => {
    const response = new Response(Bun.file(put('page.html', '<p>')));
    expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(await response.text()).toBe('<p>');
  });

  test('Blob and File', async () => {
    const file = Bun.file(put('part.txt', 'part'));
    expect(await new Blob([file]).text()).toBe('part');
    expect(await new File([file], 'other.txt').text()).toBe('part');
  });

  test('FormData', async () => {
    const form = new FormData();
    form.append('file', Bun.file(put('upload.txt', 'upload')), 'upload.txt');
    const sent = await new Response(form).text();
    expect(sent).toContain('filename="upload.txt"');
    expect(sent).toContain('\r\n\r\nupload\r\n');
  });

  test('structuredClone', async () => {
    const clone = structuredClone(Bun.file(put('clone.txt', 'clone')));
    expect(clone).toBeInstanceOf(Blob);
    expect(await clone.text()).toBe('clone');
  });

  test('structuredClone of what holds files', async () => {
    const file = Bun.file(put('clone.json', '{"a":1}'));
    const { twice, list, map, part } = structuredClone({
      twice: [file, file],
      list: new Set([file]),
      map: new Map([['file', file]]),
      part: file.slice(1, 4),
    });
    expect(twice[0]).toBe(twice[1]);
    for (const clone of [...twice, ...list, ...map.values()]) {
      expect(clone).toBeInstanceOf(Blob);
      expect([clone.type, clone.size, await clone.json()]).toEqual(['application/json;charset=utf-8', 7, { a: 1 }]);
    }
    expect(part.size).toBe(3);
    expect(await part.text()).toBe('"a"');
  });

  test('a clone reads the file when it is asked for', async () => {
    const name = put('clone-later.txt', 'before');
    const file = Bun.file(name);
    const { all, part } = structuredClone({ all: file, part: file.slice(1, 3) });
    await Bun.write(name, 'and after');
    expect([await all.text(), await part.text(), all.size, part.size]).toEqual(['and after', 'nd', 9, 2]);
    expect([all.name, all.type]).toEqual([file.name, file.type]);
    expect(await structuredClone(all).slice(0, 3).text()).toBe('and');
    const missing = structuredClone(Bun.file(at('cloned-before-it-is-made')));
    await Bun.write(at('cloned-before-it-is-made'), 'made');
    expect(await missing.text()).toBe('made');
    await missing.delete();
  });

  test('a worker gets a file, and gives one', async () => {
    const script = put(
      'cloning-worker.js',
      `self.onmessage = async ({ data: [file, mine] }) => {
         await Bun.write(file.name, 'newer');
         self.postMessage([await file.text(), Bun.file(mine), Object.prototype.toString.call(file)]);
       };`,
    );
    const worker = new Worker(script);
    try {
      const answer = new Promise<any[]>((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = reject;
      });
      worker.postMessage([Bun.file(put('posted-later.txt', 'older')), put('given.txt', 'first')]);
      const [text, given, tag] = await answer;
      await Bun.write(at('given.txt'), 'second');
      expect([text, await given.text(), tag]).toEqual(['newer', 'second', '[object Blob]']);
    } finally {
      worker.terminate();
    }
  });

  test('postMessage of what holds files', async () => {
    const { Worker } = await import('node:worker_threads');
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       parentPort.once('message', async ({ files: [file] }) => parentPort.postMessage([file.size, await file.text()]));`,
      { eval: true },
    );
    worker.postMessage({ files: [Bun.file(put('posted.txt', 'posted'))] });
    const [answer] = await (await import('node:events')).once(worker, 'message');
    await worker.terminate();
    expect(answer).toEqual([6, 'posted']);
  });
});

// Real Bun opens the FIFO without waiting for its writer and then waits for ever.
test.skipIf(!isDxCompat)('a FIFO is read until its writer ends', async () => {
  if (process.platform === 'win32') return;
  const { execFileSync, spawn } = await import('node:child_process');
  execFileSync('mkfifo', [at('fifo')]);
  expect(await Bun.file(at('fifo')).exists()).toBe(true);
  const writer = spawn('sh', ['-c', 'sleep 0.05; echo through > "$0"', at('fifo')], { stdio: 'ignore' });
  const exited = new Promise((resolve) => writer.once('exit', resolve));
  expect(await Bun.file(at('fifo')).text()).toBe('through\n');
  await exited;
});

// JavaScriptCore's strings can be four times as long as V8's. A gigabyte is touched for the first time here, which takes a
// virtual machine seconds when it has to ask its host for memory.
test.skipIf(!isDxCompat)(
  'a text that is too long for a string is told so',
  async () => {
    fs.writeFileSync(at('long'), '');
    fs.truncateSync(at('long'), 2 ** 29);
    const error = await failure(() => Bun.file(at('long')).text());
    expect({ code: error.code, message: error.message }).toEqual({
      code: 'ERR_STRING_TOO_LONG',
      message: 'Cannot create a string longer than 0x1fffffe8 characters',
    });
    fs.rmSync(at('long'));
  },
  60_000,
);

test('a file that another one replaces is read whole', async () => {
  const [short, long] = ['a'.repeat(20), 'b'.repeat(3000)];
  put('replaced', short);
  const { Worker } = await import('node:worker_threads');
  const script = `
    const { workerData: { file, contents } } = require('node:worker_threads');
    const fs = require('node:fs');
    for (let end = Date.now() + 1500; Date.now() < end;)
      for (const content of contents) {
        fs.writeFileSync(file + '.new', content);
        fs.renameSync(file + '.new', file);
      }`;
  const worker = new Worker(script, { eval: true, workerData: { file: at('replaced'), contents: [long, short] } });
  let isOver = false;
  worker.on('exit', () => (isOver = true));
  let torn = 0;
  while (!isOver) {
    for (let i = 0; i < 50; i++) {
      const text = await Bun.file(at('replaced')).text();
      if (text !== short && text !== long) torn++;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(torn).toBe(0);
}, 20_000);

test('bytes that a worker read and gave away stay when it has ended', async () => {
  const size = 1 << 20;
  put('given', Buffer.alloc(size, 'a'));
  put('other', Buffer.alloc(size, 'b'));
  const { Worker } = await import('node:worker_threads');
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const stream = new ReadableStream({
        type: 'bytes',
        async pull(controller) {
          controller.enqueue(await Bun.file(workerData).bytes());
        },
      });
      const { value } = await stream.getReader().read();
      parentPort.postMessage(value, [value.buffer]);
    })();`;
  const worker = new Worker(script, { eval: true, workerData: at('given') });
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  const bytes: Uint8Array = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
  await worker.terminate();
  await ended;
  for (let i = 0; i < 8; i++) expect((await Bun.file(at('other')).bytes())[0]).toBe(98);
  expect(bytes.every((byte) => byte === 97)).toBe(true);
}, 20_000);
