/**
 * What odd arguments, and things that have been used up, get. Found with the answers of every member, option and overload
 * to values of every kind (`__test__/compat/answers/run.mjs`), which shows what else there is.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

let dir: string;
const at = (name: string) => path.join(dir, name);
const unix = process.platform !== 'win32';

beforeAll(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'bun-answers-')));
  fs.writeFileSync(at('file.txt'), 'hello');
  fs.mkdirSync(at('tree/sub'), { recursive: true });
  fs.writeFileSync(at('tree/one.txt'), '');
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** The error's facts: of a throw at once, or of a promise. */
const told = (how: string, error: any) => [how, error.code ?? error.name, error.message];
const answer = async (work: () => unknown): Promise<unknown> => {
  let given;
  try {
    given = work();
  } catch (error) {
    return told('throws', error);
  }
  try {
    return await given;
  } catch (error) {
    return told('rejects', error);
  }
};
const INVALID = 'ERR_INVALID_ARG_TYPE';
const SYMBOL = ['throws', 'TypeError', 'Cannot convert a symbol to a string'];

describe('Bun.write', () => {
  const write = (options: any) => answer(() => Bun.write(at('written'), 'x', options));

  test('options are an object, and wrong ones are refused at once', async () => {
    const refused = ['throws', INVALID, "Expected options to be a object for 'write'."];
    for (const options of [true, 0, 'x', 1n, Symbol('x')]) expect(await write(options)).toEqual(refused);
    for (const options of [undefined, null, {}, [], () => {}]) expect(await write(options)).toBe(1);
    expect(await write({ mode: 'x' })).toEqual([
      'throws',
      INVALID,
      "Expected options.mode to be a number for 'write'.",
    ]);
    expect((await write({ mode: -1 })) as any).toMatchObject({ 0: 'throws', 1: 'ERR_OUT_OF_RANGE' });
    expect((await write({ createPath: 1 })) as any).toMatchObject({ 0: 'throws', 1: INVALID });
    expect((await answer(() => Bun.write(at('written'), null as any, { mode: 'x' } as any))) as any).toMatchObject({
      2: "Expected options.mode to be a number for 'write'.",
    });
  });

  test('nothing for a file to write', async () => {
    const refused = ['throws', INVALID, 'blob.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write'];
    for (const nothing of [null, undefined] as any[])
      expect(await answer(() => Bun.file(at('written')).write(nothing))).toEqual(refused);
  });
});

test('a file is no path of a file', async () => {
  expect(await answer(() => Bun.file(Bun.file(at('file.txt')) as any))).toEqual([
    'throws',
    INVALID,
    'Expected file path string or file descriptor',
  ]);
});

test('the name of a file can be taken away', () => {
  const file: any = Bun.file(at('file.txt'));
  for (const name of ['other', null, undefined]) {
    file.name = name;
    expect(file.name).toBe(name);
  }
  file.name = 'kept';
  file.name = 5;
  expect(file.name).toBe('kept');
});

test('the size of chunks is a number', async () => {
  for (const size of [undefined, null, 1, NaN] as any[])
    expect(await new Response((Bun.file(at('file.txt')) as any).stream(size)).text()).toBe('hello');
  for (const size of ['x', true, {}, Symbol('x')])
    expect(await answer(() => (Bun.file(at('file.txt')) as any).stream(size))).toEqual([
      'throws',
      INVALID,
      'chunkSize must be a number',
    ]);
});

test('sinks refuse nothing', async () => {
  const refused = ['throws', 'ERR_STREAM_NULL_VALUES', 'write() expects a string, ArrayBufferView, or ArrayBuffer'];
  const writer: any = Bun.file(at('sink')).writer();
  const sink: any = new Bun.ArrayBufferSink();
  for (const nothing of [null, undefined]) {
    expect(await answer(() => writer.write(nothing))).toEqual(refused);
    expect(await answer(() => sink.write(nothing))).toEqual(refused);
  }
  await writer.end();
});

describe('ArrayBufferSink', () => {
  test('options are true or not', () => {
    for (const given of [1, 'x', {}] as any[]) {
      const sink = new Bun.ArrayBufferSink();
      sink.start({ asUint8Array: given, stream: given });
      sink.write('ab');
      expect(sink.flush()).toBe(0);
      expect(sink.end()).toBeInstanceOf(ArrayBuffer);
    }
  });

  test('a closed one takes and gives nothing', async () => {
    const sink: any = new Bun.ArrayBufferSink();
    sink.write('ab');
    expect(sink.close()).toBeUndefined();
    for (const call of [() => sink.write('c'), () => sink.flush(), () => sink.end(), () => sink.start()])
      expect(String(await answer(call))).toContain('This ArrayBufferSink has already been closed.');
  });
});

