import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const node = Bun.which('node') as string;
let dir: string;
const at = (name: string) => path.join(dir, name);
const thrown = (work: () => unknown): any => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};
const sh = (script: string, options: any = {}) => Bun.spawn(['sh', '-c', script], options) as any;
const out = (options: any) => Bun.spawn(['cat'], options).stdout.text();

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-spawn-'));
  fs.writeFileSync(at('in.txt'), 'hello');
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('the command', () => {
  test('array and options, options with cmd', async () => {
    expect(await Bun.spawn(['echo', 'a']).stdout.text()).toBe('a\n');
    expect(await Bun.spawn({ cmd: ['echo', 'b'] }).stdout.text()).toBe('b\n');
    expect(await Bun.spawn(['echo', 5, true] as any).stdout.text()).toBe('5 true\n');
  });

  test.each([undefined, null, 'ls', {}])('%p is refused', (command) => {
    expect(() => Bun.spawn(command as any)).toThrow(new TypeError('cmd must be an array'));
  });

  test('empty, with NUL', () => {
    expect(() => Bun.spawn([])).toThrow('cmd must not be empty');
    expect(() => Bun.spawn(['echo', 'a\0b'])).toThrow(/^The argument 'args\[1\]' must be a string without null bytes/);
  });

  test('not there, not executable, a directory', () => {
    const missing = thrown(() => Bun.spawn(['no-such-program']));
    expect([missing.message, missing.code, missing.path]).toEqual([
      'Executable not found in $PATH: "no-such-program"',
      'ENOENT',
      'no-such-program',
    ]);
    const absolute = thrown(() => Bun.spawn(['/no/such']));
    expect([absolute.message, absolute.code, absolute.errno, absolute.syscall, absolute.path]).toEqual([
      "ENOENT: no such file or directory, posix_spawn '/no/such'",
      'ENOENT',
      -2,
      'posix_spawn',
      '/no/such',
    ]);
    expect(thrown(() => Bun.spawn([dir])).code).toBe('EACCES');
    expect(thrown(() => Bun.spawn([at('in.txt')])).code).toBe('EACCES');
  });

  test('argv0', async () => {
    expect(await sh('echo $0', { argv0: 'renamed' }).stdout.text()).toBe('renamed\n');
  });
});

describe('surroundings', () => {
  test('cwd', async () => {
    expect((await sh('pwd -P', { cwd: dir }).stdout.text()).trim()).toBe(fs.realpathSync(dir));
    const missing = thrown(() => Bun.spawn(['true'], { cwd: at('none') }));
    expect([missing.code, missing.path]).toEqual(['ENOENT', 'true']);
    expect(thrown(() => Bun.spawn(['true'], { cwd: at('in.txt') })).code).toBe('ENOTDIR');
  });

  test('env', async () => {
    const env = { PATH: process.env.PATH, A: 'a', N: 5 as any, U: undefined };
    expect(await sh('echo $A $N $U $HOME', { env }).stdout.text()).toBe('a 5\n');
    expect(await sh('echo found', { env: {} }).stdout.text()).toBe('found\n');
    expect(() => Bun.spawn(['true'], { env: 5 as any })).toThrow('env must be an object');
    expect(() => Bun.spawn(['true'], { env: { A: 'b\0c' } })).toThrow(/must be a string without null bytes/);
  });

  test('detached leads a session', async () => {
    if (process.platform !== 'linux') return;
    const session = async (options: any) =>
      (await sh('cut -d" " -f6 /proc/$$/stat; echo $$', options).stdout.text()).split('\n');
    const [sid, pid] = await session({ detached: true });
    expect(sid).toBe(pid);
    const [other, child] = await session({});
    expect(other).not.toBe(child);
  });

  test('no signal is ignored or blocked for a child', async () => {
    if (process.platform !== 'linux') return;
    const masks = (text: string) => text.match(/Sig(?:Ign|Blk):\t.*/g);
    const none = ['SigBlk:\t0000000000000000', 'SigIgn:\t0000000000000000'];
    const command = ['cat', '/proc/self/status'];
    expect(masks(await Bun.spawn(command).stdout.text())).toEqual(none);
    expect(masks(String(Bun.spawnSync(command).stdout))).toEqual(none);
    const { getuid } = process;
    expect(masks(await Bun.spawn(command, { uid: getuid?.() } as any).stdout.text())).toEqual(none);
  });

  test('another user', async () => {
    if (process.getuid?.() !== 0) return;
    expect(await sh('id -u; id -g', { uid: 65534, gid: 65534 }).stdout.text()).toBe('65534\n65534\n');
    expect(thrown(() => Bun.spawn(['true'], { uid: -1 })).code).toBe('EINVAL');
  });

  test('a control group that is not there', () => {
    if (process.platform !== 'linux') return;
    const error = thrown(() => Bun.spawn(['true'], { cgroup: at('none') } as any));
    expect([error.code, error.syscall]).toEqual(['ENOENT', 'open']);
  });
});

