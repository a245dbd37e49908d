import { describe, expect, test } from 'bun:test';

/** A body of what a generator yields. @see https://bun.com/docs/runtime/streams#async-generator-streams */
const body = (generator: () => AsyncIterator<any, any, any>) =>
  new Response({ [Symbol.asyncIterator]: generator } as any);

async function* written(): AsyncGenerator<any, any, any> {
  const controller = yield 'a';
  controller.write('b');
  controller.write(new Uint8Array([99]));
  yield 'd';
}

describe('a body that is an async iterable', () => {
  test('gets a controller of each yield', async () => {
    const seen: unknown[] = [];
    const response = body(async function* (): AsyncGenerator<any, any, any> {
      const first = yield 'a';
      const second = yield 'b';
      seen.push(
        Object.keys(first),
        first === second,
        first.write('é!'),
        first.write(new Uint8Array(3)),
        first.flush(),
        first.end(),
      );
      seen.push(first.write('never'));
    });
    expect(await response.text()).toBe('abé!\0\0\0');
    expect(seen).toEqual([['write', 'end', 'close', 'flush', 'error'], true, 2, 3, undefined, undefined, 0]);
  });

  test('writes between what it yields, read whole, as a stream or from a server', async () => {
    expect(await body(written).text()).toBe('abcd');
    const chunks: Uint8Array[] = [];
    for await (const chunk of body(written).body as any) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('abcd');
    using server = Bun.serve({ port: 0, fetch: () => body(written) });
    expect(await (await fetch(server.url)).text()).toBe('abcd');
  });

  test('ends with end(): nothing is asked for any more', async () => {
    const seen: string[] = [];
    const ending = body(async function* (): AsyncGenerator<any, any, any> {
      try {
        (yield 'q').end();
        yield 'never';
        seen.push('went on');
      } finally {
        seen.push('finally');
      }
    });
    expect(await ending.text()).toBe('q');
    expect(seen).toEqual(['finally']);
  });

  test('fails with error(), and with what is no chunk', async () => {
    const failing = body(async function* (): AsyncGenerator<any, any, any> {
      (yield 'a').error(new Error('mine'));
      yield 'b';
    });
    expect(await failing.text().catch((error) => error.message)).toBe('mine');
    const odd = body(async function* (): AsyncGenerator<any, any, any> {
      (yield 'a').write(5);
    });
    expect(await odd.text().catch((error) => error.message)).toBe('Expected text, ArrayBuffer or ArrayBufferView');
  });

  /** What a body gives as text, and as the answer of a server. */
  async function received(make: () => AsyncIterator<any, any, any>): Promise<string[]> {
    using server = Bun.serve({ port: 0, development: false, fetch: () => body(make) });
    return [await body(make).text(), await (await fetch(server.url)).text()];
  }

  test('a yield of nothing sends nothing, and gives the controller', async () => {
    async function* bare(): AsyncGenerator<any, any, any> {
      const controller = yield;
      controller.write('hello');
      await controller.end();
    }
    expect(await received(bare)).toEqual(['hello', 'hello']);
    for (const nothing of [undefined, null]) {
      for (const pause of [() => null, () => Bun.sleep(2)]) {
        const made = await received(async function* () {
          yield 'a';
          await pause();
          yield nothing;
          yield 'b';
        });
        expect(made).toEqual(['ab', 'ab']);
      }
    }
    expect(await received(async function* () {})).toEqual(['', '']);
  });

  test('what was transferred away is empty, and a length that a class makes up does not count', async () => {
    class Short extends Uint8Array {
      override get length() {
        return 1;
      }
    }
    const kinds = [Uint8Array, Uint16Array, Short, DataView, ArrayBuffer];
    for (const kind of kinds) {
      for (const pause of [() => null, () => Bun.sleep(2)]) {
        const made = await received(async function* () {
          const buffer = new ArrayBuffer(4);
          const gone = kind === ArrayBuffer ? buffer : new (kind as any)(buffer);
          structuredClone(buffer, { transfer: [buffer] });
          yield 'a';
          await pause();
          yield gone;
          yield new Short([66, 67, 68]);
        });
        expect(made).toEqual(['aBCD', 'aBCD']);
      }
    }
  });

  test('after its end an iterable may fail', async () => {
    async function* failing(): AsyncGenerator<any, any, any> {
      const controller = yield 'a';
      controller.write('b');
      controller.end();
      throw new Error('too late to matter');
    }
    using server = Bun.serve({ port: 0, fetch: () => body(failing) });
    expect(await (await fetch(server.url)).text()).toBe('ab');
  });

  test('the controller of a server has no error()', async () => {
    using server = Bun.serve({
      port: 0,
      fetch: () =>
        body(async function* (): AsyncGenerator<any, any, any> {
          const controller = yield 'a';
          controller.error?.(new Error('mine'));
          yield typeof controller.error;
        }),
    });
    expect(await (await fetch(server.url)).text()).toBe('aundefined');
  });

  test('a result that is none fails, and is not asked for again', async () => {
    const odd = body(() => ({ next: async () => 5 as any }) as any);
    expect(await odd.text().catch((error) => error.name)).toBe('TypeError');
  });
});