describe('Bun.readableStreamTo…', () => {
  const names = ['Array', 'ArrayBuffer', 'Blob', 'Bytes', 'FormData', 'JSON', 'Text'];
  const to = (name: string, stream: any, ...more: any[]) =>
    answer(() => (Bun as any)[`readableStreamTo${name}`](stream, ...more));
  const stream = (chunk: any = '1') =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
  const used = ['rejects', 'ERR_INVALID_STATE', 'Invalid state: ReadableStream has already been used'];

  test.each(names)('%s of a stream that was read, in part or whole, or cancelled', async (name) => {
    const read = stream();
    await new Response(read).text();
    const part = stream();
    const reader = part.getReader();
    await reader.read();
    reader.releaseLock();
    const cancelled = stream();
    await cancelled.cancel();
    for (const one of [read, part, cancelled]) expect(await to(name, one)).toEqual(used);
    const file = Bun.file(at('file.txt')).stream();
    await Bun.readableStreamToText(file);
    expect(await to(name, file)).toEqual(used);
  });

  test.each(names)('%s of a stream that somebody reads', async (name) => {
    const locked = stream();
    locked.getReader();
    expect(await to(name, locked)).toEqual(['rejects', 'ERR_INVALID_STATE', 'Invalid state: ReadableStream is locked']);
  });

  test('chunks that are neither text nor bytes', async () => {
    for (const name of ['Text', 'JSON'])
      expect(await to(name, stream(5))).toEqual([
        'rejects',
        'TypeError',
        'Expected text, ArrayBuffer or ArrayBufferView',
      ]);
    expect([...((await to('FormData', stream({ toString: () => 'a=b' }))) as FormData)]).toEqual([['a', 'b']]);
  });

  test('a boundary is text or bytes', async () => {
    for (const boundary of [true, false, 0, NaN, {}, []])
      expect(await to('FormData', stream(), boundary)).toEqual([
        'rejects',
        INVALID,
        'boundary must be a string or ArrayBufferView',
      ]);
    const form = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n';
    const bytes = new TextEncoder().encode('..b').subarray(2);
    for (const boundary of ['b', bytes])
      expect([...((await to('FormData', stream(form), boundary)) as FormData)]).toEqual([['a', 'x']]);
  });
});

describe('Bun.Glob', () => {
  const scan = (pattern: string, options: any = {}) =>
    answer(() => [...new Bun.Glob(pattern).scanSync({ cwd: at('tree'), ...options })].sort());

  test('onlyFiles: null is the default', async () => {
    expect(await scan('*', { onlyFiles: null })).toEqual(['one.txt']);
  });

  test('a NUL in a pattern', async () => {
    expect(new Bun.Glob('a\0b').match('a\0b')).toBe(true);
    const refused = {
      0: 'throws',
      1: 'ERR_INVALID_ARG_VALUE',
      2: `The argument 'pattern' must be a string without null bytes. Received "a\\u0000b"`,
    };
    expect((await scan('a\0b')) as any).toMatchObject(refused);
    expect((await answer(() => new Bun.Glob('a\0b').scan(at('tree')))) as any).toMatchObject(refused);
  });

  test.skipIf(!unix)('absolute paths have no ".." in them', async () => {
    const whole = [at('tree/one.txt')];
    for (const pattern of ['../tree/*.txt', './sub/../*.txt', `${dir}/./tree/sub/../*.txt`])
      expect(await scan(pattern, { absolute: true })).toEqual(whole);
    expect(await scan('../tree/*.txt')).toEqual(['../tree/one.txt']);
  });

  test.skipIf(!unix)('the directory that an absolute pattern names has to be there', async () => {
    const failed = (code: string) => expect.stringMatching(code) as any;
    expect(await scan(`${dir}/nothing/*`)).toEqual(['throws', 'ENOENT', failed(`open '${dir}/nothing/'`)]);
    expect(await scan(`${dir}/file.txt/*/x`)).toEqual(['throws', 'ENOTDIR', failed(`open '${dir}/file.txt/'`)]);
    expect(await scan(`${dir}/nothing/x`)).toEqual([]);
    expect(await scan(`${dir}/*/nothing/x`)).toEqual([]);
    expect(await scan('nothing/*')).toEqual([]);
  });
});

test('options of a router that are null', async () => {
  for (const name of ['origin', 'fileExtensions']) {
    const made = answer(() => new Bun.FileSystemRouter({ style: 'nextjs', dir: at('tree'), [name]: null } as any));
    expect((await made) as any).toMatchObject({ 0: 'throws', 1: INVALID });
  }
});