describe('how it ends', () => {
  test('exit code', async () => {
    const child = sh('exit 3');
    expect(child.exitCode).toBeNull();
    expect(child.pid).toBeGreaterThan(0);
    expect(await child.exited).toBe(3);
    expect([child.exitCode, child.signalCode, child.killed]).toEqual([3, null, true]);
  });

  test.each([
    [undefined, 143, 'SIGTERM'],
    ['SIGKILL', 137, 'SIGKILL'],
    [2, 130, 'SIGINT'],
  ] as const)('kill(%p)', async (signal, code, name) => {
    const child = Bun.spawn(['sleep', '10']);
    expect(child.kill(signal as any)).toBeUndefined();
    expect(await child.exited).toBe(code);
    expect([child.exitCode, child.signalCode, child.killed]).toEqual([null, name, true]);
    expect(child.kill()).toBeUndefined();
  });

  test('wrong signals', async () => {
    const child = Bun.spawn(['sleep', '10']);
    for (const signal of ['SIGNOTHING', 'sigterm', 99]) expect(() => child.kill(signal as any)).toThrow(TypeError);
    child.kill(9);
    await child.exited;
    expect(() => Bun.spawn(['true'], { killSignal: 'SIGNOTHING' })).toThrow(/^signal must be one of 'SIGHUP'/);
    expect(() => Bun.spawn(['true'], { killSignal: 99 })).toThrow('Invalid signal: must be < 32');
  });

  test('onExit', async () => {
    const seen = await new Promise<any[]>((resolve) => {
      const child: any = sh('exit 3', {
        onExit(this: any, ...given: any[]) {
          resolve([given[0] === child, this === child, ...given.slice(1)]);
        },
      });
    });
    expect(seen).toEqual([true, true, 3, null, undefined]);
    expect(() => Bun.spawn(['true'], { onExit: 5 as any })).toThrow('onExit must be a function or undefined');
  });

  test('timeout', async () => {
    const child = Bun.spawn(['sleep', '10'], { timeout: 30, killSignal: 'SIGKILL' });
    expect(await child.exited).toBe(137);
    for (const timeout of ['x', -1]) expect(() => Bun.spawn(['true'], { timeout: timeout as any })).toThrow(/timeout/);
  });

  test('signal', async () => {
    const controller = new AbortController();
    const child = Bun.spawn(['sleep', '10'], { signal: controller.signal });
    controller.abort();
    expect(await child.exited).toBe(143);
    const error = thrown(() => Bun.spawn(['true'], { signal: controller.signal }));
    expect([error.name, error.message, error.code]).toEqual(['AbortError', 'The operation was aborted', 'ABORT_ERR']);
    expect(() => Bun.spawn(['true'], { signal: 5 as any })).toThrow(/AbortSignal/);
  });

  test('maxBuffer', async () => {
    const child = Bun.spawn(['yes'], { maxBuffer: 1000 });
    expect(await child.exited).toBe(143);
    expect((await child.stdout.text()).length).toBeGreaterThan(0);
  });

  test('resourceUsage', async () => {
    const child = sh('true');
    await child.exited;
    const usage = child.resourceUsage();
    expect(usage.maxRSS).toBeGreaterThan(0);
    expect(usage.cpuTime.total).toBe(usage.cpuTime.user + usage.cpuTime.system);
    for (const name of ['contextSwitches', 'messages', 'ops', 'shmSize', 'signalCount', 'swapCount'])
      expect(name in usage).toBe(true);
  });

  test('asyncDispose kills', async () => {
    const child = Bun.spawn(['sleep', '10']);
    await child[Symbol.asyncDispose]();
    expect(child.signalCode).toBe('SIGTERM');
  });

  test('64 at once', async () => {
    const codes = await Promise.all(Array.from({ length: 64 }, (_, i) => sh(`exit ${i}`, { stdout: 'ignore' }).exited));
    expect(codes).toEqual(Array.from({ length: 64 }, (_, i) => i));
  });
});

