import { describe, expect, test } from 'bun:test';
import { isDxCompat } from '../runtime';

const g = globalThis as any;

describe('what Bun adds to classes of the Web', () => {
  test('Blob', async () => {
    expect(await new Blob(['{"a":1}']).json()).toEqual({ a: 1 });
    const form = await new Blob(['a=1&b=2'], { type: 'application/x-www-form-urlencoded' }).formData();
    expect([...form]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(await (new Blob([]) as any).exists()).toBe(true);
    for (const name of ['write', 'writer', 'unlink', 'delete'])
      expect(() => (new Blob(['y']) as any)[name](...(name === 'write' ? ['x'] : []))).toThrow(
        'Cannot write to a Blob backed by bytes, which are always read-only',
      );
    expect(new File(['x'], 'n.txt').name).toBe('n.txt');
    expect((new Blob([]) as any).name).toBe(undefined);
  });

  test('ReadableStream', async () => {
    const make = () => new Response('[1]').body as any;
    expect(await make().text()).toBe('[1]');
    expect(await make().json()).toEqual([1]);
    expect([...(await make().bytes())]).toEqual([91, 49, 93]);
    const used = make();
    await used.text();
    expect(used.text()).rejects.toThrow('ReadableStream has already been used');
    const locked = make();
    locked.getReader();
    expect(locked.json()).rejects.toThrow('ReadableStream is locked');
  });

  test('URLSearchParams', () => {
    const params = new URLSearchParams('a=1&a=2&b=3') as any;
    expect(params.toJSON()).toEqual({ a: ['1', '2'], b: '3' });
    expect(params.length).toBe(3);
  });

  test('events', () => {
    expect((new Event('x') as any).AT_TARGET).toBe(2);
    const custom = new CustomEvent('x') as any;
    custom.initCustomEvent('z', true, true, 5);
    expect([custom.type, custom.detail, custom.bubbles]).toEqual(['z', 5, true]);
    expect(() => custom.initCustomEvent()).toThrow('Not enough arguments');
  });

  // Node >= 22 has one that makes another event, in a class that costs 60 ms to load.
  test.skipIf(isDxCompat && Number(process.version.slice(1, 3)) >= 22)('initMessageEvent', () => {
    const message = new MessageEvent('x') as any;
    message.initMessageEvent('y', true, false, { a: 1 }, 'o', 'l');
    expect([message.type, message.bubbles, message.data, message.origin, message.lastEventId]).toEqual([
      'y',
      true,
      { a: 1 },
      'o',
      'l',
    ]);
  });

  test('CloseEvent and ErrorEvent', () => {
    const close = new CloseEvent('close', { code: 1000, reason: 'r', wasClean: true });
    expect([close.code, close.reason, close.wasClean, close instanceof Event, String(close)]).toEqual([
      1000,
      'r',
      true,
      true,
      '[object CloseEvent]',
    ]);
    const error = new ErrorEvent('error', { message: 'm', filename: 'f', lineno: 1, colno: 2, error: 'e' });
    expect([error.message, error.filename, error.lineno, error.colno, error.error]).toEqual(['m', 'f', 1, 2, 'e']);
    expect(new CloseEvent('x').code).toBe(0);
  });
});

describe('globalThis', () => {
  test('is a target of events', () => {
    const log: string[] = [];
    const listener = (event: Event) => log.push(event.type);
    addEventListener('foo', listener);
    dispatchEvent(new Event('foo'));
    removeEventListener('foo', listener);
    dispatchEvent(new Event('foo'));
    g.onmessage = ({ data }: MessageEvent) => log.push(data);
    dispatchEvent(new MessageEvent('message', { data: 'hello' }));
    g.onmessage = null;
    dispatchEvent(new MessageEvent('message', { data: 'again' }));
    expect(log).toEqual(['foo', 'hello']);
    expect(g.onmessage).toBe(null);
  });

  test('self, BuildMessage, ResolveMessage', () => {
    expect(self).toBe(globalThis as any);
    expect([g.BuildMessage.name, g.ResolveMessage.name, g.BuildError === g.BuildMessage]).toEqual([
      'BuildMessage',
      'ResolveMessage',
      true,
    ]);
  });
});

describe('reasons of aborts', () => {
  test('in the words of Bun', async () => {
    const controller = new AbortController();
    controller.abort();
    const { reason } = controller.signal;
    expect([reason.name, reason.message, reason instanceof DOMException]).toEqual([
      'AbortError',
      'The operation was aborted.',
      true,
    ]);
    expect(AbortSignal.abort().reason.message).toBe('The operation was aborted.');
    expect(AbortSignal.abort('mine').reason).toBe('mine');
    const signal = AbortSignal.timeout(1);
    await Bun.sleep(30);
    expect([signal.aborted, signal.reason.name, signal.reason.message]).toEqual([
      true,
      'TimeoutError',
      'The operation timed out.',
    ]);
    expect(() => AbortSignal.timeout(-1)).toThrow();
    const first = new AbortController();
    const any = AbortSignal.any([first.signal]);
    first.abort('x');
    expect(any.reason).toBe('x');
  });
});

describe('CompressionStream', () => {
  test.each(['brotli', 'zstd', 'gzip', 'deflate-raw'])('%s', async (format: any) => {
    const text = 'hello '.repeat(1000);
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream(format));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    expect(bytes.length).toBeLessThan(200);
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
    expect(await new Response(unpacked).text()).toBe(text);
  });

  test('the class is one for all formats', () => {
    expect(new CompressionStream('zstd' as any)).toBeInstanceOf(CompressionStream);
    expect(() => new CompressionStream('other' as any)).toThrow(TypeError);
  });
});

