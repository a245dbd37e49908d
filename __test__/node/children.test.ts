// Asynchronous children through `dx-compat/node/child_process` beside Node's own. Not in Bun, which has no such package.
import { afterAll, describe, expect, test } from 'bun:test';
import { AsyncLocalStorage } from 'node:async_hooks';
import nodes from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/child_process') : nodes;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-children-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

fs.writeFileSync(path.join(folder, 'not-executable'), 'x');
fs.writeFileSync(path.join(folder, 'without-interpreter'), 'echo from $0 | tr -d /; exit 5', { mode: 0o755 });
fs.writeFileSync(path.join(folder, 'says'), '#!/bin/sh\necho says "$@"', { mode: 0o755 });
fs.writeFileSync(
  path.join(folder, 'child.js'),
  `process.on('message', (message) => message === 'end' ? process.disconnect() : process.send({ message, argv: process.argv.slice(2) }));`,
);

/** A child's life, without what differs from one run to the next. */
function life(make: () => any, more?: (child: any) => void): Promise<unknown> {
  let child: any;
  try {
    child = make();
  } catch (error: any) {
    return Promise.resolve({ thrown: error.name, code: error.code, message: error.message });
  }
  const events: unknown[] = [];
  const output: Record<string, string> = {};
  for (const name of ['spawn', 'exit', 'disconnect'])
    child.on(name, (...given: any[]) => events.push([name, ...given]));
  child.on('error', ({ name, code, errno, syscall, path: file, spawnargs, message }: any) =>
    events.push(['error', name, code, errno, syscall, file, spawnargs, message]),
  );
  for (const name of ['stdout', 'stderr'] as const) {
    output[name] = '';
    child[name]?.on('data', (part: Buffer) => (output[name] += part.toString('latin1')));
  }
  const facts = [
    typeof child.pid,
    child.connected,
    child.killed,
    child.exitCode,
    child.spawnfile,
    child.spawnargs.length,
  ];
  facts.push(child.stdio.map((stream: any) => stream?.constructor.name ?? null));
  more?.(child);
  return new Promise((resolve) => {
    // A process ends and its channel closes in either order.
    const sorted = () => events.map((event) => JSON.stringify(event)).sort();
    const end = (...given: any[]) =>
      resolve({ facts, events: sorted(), output, given, killed: child.killed, signal: child.signalCode });
    if (child.pid === undefined) child.on('error', () => setImmediate(end, 'no process'));
    else child.on('close', end);
  });
}