describe('stdin', () => {
  const big = new Uint8Array(1_000_000).fill(65);
  const sources: [string, () => any, string][] = [
    ['Uint8Array', () => Buffer.from('bytes'), 'bytes'],
    ['empty bytes', () => new Uint8Array(0), ''],
    ['ArrayBuffer', () => new Uint8Array([65]).buffer, 'A'],
    ['Blob', () => new Blob(['blob']), 'blob'],
    ['file', () => Bun.file(at('in.txt')), 'hello'],
    ['Response', () => new Response('response'), 'response'],
    ['Request', () => new Request('http://localhost/', { method: 'POST', body: 'request' }), 'request'],
    ['ReadableStream', () => new Blob(['streamed']).stream(), 'streamed'],
    ['a million bytes', () => big, 'A'.repeat(1_000_000)],
    ['ignore', () => 'ignore', ''],
    ['null', () => null, ''],
    ['undefined', () => undefined, ''],
  ];

  test.each(sources)('%s', async (_name, source, content) => {
    expect((await out({ stdin: source() })) === content).toBe(true);
  });

  test('descriptor', async () => {
    const descriptor = fs.openSync(at('in.txt'), 'r');
    const child = Bun.spawn(['cat'], { stdin: descriptor });
    expect(await child.stdout.text()).toBe('hello');
    expect(child.stdin as any).toBe(descriptor);
    fs.closeSync(descriptor);
  });

  test('pipe', async () => {
    const child = Bun.spawn(['cat'], { stdin: 'pipe' });
    expect(child.stdin.constructor.name).toBe('FileSink');
    expect(child.stdin.write('one ')).toBe(4);
    child.stdin.write(new Uint8Array([0x32]));
    await child.stdin.flush();
    await child.stdin.write('x'.repeat(200_000));
    await child.stdin.end();
    expect((await child.stdout.text()) === `one 2${'x'.repeat(200_000)}`).toBe(true);
    expect(() => child.stdin.write(5 as any)).toThrow(TypeError);
  });

  test('a child that does not read', async () => {
    const child = Bun.spawn(['true'], { stdin: 'pipe' });
    await child.exited;
    child.stdin.write('nobody reads this');
    await child.stdin.flush();
    await child.stdin.end();
    const fed = Bun.spawn(['true'], { stdin: big });
    expect(await fed.exited).toBe(0);
  });

  test('a pipe is closed when the child ends', async () => {
    if (process.platform !== 'linux') return;
    const count = () => fs.readdirSync('/proc/self/fd').length;
    await Bun.spawn(['true'], { stdin: 'pipe', stdout: 'ignore' }).exited;
    const before = count();
    const children = Array.from({ length: 20 }, () => Bun.spawn(['true'], { stdin: 'pipe', stdout: 'ignore' }));
    await Promise.all(children.map((child) => child.exited));
    for (let i = 0; i < 100 && count() > before + 2; i++) await Bun.sleep(10);
    expect(count()).toBeLessThanOrEqual(before + 2);
    const { stdin } = children[0];
    expect([stdin.write('nobody reads this') as unknown, stdin.flush(), stdin.end()]).toEqual([true, undefined, 0]);
  });

  test('a body that was used', async () => {
    const response = new Response('x');
    await response.text();
    expect(thrown(() => Bun.spawn(['cat'], { stdin: response })).code).toBe('ERR_BODY_ALREADY_USED');
  });

  test('wrong values', () => {
    expect(() => Bun.spawn(['true'], { stdin: 'nothing' as any })).toThrow(
      /^stdio must be an array of 'inherit', 'pipe'/,
    );
    expect(() => Bun.spawn(['true'], { stdin: true as any })).toThrow(
      "stdio must be an array of 'inherit', 'ignore', or null",
    );
    expect(() => Bun.spawn(['true'], { stdin: -1 })).toThrow('file descriptor must be a positive integer');
    expect(() => Bun.spawn(['true'], { stdio: 'pipe' as any })).toThrow('stdio must be an array');
  });
});

