import { describe, expect, test } from 'bun:test';

const skip = process.platform === 'win32';
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Gathers what a terminal says; `until` waits for it. */
function listener() {
  let said = '';
  const waiting: (() => void)[] = [];
  return {
    data(_: unknown, bytes: Uint8Array) {
      said += text(bytes);
      for (const wake of waiting.splice(0)) wake();
    },
    said: () => said,
    async until(wanted: string | RegExp) {
      while (!(typeof wanted === 'string' ? said.includes(wanted) : wanted.test(said)))
        await new Promise<void>((resolve) => waiting.push(resolve));
      return said;
    },
  };
}

describe.skipIf(skip)('a child with a terminal', () => {
  test('has it as its first three descriptors, as the leader of a session', async () => {
    const ended = Promise.withResolvers<unknown[]>();
    const { data, until } = listener();
    const child = Bun.spawn(
      [
        'sh',
        '-c',
        'tty >/dev/null && test -t 0 && test -t 1 && test -t 2 && echo all; stty size; echo to err >&2; exit 3',
      ],
      {
        terminal: {
          cols: 100,
          rows: 30,
          data,
          exit: (terminal, code, signal) => ended.resolve([terminal, code, signal, terminal.closed]),
        },
      },
    );
    const { terminal } = child;
    expect(await child.exited).toBe(3);
    expect(await ended.promise).toEqual([terminal, 1, null, false]);
    expect(await until('to err')).toBe('all\r\n30 100\r\nto err\r\n');
    expect([child.stdin, child.stdout, child.stderr]).toEqual([null, null, null] as any);
    expect(child.stdio as any).toEqual([null, null, null]);
    expect(terminal).toBe(child.terminal);
    terminal?.close();
  });

  test('reads what is typed, until ^D', async () => {
    const { data, until } = listener();
    const child = Bun.spawn(['cat'], { terminal: { data } });
    expect(child.terminal?.write('hello\n')).toBe(6);
    await until('hello\r\nhello\r\n');
    child.terminal?.write(new Uint8Array([4]));
    expect(await child.exited).toBe(0);
  });

  test('is interrupted by ^C, and hung up on by close', async () => {
    const start = async () => {
      const { data, until } = listener();
      const child = Bun.spawn(['sh', '-c', 'echo ready; exec sleep 10'], { terminal: { data } });
      await until('ready');
      await Bun.sleep(50);
      return child;
    };
    const interrupted = await start();
    interrupted.terminal?.write('\x03');
    await interrupted.exited;
    expect(interrupted.signalCode).toBe('SIGINT');
    const hungUp = await start();
    hungUp.terminal?.close();
    await hungUp.exited;
    expect(hungUp.signalCode).toBe('SIGHUP');
  });

  test('hears of a new size', async () => {
    const { data, until } = listener();
    const script = 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.02; done';
    const child = Bun.spawn(['sh', '-c', script], { terminal: { data } });
    await until('ready');
    child.terminal?.resize(132, 50);
    await until('50 132');
    await child.exited;
  });

  test('loses nothing of a large output', async () => {
    const ended = Promise.withResolvers<void>();
    let size = 0;
    const child = Bun.spawn(['head', '-c', '1000000', '/dev/zero'], {
      terminal: { data: (_, bytes) => void (size += bytes.length), exit: () => ended.resolve() },
    });
    await child.exited;
    await ended.promise;
    expect(size).toBe(1_000_000);
  });

  test('may share it with the next one', async () => {
    const { data, until } = listener();
    const codes: number[] = [];
    const terminal = new Bun.Terminal({ data, exit: (_, code) => void codes.push(code) });
    for (const word of ['one', 'two']) {
      const child = Bun.spawn(['echo', word], { terminal });
      expect(child.terminal).toBe(terminal);
      await child.exited;
    }
    expect(await until('two')).toBe('one\r\ntwo\r\n');
    expect(terminal.closed).toBe(false);
    terminal.close();
    expect(codes).toEqual([0]);
    expect(() => Bun.spawn(['true'], { terminal })).toThrow('terminal is closed');
  });

  test('wrong ones', () => {
    for (const wrong of [1, 'x', true] as any[])
      expect(() => Bun.spawn(['true'], { terminal: wrong })).toThrow(
        expect.objectContaining({
          code: 'ERR_INVALID_ARG_TYPE',
          message: 'terminal must be a Terminal object or options object',
        }),
      );
    expect(() => Bun.spawnSync(['true'], { terminal: {} } as any)).toThrow(
      'terminal option is only supported for Bun.spawn, not Bun.spawnSync',
    );
    expect(() => Bun.spawn(['/no/such/program'], { terminal: {} })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
});

describe.skipIf(skip)('Terminal', () => {
  test('echoes, in the modes of a login terminal', async () => {
    const { data, until } = listener();
    await using terminal = new Bun.Terminal({ data });
    expect(terminal.write('hé\n')).toBe(4);
    expect(await until('\n')).toBe('hé\r\n');
  });

  test('raw mode and back', async () => {
    await using terminal = new Bun.Terminal({});
    const modes = () => [terminal.inputFlags, terminal.outputFlags, terminal.localFlags, terminal.controlFlags];
    const before = modes();
    terminal.setRawMode(true);
    terminal.setRawMode(true);
    const [ICANON, ECHO] = process.platform === 'darwin' ? [0x100, 0x8] : [0x2, 0x8];
    expect(before[2] & (ICANON | ECHO)).toBe(ICANON | ECHO);
    expect(terminal.localFlags & (ICANON | ECHO)).toBe(0);
    terminal.setRawMode(false);
    expect(modes()).toEqual(before);
    terminal.outputFlags = 0;
    expect(terminal.outputFlags).toBe(0);
  });

  test('sizes', async () => {
    const size = async (options: any) => {
      const { data, until } = listener();
      await using terminal = new Bun.Terminal({ ...options, data });
      await Bun.spawn(['stty', 'size'], { terminal }).exited;
      return (await until('\n')).trim();
    };
    expect(await size({})).toBe('24 80');
    expect(await size({ cols: 0, rows: -5 })).toBe('24 80');
    expect(await size({ cols: 70000, rows: '7' })).toBe('7 80');
    expect(await size({ cols: 1.5, rows: 65535 })).toBe('65535 1');
  });

  test('close', async () => {
    const seen: unknown[] = [];
    const terminal = new Bun.Terminal({ exit: (...given) => void seen.push(...given) });
    terminal.close();
    terminal.close();
    expect(seen).toEqual([terminal, 0, null]);
    expect(terminal.closed).toBe(true);
    for (const use of [() => terminal.write('x'), () => terminal.resize(1, 1), () => terminal.setRawMode(true)])
      expect(use).toThrow('Terminal is closed');
    terminal.inputFlags = 5;
    expect(terminal.inputFlags).toBe(0);
    terminal.ref();
    terminal.unref();
    const disposed = new Bun.Terminal({});
    expect(await disposed[Symbol.asyncDispose]()).toBeUndefined();
    expect(disposed.closed).toBe(true);
  });

  test('wrong arguments', async () => {
    for (const wrong of [null, undefined, 1, 'x'] as any[])
      expect(() => new Bun.Terminal(wrong)).toThrow('Terminal constructor requires an options object');
    expect(() => new Bun.Terminal({ name: 5 } as any)).toThrow(
      'The "name" property must be of type string, got number',
    );
    expect(() => new Bun.Terminal({ name: 'x'.repeat(200) })).toThrow('Terminal name too long (max 128 characters)');
    await using terminal = new Bun.Terminal({});
    for (const wrong of [null, undefined] as any[])
      expect(() => terminal.write(wrong)).toThrow('write() requires data argument');
    for (const wrong of [1, {}, true] as any[])
      expect(() => terminal.write(wrong)).toThrow('write() argument must be a string or ArrayBuffer');
    for (const wrong of [undefined, 'a', 0, -1, 70000, NaN] as any[]) {
      expect(() => terminal.resize(wrong, 5)).toThrow('resize() requires valid cols argument');
      expect(() => terminal.resize(5, wrong)).toThrow('resize() requires valid rows argument');
    }
  });

  test('takes everything that is written; drain tells when the child has it', async () => {
    const drained = Promise.withResolvers<void>();
    await using terminal = new Bun.Terminal({ drain: () => drained.resolve() });
    terminal.setRawMode(true);
    expect(terminal.write('x'.repeat(200_000))).toBe(200_000);
    const child = Bun.spawn(['head', '-c', '200000'], { terminal });
    await drained.promise;
    expect(await child.exited).toBe(0);
  });
});