const sh = (code: string) => ['sh', ['-c', code]];
const long = 'x'.repeat(100_000);
const starts: [string, string, any[], ((child: any) => void)?][] = [
  ['output', 'spawn', sh('echo out; echo err >&2; exit 3')],
  ['input', 'spawn', sh('cat; echo ended'), (child) => child.stdin.end('text')],
  ['much input', 'spawn', ['wc', ['-c']], (child) => child.stdin.end(Buffer.alloc(3_000_000))],
  ['much output', 'spawn', sh('head -c 3000000 /dev/zero | tr "\\0" a')],
  ['a signal', 'spawn', sh('kill -9 $$')],
  ['a signal without a name', 'spawn', sh('kill -35 $$')],
  ['signals', 'spawn', ['grep', ['SigIgn\\|SigBlk', '/proc/self/status']]],
  ['killed', 'spawn', ['sleep', ['60']], (child) => expect(child.kill()).toBe(true)],
  [
    'killed by number',
    'spawn',
    ['sleep', ['60']],
    (child) => expect([child.kill(0), child.kill(9)]).toEqual([true, true]),
  ],
  ['an unknown signal', 'spawn', ['true'], (child) => expect(() => child.kill('SIGNOPE')).toThrow('SIGNOPE')],
  ['ignored', 'spawn', [...sh('echo out'), { stdio: 'ignore' }]],
  ['some ignored', 'spawn', [...sh('echo out; echo err >&2'), { stdio: ['ignore', 'pipe', 'ignore'] }]],
  [
    'a fourth stream',
    'spawn',
    [...sh('echo more >&3'), { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] }],
    (child) => child.stdio[3].resume(),
  ],
  [
    'a fourth one ignored',
    'spawn',
    [...sh('(echo x >&3) 2>/dev/null || echo closed'), { stdio: ['ignore', 'pipe', 'pipe', 'ignore'] }],
  ],
  ['an environment', 'spawn', ['/usr/bin/env', [], { env: { A: '1', B: undefined, C: 2, PATH: '/bin' } }]],
  ['without PATH', 'spawn', ['pwd', [], { env: { A: '1' }, cwd: '/' }]],
  ['a path of its own', 'spawn', ['says', ['a b', ''], { env: { PATH: `${folder}:/usr/bin:/bin` } }]],
  ['a relative path', 'spawn', ['./says', ['x'], { cwd: folder }]],
  ['a relative PATH', 'spawn', ['says', ['x'], { cwd: folder, env: { PATH: '.' } }]],
  ['a directory', 'spawn', ['pwd', { cwd: '/' }]],
  ['a name of its own', 'spawn', ['sh', ['-c', 'echo $0'], { argv0: 'other' }]],
  [
    'a session of its own',
    'spawn',
    [...sh('[ "$(cut -d" " -f6 /proc/$$/stat)" = $$ ] && echo leads'), { detached: true }],
  ],
  ['a shell', 'spawn', ['echo "$0" a  b', { shell: true }]],
  ['without an interpreter', 'spawn', [path.join(folder, 'without-interpreter')]],
  ['nothing', 'spawn', ['no-such-program', ['a']]],
  ['no such path', 'spawn', ['/no/such/program']],
  ['not executable', 'spawn', [path.join(folder, 'not-executable')]],
  ['no such directory', 'spawn', ['pwd', { cwd: '/no/such' }]],
  ['a directory that is none', 'spawn', ['pwd', { cwd: '/etc/passwd' }]],
  ['a timeout', 'spawn', ['sleep', ['60'], { timeout: 30 }]],
  ['a timeout with a signal', 'spawn', ['sleep', ['60'], { timeout: 30, killSignal: 'SIGKILL' }]],
  ['aborted before', 'spawn', ['sleep', ['60'], { signal: AbortSignal.abort() }]],
  ['too long an argument', 'spawn', ['echo', ['x'.repeat(3_000_000)]]],
  ['no program', 'spawn', []],
  ['an empty one', 'spawn', ['']],
  ['NUL', 'spawn', ['echo', ['a\0b']]],
  ['bad streams', 'spawn', ['echo', [], { stdio: 'nope' }]],
  ['a descriptor that is not open', 'spawn', ['echo', [], { stdio: ['ignore', 987654, 'ignore'] }]],
  ['a bad user', 'spawn', ['echo', [], { uid: 'x' }]],
  ['a file', 'execFile', ['echo', ['x']]],
  ['a command', 'exec', ['echo "$0" | tr a-z A-Z; exit 4']],
  [
    'a channel',
    'fork',
    [path.join(folder, 'child.js'), ['a', 'b'], { silent: true }],
    (child) => {
      child.on('message', (message: any) => {
        expect(message).toEqual({ message: { text: long }, argv: ['a', 'b'] });
        child.send('end');
      });
      child.send({ text: long });
    },
  ],
  [
    'an advanced channel',
    'fork',
    [path.join(folder, 'child.js'), { serialization: 'advanced', silent: true }],
    (child) => {
      child.on('message', ({ message }: any) => {
        expect(message).toEqual(new Map([[1, new Date(5)]]));
        child.send('end');
      });
      child.send(new Map([[1, new Date(5)]]));
    },
  ],
  ['no module', 'fork', [path.join(folder, 'none.js'), { silent: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }]],
];