describe('stdout and stderr', () => {
  test('pipe is a stream with readers', async () => {
    const child = sh('echo out; echo err >&2', { stderr: 'pipe' });
    expect(child.stdout).toBeInstanceOf(ReadableStream);
    expect(child.stdout).toBe(child.readable);
    expect(await child.stdout.text()).toBe('out\n');
    expect(await new Response(child.stderr).text()).toBe('err\n');
    expect(await sh('echo \'{"a":1}\'').stdout.json()).toEqual({ a: 1 });
    expect([...(await sh('printf ab').stdout.bytes())]).toEqual([97, 98]);
    expect(await (await sh('printf ab').stdout.blob()).text()).toBe('ab');
  });

  test('output is there after the end', async () => {
    const child = sh('head -c 1000000 /dev/zero');
    expect(await child.exited).toBe(0);
    expect((await child.stdout.bytes()).length).toBe(1_000_000);
  });

  test('lazy', async () => {
    const child = sh('echo lazy', { lazy: true });
    await child.exited;
    expect(await child.stdout.text()).toBe('lazy\n');
  });

  test('a reader that stops ends the writer', async () => {
    const child = Bun.spawn(['yes']);
    for await (const chunk of child.stdout as any) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    // By SIGPIPE, or by EPIPE where whoever started this process had SIGPIPE ignored: Bun hands that on.
    expect([141, 1]).toContain(await child.exited);
  });

  test('file, descriptor, ignore', async () => {
    expect(await sh('echo file', { stdout: Bun.file(at('out.txt')) }).exited).toBe(0);
    expect(fs.readFileSync(at('out.txt'), 'utf8')).toBe('file\n');
    const descriptor = fs.openSync(at('fd.txt'), 'w');
    const child = sh('echo out; echo err >&2', { stdout: descriptor, stderr: descriptor });
    expect(child.stdout).toBe(descriptor);
    await child.exited;
    fs.closeSync(descriptor);
    expect(fs.readFileSync(at('fd.txt'), 'utf8')).toBe('out\nerr\n');
    expect(sh('echo x', { stdout: 'ignore' }).stdout).toBeUndefined();
    expect(sh('true').stderr).toBeUndefined();
  });

  test('more descriptors', async () => {
    const child = sh('echo three >&3; cat <&5; exit 0', {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', null, Bun.file(at('in.txt'))],
    });
    expect(child.stdio.length).toBe(6);
    expect(await child.stdout.text()).toBe('hello');
    await child.exited;
    const bytes = Buffer.alloc(10);
    expect(bytes.toString('utf8', 0, fs.readSync(child.stdio[3], bytes))).toBe('three\n');
    if (isDxCompat) fs.closeSync(child.stdio[3]);
  });

  test('wrong values', () => {
    expect(() => Bun.spawn(['true'], { stdout: new Uint8Array(1) as any })).toThrow(
      'ArrayBufferView cannot be used for stdout/stderr yet',
    );
    expect(() => Bun.spawn(['true'], { stdout: new Blob(['x']) as any })).toThrow(
      'Blobs are immutable, and cannot be used for stdout/stderr',
    );
    expect(thrown(() => Bun.spawn(['true'], { stdout: 99_999 })).code).toBe('EBADF');
  });
});