test('symbols where text is wanted', async () => {
  const symbol: any = Symbol('x');
  for (const call of [
    () => Bun.which('sh', { PATH: symbol }),
    () => Bun.which('sh', { cwd: symbol }),
    () => Bun.spawn([symbol]),
    () => Bun.spawn(['true', symbol]),
    () => Bun.spawnSync(['true'], { cwd: symbol }),
    () => Bun.spawnSync(['true'], { argv0: symbol }),
    () => Bun.spawnSync(['true'], { env: { A: symbol } }),
    () => new Bun.Archive({ a: symbol }),
  ])
    expect(await answer(call)).toEqual(SYMBOL);
});

describe.skipIf(!unix)('Bun.spawn', () => {
  const spawn = (options: any) =>
    answer(() => Bun.spawn(['true'], { stdio: ['ignore', 'ignore', 'ignore'], ...options }).exited);
  const spawnSync = (options: any) => answer(() => Bun.spawnSync(['true'], options).exitCode);
  const both = async (options: any, expected: any) => {
    expect(await spawn(options)).toEqual(expected);
    expect(await spawnSync(options)).toEqual(expected);
  };
  const refused = (message: string) => ['throws', INVALID, message];

  test('killed says whether it has ended', async () => {
    const child = Bun.spawn(['sleep', '20']);
    child.kill();
    expect(child.killed).toBe(false);
    await child.exited;
    expect(child.killed).toBe(true);
  });

  test('callbacks are checked by spawnSync as well', async () => {
    for (const name of ['onExit', 'onDisconnect'])
      for (const given of [true, 0, {}])
        await both({ [name]: given }, refused(`${name} must be a function or undefined`));
  });

  test('serialization counts with ipc only', async () => {
    await both({ serialization: 'x' }, 0);
    expect(await spawn({ serialization: 'x', ipc() {} })).toEqual(
      refused('serialization must be "json" or "advanced"'),
    );
  });

  test('uid and gid', async () => {
    for (const name of ['uid', 'gid']) {
      for (const given of [true, 'x', {}, 1n])
        await both(
          { [name]: given },
          refused(`The "${name}" property must be of type number. Received ${typeof given}`),
        );
      await both({ [name]: 1.5 }, refused(`The "${name}" property must be of type integer. Received number`));
      const range = 'It must be >= -2147483648 and <= 2147483647.';
      for (const given of [Infinity, 2 ** 32, 2 ** 31])
        await both({ [name]: given }, [
          'throws',
          'ERR_OUT_OF_RANGE',
          `The value of "${name}" is out of range. ${range} Received ${given}`,
        ]);
    }
  });

  test('timeout', async () => {
    await both({ timeout: 1.5 }, refused('The "timeout" property must be of type integer. Received number'));
    await both({ timeout: NaN }, [
      'throws',
      'ERR_OUT_OF_RANGE',
      'The value of "timeout" is out of range. It must be a non-negative integer. Received NaN',
    ]);
    expect((await spawn({ timeout: 2 ** 53 })) as any).toMatchObject({ 1: 'ERR_OUT_OF_RANGE' });
    await both({ timeout: Infinity }, 0);
    // More than a timer of Bun or of Node takes, which then ends at once.
    if (isDxCompat) expect(await spawn({ timeout: 2 ** 32 })).toBe(0);
  });

  test('a limit of nothing is none', async () => {
    const child = Bun.spawn(['sh', '-c', 'echo x; sleep 0.05'], { maxBuffer: 0 });
    expect(await child.stdout.text()).toBe('x\n');
    expect(await child.exited).toBe(0);
    const { stdout, exitCode } = Bun.spawnSync(['sh', '-c', 'echo x; sleep 0.05'], { maxBuffer: 0 });
    expect([String(stdout), exitCode]).toEqual(['x\n', 0]);
  });

  test('killSignal', async () => {
    for (const given of [true, {}, 1n, Symbol('x')])
      await both({ killSignal: given }, refused('Invalid signal: must be a string or an integer'));
    for (const given of [1.5, Infinity, -Infinity]) await both({ killSignal: given }, refused('Unknown signal'));
    await both({ killSignal: -1 }, refused('Invalid signal: must be >= 0'));
  });

  test('descriptors', async () => {
    for (const given of [Infinity, 2 ** 31, 2 ** 31 - 1])
      await both(
        { stdin: given, stdio: undefined },
        refused(`file descriptor must be a valid integer, received: ${given}`),
      );
    for (const given of [1n, {}, [], () => {}, Symbol('x')])
      await both({ stdin: given, stdio: undefined }, refused("stdio must be an array of 'inherit', 'ignore', or null"));
  });

  test('a directory whose text is empty is the present one', async () => {
    for (const cwd of ['', []]) await both({ cwd }, 0);
  });
});
