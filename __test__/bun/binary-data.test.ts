import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const bytes = (text: string) => new TextEncoder().encode(text);
const thrown = (work: () => unknown): any => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};

describe('ArrayBufferSink', () => {
  test('gathers', () => {
    const sink = new Bun.ArrayBufferSink();
    sink.start();
    expect(sink.write('h\u00e9')).toBe(3);
    expect(sink.write(bytes('b'))).toBe(1);
    expect(sink.write(bytes('c').buffer as ArrayBuffer)).toBe(1);
    expect(sink.flush() as any).toBe(0);
    expect(Buffer.from(sink.end() as ArrayBuffer).toString()).toBe('h\u00e9bc');
    expect((sink.end() as ArrayBuffer).byteLength).toBe(0);
  });

  test('stream and asUint8Array', () => {
    const sink = new Bun.ArrayBufferSink();
    sink.start({ stream: true, asUint8Array: true, highWaterMark: 5 });
    sink.write('ab');
    expect([...(sink.flush() as Uint8Array)]).toEqual([97, 98]);
    sink.write('c');
    expect([...(sink.end() as Uint8Array)]).toEqual([99]);
    sink.start({ asUint8Array: true });
    sink.write('d');
    expect(sink.end()).toBeInstanceOf(Uint8Array);
  });

  test('bytes may be changed once they were written', () => {
    const sink = new Bun.ArrayBufferSink();
    const chunk = bytes('a');
    sink.write(chunk);
    chunk[0] = 0;
    expect(Buffer.from(sink.end() as ArrayBuffer).toString()).toBe('a');
  });

  test('wrong chunks', () => {
    const sink = new Bun.ArrayBufferSink();
    for (const chunk of [5, null, undefined, {}]) {
      expect(() => sink.write(chunk as any)).toThrow('write() expects a string, ArrayBufferView, or ArrayBuffer');
    }
  });
});