describe('ipc', () => {
  const echo =
    'process.on("message", (m) => { process.send({ echo: m }); if (m === "bye") process.disconnect(); }); process.send("ready");';
  const talk = async (command: string[], serialization: 'json' | 'advanced', say: unknown[]) => {
    const heard: unknown[] = [];
    let disconnected = 0;
    const child = Bun.spawn(command, {
      serialization,
      ipc(message, from) {
        heard.push(message);
        if (message === 'ready') for (const what of say) from.send(what);
      },
      onDisconnect() {
        disconnected += 1;
      },
    });
    expect(await child.exited).toBe(0);
    for (let i = 0; i < 100 && disconnected === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    return { heard, disconnected, connected: (child as any).connected };
  };

  test('json with a Node child', async () => {
    const { heard, disconnected, connected } = await talk([node, '-e', echo], 'json', [{ a: [1, 'h\u00e9'] }, 'bye']);
    expect(heard).toEqual(['ready', { echo: { a: [1, 'h\u00e9'] } }, { echo: 'bye' }]);
    expect([disconnected, connected]).toEqual([1, false]);
  });

  // Node speaks V8's format, which real Bun does not.
  test.skipIf(!isDxCompat)('advanced with a Node child', async () => {
    const value = { when: new Date(0), map: new Map([[1, new Set([2])]]), bytes: new Uint8Array([1, 2]), big: 5n };
    const { heard } = await talk([node, '-e', echo], 'advanced', [value, 'bye']);
    expect(heard).toEqual(['ready', { echo: value }, { echo: 'bye' }]);
  });

  test('json with a Bun child', async () => {
    const bun = path.join(import.meta.dir, '../../node_modules/.bin/bun');
    if (!fs.existsSync(bun)) return;
    const { heard } = await talk([bun, '-e', echo], 'json', ['x'.repeat(100_000), 'bye']);
    expect(heard).toEqual(['ready', { echo: 'x'.repeat(100_000) }, { echo: 'bye' }]);
  });

  const realBun = path.join(import.meta.dir, '../../node_modules/.bin/bun');

  test.skipIf(!fs.existsSync(realBun))('advanced with a Bun child, said before it runs', async () => {
    const shared = { same: true };
    const value: Record<string, unknown> = {
      when: new Date(5),
      map: new Map([[1, new Set([2])]]),
      bytes: new Uint8Array([1, 2]),
      big: -5n,
      text: 'h\u00e9 \u20ac',
      twice: [shared, shared],
    };
    const heard: any[] = [];
    const { promise: said, resolve } = Promise.withResolvers<void>();
    // The parent disconnects: Bun's child loses what it has not written when it does so itself.
    const child = Bun.spawn([realBun, '-e', 'process.on("message", (m) => process.send({ echo: m }));'], {
      ipc(message) {
        heard.push(message);
        if (message.echo === 'bye') resolve();
      },
    });
    child.send(value);
    const sent = structuredClone(value);
    value.when = 'later';
    child.send('x'.repeat(300_000));
    child.send('bye');
    await said;
    child.disconnect();
    expect(await child.exited).toBe(0);
    expect(heard.length).toBe(3);
    expect([heard[0], heard[2]]).toEqual([{ echo: sent }, { echo: 'bye' }]);
    expect(heard[1].echo === 'x'.repeat(300_000)).toBe(true);
    expect(heard[0].echo.twice[0]).toBe(heard[0].echo.twice[1]);
  });

  // A child of Bun's that is Node with the polyfill speaks Bun's format as well, also before it has heard anything.
  test.skipIf(!isDxCompat || process.platform !== 'linux' || !fs.existsSync(realBun))(
    'advanced with Bun as the parent',
    async () => {
      const parent = `
      const heard = [];
      const child = Bun.spawn(JSON.parse(process.argv[1]), {
        stdio: ['ignore', 'inherit', 'inherit'],
        ipc(message) {
          heard.push(message);
          if (message.echo === 'bye') child.disconnect();
        },
      });
      child.send({ when: new Date(5), map: new Map([[1, 2n]]) });
      child.send('bye');
      await child.exited;
      console.log(Bun.inspect(heard).replace(/\\s+/g, ' '));`;
      const register = path.join(import.meta.dir, '../../register.js');
      const echoing =
        'const late = { a: 1 }; process.send(late); late.a = 2; process.on("message", (m) => process.send({ echo: m })); process.on("disconnect", () => console.log("gone"));';
      const command = [node, '--import', register, '-e', echoing];
      const child = Bun.spawn([realBun, '-e', parent, JSON.stringify(command)], { stdout: 'pipe' });
      expect(await child.stdout.text()).toBe(
        'gone\n[ { a: 1, }, { echo: { when: 1970-01-01T00:00:00.005Z, map: Map(1) { 1: 2n, }, }, }, { echo: "bye", } ]\n',
      );
    },
  );

  test.skipIf(!fs.existsSync(realBun))('what was sent before disconnect arrives at a Bun child', async () => {
    const listen = 'process.on("message", (m) => console.log(m)); process.on("disconnect", () => console.log("gone"));';
    const child = Bun.spawn([realBun, '-e', listen], { ipc() {}, stdout: 'pipe' });
    child.send('first');
    child.send({ second: 2 });
    child.disconnect();
    expect((await child.stdout.text()).replace(/\s+/g, ' ')).toBe('first { second: 2, } gone ');
    expect(await child.exited).toBe(0);
  });

  test.skipIf(!fs.existsSync(realBun))('what cannot be cloned is refused', async () => {
    const child = Bun.spawn([realBun, '-e', 'process.on("message", () => {})'], { ipc() {} });
    expect(() => child.send({ no: () => 1 })).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    child.kill();
    await child.exited;
  });

  test('a large message', async () => {
    const program = 'process.send("x".repeat(16_000_000), () => process.disconnect());';
    let length = 0;
    const child = Bun.spawn([node, '-e', program], {
      serialization: 'json',
      ipc(message) {
        length += message.length;
      },
    });
    expect(await child.exited).toBe(0);
    for (let i = 0; i < 200 && length === 0; i++) await Bun.sleep(5);
    expect(length).toBe(16_000_000);
  });

  test('without a channel', async () => {
    const child = Bun.spawn(['true']);
    expect(thrown(() => child.send('x')).code).toBe('ERR_IPC_CHANNEL_CLOSED');
    expect(child.disconnect()).toBeUndefined();
    await child.exited;
    expect(() => Bun.spawn(['true'], { ipc() {}, serialization: 'other' as any })).toThrow(
      'serialization must be "json" or "advanced"',
    );
  });
});

describe('spawnSync', () => {
  test('what it gives', () => {
    const result = Bun.spawnSync(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect([result.exitCode, result.success, result.signalCode]).toEqual([3, false, undefined]);
    expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['out\n', 'err\n']);
    expect(Buffer.isBuffer(result.stdout)).toBe(true);
    expect(result.pid).toBeGreaterThan(0);
    expect(result.resourceUsage.maxRSS).toBeGreaterThan(0);
    expect(Bun.spawnSync({ cmd: ['true'] }).success).toBe(true);
  });

  test('signal, timeout, maxBuffer', () => {
    const killed = Bun.spawnSync(['sh', '-c', 'kill -9 $$']);
    expect([killed.exitCode, killed.signalCode] as any).toEqual([null, 'SIGKILL']);
    const late = Bun.spawnSync(['sleep', '5'], { timeout: 50 });
    expect([late.exitCode, late.signalCode, late.exitedDueToTimeout] as any).toEqual([null, 'SIGTERM', true]);
    const loud = Bun.spawnSync(['yes'], { maxBuffer: 100 });
    // It may meet the closed pipe first; where SIGPIPE is ignored, which Bun hands on, it says so and exits.
    expect(loud.exitCode === 1 || ['SIGTERM', 'SIGPIPE'].includes(String(loud.signalCode))).toBe(true);
    expect(loud.exitedDueToMaxBuffer).toBe(true);
    const shell = Bun.spawnSync(['sh', '-c', 'yes'], { maxBuffer: 100 });
    expect(shell.exitedDueToMaxBuffer).toBe(true);
  });

  test('stdin', () => {
    const text = (stdin: any) => Bun.spawnSync(['cat'], { stdin }).stdout.toString();
    expect(text(Buffer.from('bytes'))).toBe('bytes');
    expect(text(new Blob(['blob']))).toBe('blob');
    expect(text(new Response('response'))).toBe('response');
    expect(text(Bun.file(at('in.txt')))).toBe('hello');
    expect(text('pipe')).toBe('');
    expect(text(undefined)).toBe('');
    expect(text(new Uint8Array(1_000_000).fill(65)).length).toBe(1_000_000);
    expect(() => text(new ReadableStream())).toThrow("'stdin' ReadableStream cannot be used in sync mode");
  });

  test('stdout', () => {
    expect(Bun.spawnSync(['echo', 'x'], { stdout: 'ignore', stderr: null }).stdout).toBeUndefined();
    Bun.spawnSync(['echo', 'x'], { stdout: Bun.file(at('sync.txt')) });
    expect(fs.readFileSync(at('sync.txt'), 'utf8')).toBe('x\n');
    expect(Bun.spawnSync(['head', '-c', '3000000', '/dev/zero']).stdout.length).toBe(3_000_000);
    const heirs = Bun.spawnSync(['sh', '-c', '(sleep 0.1; echo late) & echo now']);
    expect(heirs.stdout.toString()).toBe('now\nlate\n');
  });

  test('errors', () => {
    expect(() => Bun.spawnSync(['no-such-program'])).toThrow('Executable not found in $PATH: "no-such-program"');
    expect(() => Bun.spawnSync([])).toThrow('cmd must not be empty');
  });
});

describe('which', () => {
  test('names and paths', () => {
    fs.writeFileSync(at('tool'), '#!/bin/sh\n', { mode: 0o755 });
    expect(Bun.which('sh')).toMatch(/\/sh$/);
    expect(Bun.which('no-such-program')).toBeNull();
    expect(Bun.which(at('tool'))).toBe(at('tool'));
    expect(Bun.which('tool', { PATH: dir })).toBe(at('tool'));
    expect(Bun.which('tool', { PATH: `:/no/such:${dir}/` })).toBe(at('tool'));
    expect(Bun.which('./tool', { cwd: dir })).toBe(at('tool'));
    expect(Bun.which('tool', { cwd: dir })).toBeNull();
    expect(Bun.which(at('in.txt'))).toBeNull();
    expect(Bun.which(dir)).toBeNull();
    for (const nothing of ['', null, undefined, 5, {}, 'a\0b']) expect(Bun.which(nothing as any)).toBeNull();
    expect(() => Bun.which('x'.repeat(5000))).toThrow('bin path is too long');
  });
});

test('a name with NUL in the environment', () => {
  expect(() => Bun.spawn(['true'], { env: { 'A\0B': 'x' } })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message: expect.stringContaining('without null bytes') }),
  );
});