describe.skipIf(!isDxCompat || process.platform === 'win32')('children', () => {
  test.each(starts)('%s: %s', async (...row) => {
    const [, name, given, more] = row;
    const copied = () =>
      given.map((each) => (each && typeof each === 'object' && !Array.isArray(each) ? { ...each } : each));
    const [mine, theirs] = await Promise.all([
      life(() => ours[name](...copied()), more),
      life(() => (nodes as any)[name](...copied()), more),
    ]);
    expect(mine).toEqual(theirs);
  });

  const settled = (promise: Promise<any>) =>
    promise.then(
      (value) => ({ value }),
      ({ name, message, code, killed, signal, cmd, stdout, stderr }) => ({
        name,
        message,
        code,
        killed,
        signal,
        cmd,
        stdout,
        stderr,
      }),
    );
  test.each([
    ['exec', ['echo out; echo err >&2']],
    ['exec', ['echo out; exit 2', { encoding: 'buffer' }]],
    ['exec', ['echo too much', { maxBuffer: 3 }]],
    ['exec', ['echo too much >&2', { maxBuffer: 3, encoding: 'buffer' }]],
    ['exec', ['echo more', { maxBuffer: undefined, encoding: undefined }]],
    ['exec', ['echo $X; kill -9 $$', { env: { X: 'x', PATH: '/bin:/usr/bin' }, shell: '/bin/sh' }]],
    ['exec', ['exec sleep 60', { timeout: 30 }]],
    ['exec', ['exec sleep 60', { signal: AbortSignal.abort() }]],
    ['exec', ['kill -35 $$']],
    ['execFile', ['echo', ['a', 'b']]],
    ['execFile', ['echo', { windowsHide: 1, cwd: null, env: null, shell: null, uid: undefined }]],
    ['execFile', ['no-such-program']],
  ])('promises of %s %j', async (name, given) => {
    expect(await settled(promisify(ours[name])(...given))).toEqual(
      await settled((promisify((nodes as any)[name]) as any)(...given)),
    );
  });

  test('a signal without a name, waited for', () => {
    const outcome = (module: any) => {
      const facts: unknown[] = [];
      const { status, signal } = module.spawnSync('sh', ['-c', 'kill -35 $$']);
      facts.push(status, signal);
      for (const start of [
        () => module.execSync('kill -35 $$'),
        () => module.execFileSync('sh', ['-c', 'kill -35 $$'], { stdio: 'pipe' }),
      ])
        try {
          facts.push(String(start()));
        } catch (error: any) {
          facts.push(error.message, error.status, error.signal);
        }
      return facts;
    };
    expect(outcome(ours)).toEqual(outcome(nodes));
  });

  test('signals of a child that is waited for', () => {
    const signals = (module: any) => String(module.execFileSync('grep', ['SigIgn\\|SigBlk', '/proc/self/status']));
    if (process.platform === 'linux') expect(signals(ours)).toBe(signals(nodes));
  });

  test('arguments are taken when it starts', async () => {
    const outcome = (module: any) =>
      new Promise((resolve) => {
        const given = ['x'];
        module.execFile('false', given, (error: any) => resolve([error.cmd, error.message]));
        given.push('later');
      });
    expect(await outcome(ours)).toEqual(await outcome(nodes));
  });

  test.each(['exec', 'execFile'])('too much of %s as text', async (name) => {
    const outcome = (module: any) =>
      new Promise((resolve) => {
        module[name]('echo', { maxBuffer: 0 }, resolve);
      }).then((error: any) => {
        const told = [String(error), Object.getOwnPropertyNames(error)];
        error.name = 'Another';
        return [...told, String(error), error instanceof RangeError];
      });
    expect(await outcome(ours)).toEqual(await outcome(nodes));
  });

  test("exec calls a program's own execFile", () => {
    const done = () => {};
    const outcome = (module: any) => {
      const { execFile } = module;
      const calls: unknown[] = [];
      module.execFile = (...given: unknown[]) => calls.push(given);
      try {
        module.exec('true', done);
        module.exec('true', { cwd: '/', shell: 'sh' }, done);
        module.exec('true', { shell: false });
        expect(() => module.exec(5)).toThrow(TypeError);
      } finally {
        module.execFile = execFile;
      }
      return calls;
    };
    expect(outcome(ours)).toEqual(outcome(nodes));
  });

  test('what ChildProcess is given', async () => {
    const { prototype } = nodes.ChildProcess as any;
    const { spawn } = prototype;
    const outcome = async (module: any) => {
      const seen: unknown[] = [];
      prototype.spawn = function (options: any) {
        const { env, envPairs, ...rest } = options;
        seen.push([Object.keys(options), Object.getPrototypeOf(options), rest, envPairs.length]);
        return spawn.call(this, options);
      };
      const children = [
        module.spawn('true'),
        module.spawn('true', ['x'], { cwd: '/', stdio: 'ignore' }),
        module.spawn('true', { shell: true, env: { A: '1' } }),
        module.exec('true'),
        module.exec('true', { cwd: '/', encoding: 'buffer' }),
        module.execFile('true', ['a']),
        module.execFile('true', { maxBuffer: 5, timeout: 0, shell: '/bin/sh' }),
        module.fork('/dev/null', [], { silent: true }),
      ];
      prototype.spawn = spawn;
      await Promise.all(children.map((child) => new Promise((resolve) => child.on('close', resolve))));
      return seen;
    };
    expect(await outcome(ours)).toEqual(await outcome(nodes));
  });

  test('what is refused at once is thrown, not a promise that fails', () => {
    for (const module of [ours, nodes] as any[]) {
      expect(() => promisify(module.exec)('true', { signal: {} })).toThrow(TypeError);
      expect(() => promisify(module.execFile)('true', [], { cwd: 5 })).toThrow(TypeError);
    }
  });

  test('another Node can be forked', async () => {
    const other = path.join(folder, 'other-node');
    fs.symlinkSync(process.execPath, other);
    fs.writeFileSync(path.join(folder, 'says.js'), "process.send('here')");
    for (const module of [ours, nodes] as any[]) {
      const child = module.fork(path.join(folder, 'says.js'), { execPath: other });
      expect(child.spawnfile).toBe(other);
      expect(child.spawnargs[0]).toBe(other);
      expect(await new Promise((resolve) => child.on('message', resolve))).toBe('here');
    }
    expect(() => ours.fork(path.join(folder, 'says.js'), { execPath: 'a\0b' })).toThrow(TypeError);
  });

  test('an end with the number of an error', async () => {
    const outcome = (module: any) =>
      new Promise((resolve) => {
        const child = module.execFile('true', (error: any) => resolve([error.code, error.message]));
        child.emit('close', -1, null);
      });
    expect(await outcome(ours)).toEqual(await outcome(nodes));
  });

  test('the promise of a child has the child', async () => {
    const promise: any = promisify(ours.exec)('true');
    expect(promise.child.pid).toBeGreaterThan(0);
    await promise;
  });

  test('a handle is none of libuv, and one of Node where ours cannot serve', async () => {
    const handles: string[] = [];
    const started = [ours.spawn('true'), ours.exec('true'), ours.execFile('true'), ours.spawn('no-such-program')];
    for (const child of started) {
      child.on('error', () => {});
      handles.push(child._handle.constructor.name);
    }
    await Promise.all(started.map((child) => new Promise((resolve) => child.on('close', resolve))));
    const quick = process.platform === 'linux' ? 'ProcessHandle' : 'Process';
    expect(handles).toEqual([quick, quick, quick, 'Process']);
  });

  test('a stream of one child is what another one reads', async () => {
    const first = ours.spawn('sh', ['-c', 'echo one; echo two'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const second = ours.spawn('tr', ['a-z', 'A-Z'], { stdio: [first.stdout, 'pipe', 'inherit'] });
    let output = '';
    second.stdout.on('data', (part: Buffer) => (output += part));
    await new Promise((resolve) => second.on('close', resolve));
    expect(output).toBe('ONE\nTWO\n');
  });

  test('whoever subscribes is told of each child once', async () => {
    const told: unknown[] = [];
    const hear = ({ process: child }: any) => told.push(child);
    diagnostics.subscribe('child_process', hear);
    const children = [ours.spawn('true'), ours.exec('true'), ours.spawn('no-such-program').on('error', () => {})];
    await Promise.all(children.map((child) => new Promise((resolve) => child.on('close', resolve))));
    diagnostics.unsubscribe('child_process', hear);
    expect(told).toEqual(children);
  });

  test('events run in the context of the call', async () => {
    const storage = new AsyncLocalStorage();
    const seen = await new Promise((resolve) => {
      const values: unknown[] = [];
      storage.run('mine', () => {
        const child = ours.spawn('echo', ['x'], { stdio: ['ignore', 'pipe', 'ignore'] });
        for (const name of ['spawn', 'exit', 'close']) child.on(name, () => values.push(storage.getStore()));
        child.stdout.on('data', () => values.push(storage.getStore()));
        child.on('close', () => resolve(values));
      });
    });
    expect(seen).toEqual(['mine', 'mine', 'mine', 'mine']);
  });

  const register = path.join(import.meta.dir, '../../lib/node/register.js');
  const run = (code: string, options = {}) => {
    const { stdout, stderr, status } = nodes.spawnSync(process.execPath, ['-r', register, '-e', code], {
      encoding: 'utf8',
      ...options,
    });
    return { stdout, stderr, status };
  };

  test('a child keeps the program alive until it is let go of', () => {
    const code = (more: string) =>
      `const child = require('child_process').spawn('sleep', ['0.3'], { stdio: 'ignore' });
       child.on('exit', () => console.log('exit')); ${more}`;
    expect(run(code('')).stdout).toBe('exit\n');
    expect(run(code('child.unref()')).stdout).toBe('');
    expect(run(code('child.unref(); child.ref()')).stdout).toBe('exit\n');
  });

  test('what a listener throws is an uncaught exception', () => {
    const code = `process.on('uncaughtException', ({ message }, origin) => console.log(message, origin));
      const { spawn } = require('child_process');
      for (const name of ['1', '2']) spawn('true', { stdio: 'ignore' }).on('exit', () => { throw new Error(name) });`;
    expect(run(code).stdout.split('\n').sort()).toEqual(['', '1 uncaughtException', '2 uncaughtException']);
  });

  test('standard streams block for the child', async () => {
    // A pipe that nobody reads for a while: a writer that does not wait would fail.
    const code = `const { spawn } = require('child_process');
      process.stdout._handle?.setBlocking?.(false);
      spawn('sh', ['-c', 'head -c 1000000 /dev/zero'], { stdio: ['ignore', 'inherit', 'inherit'] });`;
    const child = nodes.spawn(process.execPath, ['-r', register, '-e', code]);
    let [length, errors] = [0, ''];
    child.stderr.on('data', (part) => (errors += part));
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.stdout.on('data', (part) => (length += part.length));
    await new Promise((resolve) => child.on('close', resolve));
    expect([length, errors]).toEqual([1_000_000, '']);
  });

  test("Node's own module is as it was", () => {
    const { spawn } = nodes.ChildProcess.prototype as any;
    ours.spawnSync('true');
    const child = ours.spawn('true');
    expect((nodes.ChildProcess.prototype as any).spawn).toBe(spawn);
    expect(() => ours.spawn('')).toThrow();
    expect((nodes.ChildProcess.prototype as any).spawn).toBe(spawn);
    expect(child).toBeInstanceOf(nodes.ChildProcess);
    return new Promise((resolve) => child.on('close', resolve));
  });
});