describe('readableStreamTo', () => {
  const stream = (...chunks: any[]) =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
  const readers = ['Text', 'Bytes', 'ArrayBuffer', 'Blob', 'Array', 'JSON'] as const;

  test('every form', async () => {
    expect(await Bun.readableStreamToText(stream('a', bytes('b'), '\u20ac'))).toBe('ab\u20ac');
    expect([...(await Bun.readableStreamToBytes(stream('a', bytes('b'))))]).toEqual([97, 98]);
    expect((await Bun.readableStreamToArrayBuffer(stream('a', bytes('b')))).byteLength).toBe(2);
    expect(await (await Bun.readableStreamToBlob(stream('a', bytes('b')))).text()).toBe('ab');
    expect(await Bun.readableStreamToArray(stream('a', 5, { b: 1 }))).toEqual(['a', 5, { b: 1 }]);
    expect(await Bun.readableStreamToJSON(stream('{"a":', '1}'))).toEqual({ a: 1 });
    expect([...((await Bun.readableStreamToFormData(stream('a=1&b=2'))) as any)]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    const part = '--X\r\nContent-Disposition: form-data; name="q"\r\n\r\nv\r\n--X--\r\n';
    expect((await Bun.readableStreamToFormData(stream(part), 'X')).get('q')).toBe('v');
  });

  test('nothing', async () => {
    expect(await Bun.readableStreamToText(stream())).toBe('');
    expect((await Bun.readableStreamToBytes(stream())).length).toBe(0);
    expect(await Bun.readableStreamToArray(stream())).toEqual([]);
  });

  test.each([...readers])('%s: no stream, a locked one, one that fails', async (name) => {
    const read = (Bun as any)[`readableStreamTo${name}`];
    expect(() => read('x')).toThrow(/^The "stream" argument must be of type ReadableStream/);
    const locked = stream('a');
    locked.getReader();
    expect((await thrownLater(() => read(locked))).code).toBe('ERR_INVALID_STATE');
    const failing = new ReadableStream({
      pull(controller) {
        controller.error(new Error('broken source'));
      },
    });
    expect((await thrownLater(() => read(failing))).message).toBe('broken source');
  });

  async function thrownLater(work: () => unknown): Promise<any> {
    try {
      await work();
    } catch (error) {
      return error;
    }
    throw new Error('it did not throw');
  }

  test('the readers of a stream itself', async () => {
    const file = path.join(os.tmpdir(), `bun-readers-${process.pid}`);
    fs.writeFileSync(file, '{"a":1}');
    const read = () => Bun.file(file).stream() as any;
    expect(await read().text()).toBe('{"a":1}');
    expect(await read().json()).toEqual({ a: 1 });
    expect((await read().bytes()).length).toBe(7);
    expect(await (await read().blob()).text()).toBe('{"a":1}');
    fs.rmSync(file);
  });
});

describe('concatArrayBuffers', () => {
  test('buffers and views', () => {
    const parts = [new Uint8Array([1, 2]), new Uint8Array([3]).buffer, new Uint16Array([4])];
    expect([...new Uint8Array(Bun.concatArrayBuffers(parts))]).toEqual([1, 2, 3, 4, 0]);
    expect(Bun.concatArrayBuffers([]).byteLength).toBe(0);
    expect([...(Bun.concatArrayBuffers(parts, 2, true) as Uint8Array)]).toEqual([1, 2]);
    expect(Bun.concatArrayBuffers(parts, Infinity, true)).toBeInstanceOf(Uint8Array);
  });

  test('wrong values', () => {
    for (const wrong of [5, 'ab', {}])
      expect(() => Bun.concatArrayBuffers(wrong as any)).toThrow('Argument must be an array');
    for (const wrong of [[5], ['a'], [null]])
      expect(() => Bun.concatArrayBuffers(wrong as any)).toThrow('Expected TypedArray');
    for (const wrong of [-1, NaN])
      expect(() => Bun.concatArrayBuffers([], wrong)).toThrow('Maximum length must be >= 0');
  });
});

describe('allocUnsafe', () => {
  test('sizes', () => {
    expect(Bun.allocUnsafe(5)).toBeInstanceOf(Uint8Array);
    expect(Buffer.isBuffer(Bun.allocUnsafe(5))).toBe(false);
    expect([Bun.allocUnsafe(0).length, Bun.allocUnsafe(100).length]).toEqual([0, 100]);
    for (const wrong of [undefined, null, '5'])
      expect(thrown(() => Bun.allocUnsafe(wrong as any)).code).toBe('ERR_INVALID_ARG_TYPE');
    for (const wrong of [-1, 1.5, NaN, 2 ** 33])
      expect(thrown(() => Bun.allocUnsafe(wrong)).code).toBe('ERR_OUT_OF_RANGE');
  });
});

describe('indexOfLine', () => {
  test('finds line feeds', () => {
    const find = (text: string, offset?: any) => Bun.indexOfLine(bytes(text), offset);
    expect([find('ab\ncd\n'), find('ab\ncd\n', 3), find('abc'), find('ab\ncd', 2)]).toEqual([2, 5, -1, 2]);
    expect([find('a\n', 99), find('a\nb\n', -1), find('\u20ac\n'), find('a\nb', 1.5)]).toEqual([-1, 1, 3, 1]);
    for (const wrong of [undefined, null, 'a\nb', []]) {
      expect(() => (Bun as any).indexOfLine(wrong)).toThrow('buffer must be an ArrayBuffer or ArrayBufferView');
    }
  });
});

describe('console', () => {
  test('lines of standard input, write', () => {
    const script = path.join(os.tmpdir(), `bun-lines-${process.pid}.mjs`);
    const entry = path.join(import.meta.dir, '../../index.js');
    const load = path.basename(process.execPath).startsWith('bun') ? '' : `import ${JSON.stringify(entry)};`;
    fs.writeFileSync(script, `${load} for await (const line of console) console.write(JSON.stringify(line), ';');`);
    const { stdout } = Bun.spawnSync([process.execPath, script], {
      stdin: bytes('a\nb\r\n\n\u20ac'),
      stderr: 'inherit',
    });
    expect(stdout.toString()).toBe('"a";"b\\r";"";"\u20ac";');
    fs.rmSync(script);
  });
});