test('spawnSync takes no stream', () => {
  const streamed = () => new Response(new ReadableStream({ start: (c) => void c.enqueue('hi') }));
  expect(() => Bun.spawnSync(['cat'], { stdin: streamed() as any })).toThrow(
    expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
  );
});

test('a signal that aborts by itself ends what spawnSync waits for', () => {
  const run = (options: object) => {
    const { exitCode, signalCode, exitedDueToTimeout } = Bun.spawnSync({ cmd: ['sleep', '20'], ...options });
    return [exitCode, signalCode, exitedDueToTimeout];
  };
  expect(run({ signal: AbortSignal.timeout(50) })).toEqual([null, 'SIGTERM', undefined]);
  expect(run({ signal: AbortSignal.timeout(50), killSignal: 'SIGKILL' })).toEqual([null, 'SIGKILL', undefined]);
  expect(run({ signal: AbortSignal.timeout(20_000), timeout: 50 })).toEqual([null, 'SIGTERM', true]);
  expect(run({ signal: AbortSignal.timeout(50), timeout: 20_000 })).toEqual([null, 'SIGTERM', true]);
});

test('too many arguments', () => {
  const many = ['true', 'x'];
  Object.defineProperty(many, 'length', { value: 2 ** 32 - 1 });
  for (const start of [Bun.spawn, Bun.spawnSync])
    expect(() => start(many)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', message: 'cmd array is too large' }),
    );
});

