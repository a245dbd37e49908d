import { describe, expect, test } from 'bun:test';

const text = (value: any) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value);

/** What a reader sees of a direct stream, at most some reads. */
async function reads(source: any, most = 6) {
  const log: any[] = [];
  const reader = new ReadableStream({ type: 'direct', ...source(log) } as any).getReader();
  try {
    for (let index = 0; index < most; index++) {
      const { done, value } = await reader.read();
      log.push(done ? 'done' : text(value));
      if (done) break;
    }
  } catch (error: any) {
    log.push(`error ${error.message}`);
  }
  return log;
}

describe("ReadableStream of type 'direct'", () => {
  test('gives what was written up to the first await, and at each flush', async () => {
    expect(
      await reads((log: any[]) => ({
        async pull(c: any) {
          log.push(c.write('ab'), c.write(new Uint8Array([99])));
          await Bun.sleep(2);
          c.write('d');
          c.flush();
          await Bun.sleep(2);
          c.end();
          log.push(c.write('late'));
        },
      })),
    ).toEqual([2, 1, 'abc', 'd', 0, 'done']);
  });

  test('asks the source again when a reader wants more', async () => {
    let pulls = 0;
    expect(await reads(() => ({ pull: (c: any) => void c.write(String(++pulls)) }), 3)).toEqual(['1', '2', '3']);
  });

  test('errors', async () => {
    expect(
      await reads(() => ({
        pull() {
          throw new Error('x');
        },
      })),
    ).toEqual(['error x']);
    expect(
      await reads(() => ({
        async pull(c: any) {
          c.write('a');
          await 1;
          throw new Error('x');
        },
      })),
    ).toEqual(['a', 'error x']);
    expect(await reads(() => ({ pull: (c: any) => c.close(new Error('q')) }))).toEqual(['error q']);
    expect(await reads(() => ({}))).toEqual(['error underlyingSource.pull is not a function']);
    expect(() => new ReadableStream({ type: 'other' } as any)).toThrow(TypeError);
    expect(
      await reads(() => ({
        pull(c: any) {
          for (const value of [null, 5, {}])
            expect(() => c.write(value)).toThrow('write() expects a string, ArrayBufferView, or ArrayBuffer');
          c.end();
        },
      })),
    ).toEqual(['done']);
  });

  test('whoever reads all of it lets it end with the promise of pull', async () => {
    const make = () =>
      new ReadableStream({
        type: 'direct',
        async pull(c: any) {
          c.write('a');
          await c.flush();
          c.write('b');
        },
      } as any);
    expect(await new Response(make()).text()).toBe('ab');
    expect(await (make() as any).text()).toBe('ab');
    expect(await Bun.readableStreamToText(make())).toBe('ab');
    const [one, two] = new ReadableStream({
      type: 'direct',
      pull(c: any) {
        c.write('t');
        c.end();
      },
    } as any).tee();
    expect([await new Response(one).text(), await new Response(two).text()]).toEqual(['t', 't']);
  });

  test('cancel reaches the source, which goes on writing into nothing', async () => {
    const log: any[] = [];
    const stream = new ReadableStream({
      type: 'direct',
      async pull(c: any) {
        c.write('a');
        c.flush();
        await Bun.sleep(10);
        log.push(c.write('x'));
      },
      cancel: (reason: any) => void log.push(reason),
    } as any);
    const reader = stream.getReader();
    expect(text((await reader.read()).value)).toBe('a');
    await reader.cancel('why');
    await Bun.sleep(30);
    expect(log[0]).toBe('why');
  });

  test('as the body of a response of Bun.serve', async () => {
    using server = Bun.serve({
      port: 0,
      fetch: () =>
        new Response(
          new ReadableStream({
            type: 'direct',
            async pull(c: any) {
              c.write('a');
              await c.flush();
              await Bun.sleep(2);
              c.write('b');
            },
          } as any),
        ),
    });
    expect(await (await fetch(server.url)).text()).toBe('ab');
  });

  test('a pull that is not async is over with end(), close() or cancel', async () => {
    const make = (finish: 'end' | 'close') =>
      new ReadableStream({
        type: 'direct',
        pull(c: any) {
          c.write('p');
          setTimeout(() => {
            c.write('q');
            c[finish]();
          }, 5);
        },
      } as any);
    for (const finish of ['end', 'close'] as const) {
      using server = Bun.serve({ port: 0, fetch: () => new Response(make(finish)) });
      expect(await (await fetch(server.url)).text()).toBe('pq');
      expect(await new Response(make(finish)).text()).toBe('pq');
      expect(await (make(finish) as any).text()).toBe('pq');
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const pull = (c: any) => void c.write('p');
    using server = Bun.serve({
      port: 0,
      fetch: () => new Response(new ReadableStream({ type: 'direct', pull, cancel: () => resolve() } as any)),
    });
    const abort = new AbortController();
    const response = await fetch(server.url, { signal: abort.signal });
    expect(text((await response.body!.getReader().read()).value)).toBe('p');
    abort.abort();
    await promise;
  });

  test('a server tells what a flush was of, and at the end how much there was', async () => {
    const seen: any[] = [];
    const gives =
      (...sizes: number[]) =>
      async (c: any) => {
        for (const size of sizes) c.write(new Uint8Array(size).fill(97));
        seen.push(c.flush(), c.end());
      };
    const pulls = [
      gives(255),
      gives(256),
      gives(200, 100),
      gives(70_000, 10),
      (c: any) => seen.push(c.write('abc'), c.end(), c.end()),
      (c: any) => seen.push(c.end()),
      async (c: any) => {
        c.write('abc');
        seen.push(c.flush(), c.flush());
        c.write('de');
        await 0;
        seen.push(c.flush(), c.end());
      },
      async (c: any) => {
        c.write('one');
        seen.push(await c.flush(true));
        c.write('two');
        seen.push(await c.flush(true), c.flush(), await c.flush(true), c.end());
      },
    ];
    using server = Bun.serve({
      port: 0,
      fetch: () => new Response(new ReadableStream({ type: 'direct', pull: pulls[0] } as any)),
    });
    const told: any[] = [];
    while (pulls.length > 0) {
      const body = await (await fetch(server.url)).text();
      told.push([body.length > 10 ? body.length : body, ...seen.splice(0)]);
      pulls.shift();
    }
    expect(told).toEqual([
      [255, 255, 255],
      [256, 0, 256],
      [300, 0, 300],
      [70_010, 10, 70_010],
      ['abc', 3, 3, undefined],
      ['', 0],
      ['abcde', 3, 0, 2, 5],
      ['onetwo', 3, 3, 0, 0, 6],
    ]);
  });

  test('the class is one for all streams', () => {
    expect(new Response('x').body).toBeInstanceOf(ReadableStream);
    expect(new Response('x').body?.constructor).toBe(ReadableStream);
    class Own extends ReadableStream {}
    expect(new Own()).toBeInstanceOf(Own);
  });
});