test('what setImmediate gives is a number for comparisons', () => {
  const [first, second] = [setImmediate(() => {}), setImmediate(() => {})] as any[];
  expect(first < second).toBe(true);
  expect(Number.isInteger(+first)).toBe(true);
});

test('Blob#slice takes odd arguments', () => {
  const blob = new Blob(['BunFoo'], { type: 'a/b' }) as any;
  const sizes = [
    [],
    [0, 3],
    [-1, 3],
    [NaN],
    [0, Infinity],
    [-Infinity],
    [0, NaN],
    [Symbol('x'), '-123'],
    ['x/y'],
    ['2', '4'],
    [1.9, 3.9],
    [1, null],
    [true, 3],
    [0, -1],
    [-2],
    [1e20],
    [-1e20, 1e20],
  ];
  expect(sizes.map((given) => blob.slice(...given).size)).toEqual([6, 3, 0, 6, 6, 6, 0, 6, 6, 6, 2, 5, 3, 5, 2, 0, 6]);
  expect([blob.slice(1, 'x/y').type, blob.slice(0, 3, 'Text/HTML').type, blob.slice(1).type]).toEqual([
    'x/y',
    'text/html',
    '',
  ]);
});

test('crypto', () => {
  expect(crypto.getRandomValues(new Uint8Array(70_000)).some((byte) => byte > 0)).toBe(true);
  expect(() => crypto.getRandomValues(new Float64Array(70_000) as any)).toThrow('integer');
  const equal = (a: number[], b: number[]) => (crypto as any).timingSafeEqual(new Uint8Array(a), new Uint8Array(b));
  expect([equal([1], [1]), equal([1], [2])]).toEqual([true, false]);
  expect(() => equal([1], [1, 2])).toThrow('same byte length');
});

test('atob and btoa', () => {
  expect([atob(' Y W I= '), btoa('a'), btoa(null as any)]).toEqual(['ab', 'YQ==', 'bnVsbA==']);
  for (const text of ['!', 'a', 'YQ===', '\u0100'])
    expect(() => atob(text)).toThrow('The string contains invalid characters.');
  expect(() => btoa('\u0100')).toThrow('The string contains invalid characters.');
  expect(() => (atob as any)()).toThrow('atob requires 1 argument (a string)');
});

describe('a byte order mark', () => {
  const marked = (text: string) => new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode(text)]);
  const type = 'application/x-www-form-urlencoded';

  test('before a body is no part of its text', async () => {
    expect(await new Response(marked('{"a":1}')).text()).toBe('{"a":1}');
    expect(await new Response(new Blob([marked('[1]')]).stream()).json()).toEqual([1]);
    expect(await new Request('http://x', { method: 'POST', body: marked('x').buffer }).text()).toBe('x');
    expect([...(await new Response(marked('a=1'), { headers: { 'content-type': type } }).formData())]).toEqual([
      ['a', '1'],
    ]);
    expect(await new Response('\ufeffx').text()).toBe('\ufeffx');
  });
});

test('a small Buffer in a stream of bytes leaves other Buffers alone', async () => {
  const stream = new ReadableStream({ type: 'bytes', start: (controller) => controller.enqueue(Buffer.from('abc')) });
  const { value } = await stream.getReader().read();
  expect(Buffer.from(value as Uint8Array).toString()).toBe('abc');
  expect(Buffer.from('x'.repeat(10)).toString()).toBe('x'.repeat(10));
});

describe('structuredClone', () => {
  test('gives what cannot change as it is', () => {
    for (const value of ['text', '', 1, -0, NaN, 5n, true, null, undefined]) expect(structuredClone(value)).toBe(value);
    expect(structuredClone({ a: ['text'] })).toEqual({ a: ['text'] });
    expect(structuredClone.length).toBe(2);
  });

  test('takes options for them, too', () => {
    const buffer = new ArrayBuffer(8);
    expect(structuredClone('text', { transfer: [buffer] })).toBe('text');
    expect(buffer.byteLength).toBe(0);
  });

  test('refuses symbols, functions and a missing argument', () => {
    for (const value of [Symbol('s'), () => 1])
      expect(() => structuredClone(value)).toThrow(expect.objectContaining({ name: 'DataCloneError', code: 25 }));
    expect(() => (structuredClone as any)()).toThrow('structuredClone requires 1 argument');
  });
});

test('performance.timing, of which nothing was ever measured', () => {
  const { timing } = performance as any;
  expect(Object.prototype.toString.call(timing)).toBe('[object PerformanceTiming]');
  expect(timing).toBeInstanceOf(g.PerformanceTiming);
  expect([timing.domLoading, Object.keys(timing.toJSON()).length]).toEqual([0, 21]);
  expect(Object.keys(g.PerformanceServerTiming.prototype)).toEqual(['name', 'duration', 'description', 'toJSON']);
  for (const Class of [g.PerformanceTiming, g.PerformanceServerTiming]) {
    expect(() => new Class()).toThrow(
      expect.objectContaining({ message: 'Illegal constructor', code: 'ERR_ILLEGAL_CONSTRUCTOR' }),
    );
    expect(() => Class.prototype[Object.keys(Class.prototype)[0]]).toThrow('can only be used on instances of');
  }
});