// Between a child and its starter stands no thread: each event of a child would cost two context switches more.
test.skipIf(!isDxCompat || process.platform !== 'linux')('no thread waits for children', async () => {
  const child = sh('read line; echo $line', { stdin: 'pipe' });
  const threads = fs
    .readdirSync('/proc/self/task')
    .map((id) => fs.readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim());
  child.stdin.write('done\n');
  child.stdin.end();
  expect(await child.stdout.text()).toBe('done\n');
  expect(await child.exited).toBe(0);
  expect(threads).not.toContain('dx-spawn');
});

describe('workers', () => {
  const workerOf = (program: string) => new Worker(URL.createObjectURL(new Blob([program])));
  const answer = (worker: Worker) =>
    new Promise<any>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });

  test('have children of their own', async () => {
    const worker = workerOf(`
      const child = Bun.spawn(['cat'], { stdin: 'pipe' });
      child.stdin.write('of a worker');
      child.stdin.end();
      child.stdout.text().then(async (text) => postMessage([text, await child.exited]));
    `);
    expect(await answer(worker)).toEqual(['of a worker', 0]);
    worker.terminate();
  });

  // Real Bun leaves a zombie.
  test.skipIf(!isDxCompat || process.platform !== 'linux')(
    'that end before their children leave no zombies',
    async () => {
      const worker = workerOf(`postMessage(Bun.spawn(['sleep', '0.2']).pid)`);
      const pid = await answer(worker);
      worker.terminate();
      const until = Date.now() + 10_000;
      while (fs.existsSync(`/proc/${pid}`) && Date.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(fs.existsSync(`/proc/${pid}`)).toBe(false);
    },
  );
});
