// `dx-compat/node/*` beside Node's own modules. Not in Bun, which has no such package.
import { afterAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const root = path.join(import.meta.dir, '../..');
const require = createRequire(path.join(root, 'package.json'));
const load = (name: string) => require(`dx-compat/node/${name}`);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-node-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What a call gives or throws, as text that can be compared. */
function outcome(call: () => unknown): string {
  try {
    const value = call();
    return value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('hex')}` : `value ${String(value)}`;
  } catch (error: any) {
    return `${error.name} ${error.code}: ${error.message}`;
  }
}

const names = ['fs', 'fs/promises', 'stream', 'buffer', 'http', 'https', 'crypto', 'child_process', 'path', 'events'];

describe.skipIf(!isDxCompat)('dx-compat/node/*', () => {
  test.each(names)('%s has what Node has', (name) => {
    const [ours, nodes] = [load(name), require(`node:${name}`)];
    expect(Reflect.ownKeys(ours).sort()).toEqual(Reflect.ownKeys(nodes).sort());
    for (const key of Object.keys(nodes)) {
      const { value } = Object.getOwnPropertyDescriptor(nodes, key) as any;
      if (typeof value !== 'function') continue;
      expect([key, ours[key].name, ours[key].length]).toEqual([key, value.name, value.length]);
      // What can be called with `new`, as old programs do, can be still.
      expect([key, Object.hasOwn(ours[key], 'prototype')]).toEqual([key, Object.hasOwn(value, 'prototype')]);
    }
  });

  test.each(['http', 'https'])('%s.createServer makes servers with new, and in a class', (name) => {
    const outcomes = [load(name), require(`node:${name}`)].map(({ createServer, Server }) => {
      const made = new createServer(() => {});
      class Own extends createServer {}
      return [made instanceof Server, made.listenerCount('request'), new Own() instanceof Server];
    });
    expect(outcomes[0]).toEqual([true, 1, true]);
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  test('what child_process and crypto wait for can be had with new', () => {
    const { spawnSync: spawned, execFileSync } = load('child_process');
    expect(String(new spawned('echo', ['a']).stdout)).toBe('a\n');
    expect(new execFileSync('echo', ['a'])).toEqual(Buffer.from('a\n'));
    const { createHash, createHmac, randomBytes } = load('crypto');
    const digest = crypto.createHash('md5').update('a').digest('hex');
    expect(new createHash('md5').update('a').digest('hex')).toBe(digest);
    expect(new createHmac('md5', 'key').update('a').digest('hex')).toHaveLength(32);
    expect(new randomBytes(8)).toHaveLength(8);
    const read = new (load('fs').readFileSync)(import.meta.path) as any;
    expect(read).toEqual(fs.readFileSync(import.meta.path));
  });

  test('loading it leaves nothing to be done in turns of the program', () => {
    const program = `
      const seen = [];
      require('node:async_hooks').createHook({ init: (_, type) => void seen.push(type) }).enable();
      setTimeout(() => process._rawDebug(seen.join()), 1);`;
    const register = path.join(root, 'lib/node/register.js');
    const seen = [['-r', register], []].map((loaded) => spawnSync(process.execPath, [...loaded, '-e', program]).stderr);
    expect(String(seen[0])).toBe(String(seen[1]));
  });

  test.each(names)('%s can be imported by name', async (name) => {
    const ours = await import(`dx-compat/node/${name}`);
    expect(ours.default).toBe(load(name));
    for (const key of Object.keys(await import(`node:${name}`))) expect(key in ours).toBe(true);
    if (name === 'crypto') expect(ours.createHash).toBe(load(name).createHash);
  });
});

describe.skipIf(!isDxCompat)('crypto', () => {
  const ours = isDxCompat ? load('crypto') : crypto;
  const algorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-224', 'sha512-256', 'sha3-256'];
  const bytes = crypto.randomBytes(10_000);
  const lengths = [...Array(140).keys(), 1000, 4095, 4096, 4097, 10_000];

  test.each(algorithms)('%s of all lengths', (name) => {
    for (const length of lengths) {
      const input = bytes.subarray(0, length);
      const expected = crypto.createHash(name).update(input).digest('hex');
      expect(ours.createHash(name).update(input).digest('hex')).toBe(expected);
      const parts = ours.createHash(name).update(input.subarray(0, length >> 1));
      const copy = parts.copy().update(input.subarray(length >> 1));
      expect(copy.digest().toString('hex')).toBe(expected);
      expect(parts.update(input.subarray(length >> 1)).digest('base64')).toBe(
        Buffer.from(expected, 'hex').toString('base64'),
      );
      const keyed = (module: any) => module.createHmac(name, 'key').update('text').update(input).digest('latin1');
      expect(keyed(ours)).toBe(keyed(crypto));
      if (crypto.hash) expect(ours.hash(name, input)).toBe(expected);
    }
  });

  test('every way to use a hash gives what Node gives', () => {
    const lone = '\ud800é';
    const calls: ((module: any) => unknown)[] = [
      (c) => c.createHash('sha256').update(lone).digest('hex'),
      (c) => c.createHash('sha256').update('\ud83d').update('\ude00').digest('hex'),
      (c) => c.createHash('sha256').update('abcd', 'hex').digest('hex'),
      (c) => c.createHash('sha256').update('abc', 'hex').digest('hex'),
      (c) => c.createHash('sha256').update('é', 'latin1').digest('hex'),
      (c) => c.createHash('SHA256').update('a').digest('hex'),
      (c) => c.createHash('nope'),
      (c) => c.createHash(5),
      (c) => c.createHash(),
      (c) => c.createHash('sha256').update(),
      (c) => c.createHash('sha256').update(5),
      (c) => c.createHash('sha256').update(new ArrayBuffer(3)),
      (c) =>
        c
          .createHash('sha256')
          .update(new DataView(new ArrayBuffer(3)))
          .digest('hex'),
      (c) =>
        c
          .createHash('sha256')
          .update(new Uint8Array(new SharedArrayBuffer(3)))
          .digest('hex'),
      (c) => c.createHash('sha256').update(new Uint16Array(3)).digest(),
      (c) => c.createHash('sha256').digest('ucs2'),
      (c) => c.createHash('sha256').digest('nope'),
      (c) => c.createHash('sha256').digest(null),
      (c) => c.createHash('sha256').digest('buffer'),
      (c) => c.createHash('shake128', { outputLength: 5 }).update('a').digest('hex'),
      (c) => c.createHash('sha256', { outputLength: 32 }).update('a').digest('hex'),
      (c) => c.createHash('sha256', { outputLength: 5 }).update('a').digest('hex'),
      (c) => {
        const hash = c.createHash('sha1');
        hash.digest();
        return hash.digest('hex');
      },
      (c) => {
        const hash = c.createHash('sha1');
        hash.digest();
        return hash.update('a');
      },
      (c) => {
        const hash = c.createHash('sha1');
        hash.digest();
        return hash.copy();
      },
      (c) => {
        const hmac = c.createHmac('sha1', 'key').update('a');
        return [hmac.digest('hex'), hmac.digest('hex'), hmac.digest().length].join();
      },
      (c) => {
        const hmac = c.createHmac('sha1', 'key');
        hmac.digest();
        return hmac.update('a');
      },
      (c) => c.createHmac('sha256', '').update('a').digest('hex'),
      (c) =>
        c
          .createHmac('sha256', c.createSecretKey(Buffer.from('key')))
          .update('a')
          .digest('hex'),
      (c) =>
        c
          .createHmac('sha256', new DataView(new ArrayBuffer(3)))
          .update('a')
          .digest('hex'),
      (c) => c.createHmac('sha256', null),
      (c) => c.createHmac('sha256'),
      (c) => c.createHmac('nope', 'key'),
      (c) => c.createHash('sha256') instanceof c.Hash && c.createHmac('md5', 'a') instanceof c.Hmac,
      (c) => c.hash?.('sha256', 'a', 'base64'),
      (c) => c.hash?.('sha256', 'a', 'buffer'),
      (c) => c.hash?.('sha256', 'a', 'latin1'),
      (c) => c.hash?.('sha256', 'a', 'nope'),
      (c) => c.hash?.('sha256', 5),
      (c) => c.hash?.('nope', 'a'),
      (c) => c.hash?.('sha512', Buffer.alloc(100_000)),
      (c) => c.randomBytes(0),
      (c) => c.randomBytes(-1),
      (c) => c.randomBytes(1.5).length,
      (c) => c.randomBytes('1'),
      (c) => c.randomBytes(2 ** 40),
      (c) => c.randomBytes(5, 'callback'),
    ];
    for (const call of calls) expect(outcome(() => call(ours))).toBe(outcome(() => call(crypto)));
  });

  test.each([1, 20, 300, 5000])('arrays of %d bytes that say other things of themselves', (size) => {
    const lying = (name: string, value: unknown) =>
      Object.defineProperty(new Uint8Array(bytes.subarray(0, size)), name, { value });
    class Short extends Uint8Array {
      get length() {
        return 0;
      }
    }
    const shared = new Uint8Array(new SharedArrayBuffer(size)).fill(7);
    const gone = new Uint8Array(bytes.subarray(0, size));
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    const memory: any = new (ArrayBuffer as any)(size, { maxByteLength: size + 10 });
    const [whole, part, behind] = [
      new Uint8Array(memory),
      new Uint8Array(memory, 0, size),
      new Uint8Array(memory, size),
    ];
    memory.resize(size - 1);
    const growing: any = new (SharedArrayBuffer as any)(size, { maxByteLength: size + 10 });
    const inputs: any[] = [
      ...[0, 1, 3000, 2 ** 40, -1, 'x', undefined].map((length) => lying('length', length)),
      lying('byteLength', 1),
      new Short(bytes.subarray(0, size)),
      Object.defineProperty(shared, 'buffer', { value: new ArrayBuffer(size) }),
      new Proxy(new Uint8Array(size), {}),
      ...[gone, whole, part, behind, new Uint8Array(growing)],
      Object.create(Uint8Array.prototype),
      Object.setPrototypeOf({ length: 3 }, Buffer.prototype),
    ];
    const calls: ((module: any, input: any) => unknown)[] = [
      (c, input) => c.createHash('sha256').update(input).digest('hex'),
      (c, input) => c.createHash('md5').update('a').update(input).update('b').digest('hex'),
      (c, input) => c.createHash('md5').update(input).update(input).copy().digest(),
      (c, input) => c.createHmac('sha1', input).update(input).digest('hex'),
      (c, input) => c.hash?.('sha512', input),
      (c, input) => c.hash?.('sha256', input, 'hex'),
    ];
    for (const [at, input] of inputs.entries())
      for (const call of calls)
        expect([at, call.toString(), outcome(() => call(ours, input))]).toEqual([
          at,
          call.toString(),
          outcome(() => call(crypto, input)),
        ]);
  });

  test('a key that changes does not matter', () => {
    const key = Buffer.from('key');
    const hmac = ours.createHmac('sha1', key);
    key.fill(0);
    expect(hmac.update('a').digest('hex')).toBe(crypto.createHmac('sha1', 'key').update('a').digest('hex'));
  });

  test.each([10, 4000, 300_000])('a hash is a stream, %d bytes', async (length) => {
    const input = Buffer.alloc(length, 'ab');
    for (const make of [(c: any) => c.createHash('sha256'), (c: any) => c.createHmac('sha256', 'key')]) {
      const expected = make(crypto).update(input).digest('hex');
      const parts: Buffer[] = [];
      const hash = make(ours).on('data', (part: Buffer) => parts.push(part));
      const file = path.join(folder, 'input');
      fs.writeFileSync(file, input);
      fs.createReadStream(file).pipe(hash);
      await new Promise((resolve) => hash.on('end', resolve));
      expect(Buffer.concat(parts).toString('hex')).toBe(expected);
      const nodes = make(crypto).on('data', () => {});
      nodes.end(input);
      await new Promise((resolve) => nodes.on('end', resolve));
      // Node 24 gives memory that nobody has written to.
      if (!process.version.startsWith('v24.')) expect(hash.digest('hex')).toBe(nodes.digest('hex'));
      const encoded = make(ours).setEncoding('base64');
      encoded.end(input);
      await new Promise((resolve) => encoded.on('readable', resolve));
      expect(encoded.read()).toBe(Buffer.from(expected, 'hex').toString('base64'));
    }
  });

  test('random bytes differ and have memory of their own', () => {
    const all = Array.from({ length: 2000 }, (_, at) => ours.randomBytes(16 + (at % 200)));
    expect(new Set(all.map((each) => each.toString('hex'))).size).toBe(2000);
    for (const each of all) expect(each.buffer.byteLength).toBe(each.length);
    expect(ours.randomBytes(1000)).toHaveLength(1000);
  });

  test('random bytes with a callback', async () => {
    const bytes = await new Promise<Buffer>((resolve, reject) =>
      ours.randomBytes(16, (error: Error, made: Buffer) => (error ? reject(error) : resolve(made))),
    );
    expect(bytes).toHaveLength(16);
  });
});

describe.skipIf(!isDxCompat)('fs', () => {
  const ours = isDxCompat ? load('fs') : fs;
  const sizes = [0, 1, 5000, 300_000, 3_000_001];
  const fileOf = (size: number) => {
    const file = path.join(folder, `file-${size}`);
    fs.writeFileSync(file, Buffer.alloc(size, 'some bytes '));
    return file;
  };

  test.each(sizes)('files of %d bytes', async (size) => {
    const file = fileOf(size);
    const expected = fs.readFileSync(file);
    const callback = (...given: any[]) =>
      new Promise<any>((resolve, reject) =>
        ours.readFile(...given, (error: Error, bytes: Buffer) => (error ? reject(error) : resolve(bytes))),
      );
    for (const options of [[], [undefined], [null], [{}], [{ encoding: null }], [{ flag: 'r' }]]) {
      for (const bytes of [
        ours.readFileSync(file, ...options),
        await ours.promises.readFile(file, ...options),
        await callback(file, ...options),
      ]) {
        expect(Buffer.isBuffer(bytes)).toBe(true);
        expect(bytes.equals(expected)).toBe(true);
      }
    }
    for (const options of ['utf8', 'UTF-8', 'latin1', { encoding: 'hex' }, { encoding: 'ucs2' }]) {
      const text = fs.readFileSync(file, options as any);
      expect(ours.readFileSync(file, options)).toBe(text);
      expect(await ours.promises.readFile(file, options)).toBe(text);
      expect(await callback(file, options)).toBe(text);
    }
    const descriptor = fs.openSync(file, 'r');
    expect(ours.readFileSync(descriptor).equals(expected)).toBe(true);
    fs.closeSync(descriptor);
    expect(ours.readFileSync(Buffer.from(file)).equals(expected)).toBe(true);
    expect(ours.readFileSync(new URL(`file://${file}`)).equals(expected)).toBe(true);
  });

  test('text with a mark, lone surrogates and broken bytes is what Node makes of it', async () => {
    const file = path.join(folder, 'text');
    for (const bytes of [[0xef, 0xbb, 0xbf, 97], [0xff, 0xfe, 97, 0], [0xc3], [0xed, 0xa0, 0x80, 98], [0xe2, 0x82]]) {
      fs.writeFileSync(file, Uint8Array.from(bytes));
      expect(await ours.promises.readFile(file, 'utf8')).toBe(fs.readFileSync(file, 'utf8'));
    }
  });

  test('a program that reads on and on does not stop the event loop', async () => {
    const file = fileOf(1);
    let turned = false;
    setTimeout(() => {
      turned = true;
    }, 1);
    const started = Date.now();
    while (!turned && Date.now() - started < 10_000) await ours.promises.readFile(file);
    expect(turned).toBe(true);
  });

  test('what was read is a snapshot', async () => {
    const file = fileOf(3_000_001);
    const bytes = await ours.promises.readFile(file);
    fs.writeFileSync(file, 'changed');
    expect(bytes.toString('latin1', 0, 5)).toBe('some ');
    expect(bytes).toHaveLength(3_000_001);
  });

  test('small files are written as Node writes them', async () => {
    const calls: any[][] = [
      ['text é\ud800'],
      [''],
      [Buffer.from('bytes')],
      [new Uint8Array([1, 2, 3])],
      [new Uint16Array([1, 2, 3])],
      [new DataView(new ArrayBuffer(3))],
      [new Uint8Array(new SharedArrayBuffer(3))],
      ['text', 'utf8'],
      ['abcd', 'hex'],
      ['text', { encoding: 'utf8' }],
      ['text', { encoding: 'nope' }],
      ['text', { mode: 0o600 }],
      ['text', { flag: 'a' }],
      ['text', { flag: 'wx' }],
      ['text', { signal: AbortSignal.abort() }],
      [Buffer.alloc(100_000, 'ab')],
      [5],
      [undefined],
      [['a', 'b']],
      [new Proxy(new Uint8Array(3), {})],
      [Object.create(Uint8Array.prototype)],
      [Object.defineProperty(new Uint8Array([1, 2, 3]), 'length', { value: 3, enumerable: true })],
    ];
    const places: ((name: string) => any)[] = [
      (name) => path.join(folder, name),
      (name) => path.join(folder, `${name}-link`),
      () => folder,
      () => path.join(folder, 'none/below'),
      (name) => new URL(`file://${path.join(folder, name)}`),
      () => '',
      () => 'a\0b',
      () => '/dev/null',
    ];
    const wrote = async (module: any, form: string, place: (typeof places)[number], given: any[]) => {
      const file = path.join(folder, 'written');
      fs.writeFileSync(file, 'what was there before', { mode: 0o644 });
      if (!fs.existsSync(`${file}-link`)) fs.symlinkSync('written', `${file}-link`);
      const call = async () =>
        form === 'promise'
          ? module.promises.writeFile(place('written'), ...given)
          : new Promise((resolve, reject) =>
              module.writeFile(place('written'), ...given, (error: any) => (error ? reject(error) : resolve('done'))),
            );
      const outcome = await call().catch(({ name, code, message }: any) => `${name} ${code}: ${message}`);
      return [outcome, fs.readFileSync(file).toString('hex'), fs.statSync(file).mode];
    };
    for (const form of ['promise', 'callback']) {
      for (const place of places) {
        for (const given of calls) {
          const said = [form, place('written'), given];
          expect([said, await wrote(ours, form, place, given)]).toEqual([said, await wrote(fs, form, place, given)]);
        }
      }
    }
  }, 30_000);

  test('errors are those of Node', async () => {
    const calls = [
      [path.join(folder, 'nothing')],
      [folder],
      [''],
      ['a\0b'],
      [undefined],
      [{}],
      [path.join(folder, 'nothing'), 'nope'],
      [path.join(folder, 'nothing'), { flag: 'nope' }],
      [fileOf(1), 'buffer'],
      [fileOf(1), { encoding: 'buffer' }],
      [fileOf(1), ''],
      [fileOf(1), { encoding: '' }],
      [fileOf(1), { encoding: 5 }],
    ];
    const settled = async (promise: Promise<unknown>) => {
      const error: any = await promise.catch((reason) => reason);
      return `${error.name} ${error.code} ${error.syscall} ${error.path}: ${error.message}`;
    };
    for (const given of calls) {
      expect(outcome(() => ours.readFileSync(...given))).toBe(outcome(() => (fs.readFileSync as any)(...given)));
      expect(await settled(ours.promises.readFile(...given))).toBe(
        await settled((fs.promises.readFile as any)(...given)),
      );
    }
    expect(outcome(() => ours.readFile('x'))).toBe(outcome(() => (fs.readFile as any)('x')));
    expect(await settled(ours.promises.readFile('x', { signal: AbortSignal.abort() }))).toStartWith('AbortError');
  });
});

describe.skipIf(!isDxCompat || process.platform === 'win32')('child_process', () => {
  const ours = isDxCompat ? load('child_process') : undefined;
  const nodes = require('node:child_process');
  const node = process.execPath;
  const print = (code: string) => [node, ['-e', code]];
  const calls: [string, string, any[]][] = [
    ['output', 'spawnSync', ['sh', ['-c', 'echo out; echo err >&2; exit 3']]],
    ['text', 'spawnSync', ['sh', ['-c', 'echo out; echo err >&2'], { encoding: 'utf8' }]],
    ['hexadecimal', 'spawnSync', ['echo', ['é'], { encoding: 'hex' }]],
    ['no arguments', 'spawnSync', ['pwd']],
    ['options second', 'spawnSync', ['pwd', { cwd: folder, encoding: 'utf8' }]],
    ['undefined between', 'spawnSync', ['pwd', undefined, { cwd: folder, encoding: 'utf8' }]],
    ['input', 'spawnSync', ['cat', { input: 'text é', encoding: 'utf8' }]],
    ['input of bytes', 'spawnSync', ['cat', [], { input: Buffer.alloc(300_000, 'ab') }]],
    ['no input', 'spawnSync', ['cat']],
    ['a signal', 'spawnSync', ['sh', ['-c', 'kill -9 $$']]],
    ['ignored', 'spawnSync', ['sh', ['-c', 'echo out; echo err >&2'], { stdio: 'ignore' }]],
    ['some ignored', 'spawnSync', ['sh', ['-c', 'echo out'], { stdio: ['ignore', 'pipe', 'ignore'] }]],
    ['an environment', 'spawnSync', ['/usr/bin/env', { env: { A: '1', B: undefined, C: 2 }, encoding: 'utf8' }]],
    ['input and a stream that is not for it', 'spawnSync', ['cat', { input: 'x', stdio: ['ignore', 'pipe', 'pipe'] }]],
    ['an environment without PATH', 'spawnSync', ['pwd', { cwd: folder, env: { A: '1' }, encoding: 'utf8' }]],
    ['a path of its own', 'spawnSync', ['sh', ['-c', 'echo x'], { env: { PATH: '/nowhere' } }]],
    [
      'a pipe for stdin',
      'spawnSync',
      print('const stat = require("fs").fstatSync(0); console.log(stat.isFIFO() || stat.isSocket())'),
    ],
    ['too much output', 'spawnSync', ['sh', ['-c', 'echo hello world; exec sleep 9'], { maxBuffer: 5 }]],
    ['no such program', 'spawnSync', ['no-such-program', ['a']]],
    ['no such directory', 'spawnSync', ['pwd', { cwd: '/no/such' }]],
    ['a shell', 'spawnSync', ['echo $0 x', { shell: true, encoding: 'utf8' }]],
    ['a timeout', 'spawnSync', ['sleep', ['5'], { timeout: 50 }]],
    ['numbers', 'spawnSync', ['echo', [1, null, true]]],
    ['no program', 'spawnSync', []],
    ['an empty one', 'spawnSync', ['']],
    ['NUL', 'spawnSync', ['echo', ['a\0b']]],
    ['a bad encoding', 'spawnSync', ['echo', { encoding: 'nope' }]],
    ['bad options', 'spawnSync', ['echo', [], 5]],
    ['output of a file', 'execFileSync', ['echo', ['x'], { encoding: 'utf8' }]],
    ['a failure', 'execFileSync', ['sh', ['-c', 'echo why; exit 2'], { stdio: 'pipe' }]],
    ['a failure that says why', 'execFileSync', ['sh', ['-c', 'echo why >&2; exit 2'], { stdio: 'pipe' }]],
    ['no such program', 'execFileSync', ['no-such-program', ['a']]],
    ['a command', 'execSync', ['echo "$0" | tr a-z A-Z', { encoding: 'utf8' }]],
    ['a command that fails', 'execSync', ['echo why >&2; exit 4', { stdio: 'pipe', encoding: 'utf8' }]],
    ['too much output', 'execSync', ['echo hello world; exec sleep 9', { maxBuffer: 5 }]],
    ['no command', 'execSync', [undefined]],
  ];

  /** What came of a call, without what differs from one run to the next. */
  function came(module: any, name: string, given: any[]) {
    const shown = (value: any): any => {
      if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex').slice(0, 4000)}`;
      if (value instanceof Error) return { ...members(value), name: value.name, message: value.message };
      if (Array.isArray(value)) return value.map(shown);
      return value !== null && typeof value === 'object' ? members(value) : value;
    };
    const members = (value: any) =>
      Object.fromEntries(
        Object.keys(value).map((key) => [
          key,
          // An error of `execSync` is its own member.
          key === 'pid' ? value.pid > 0 : value[key] === value ? 'itself' : shown(value[key]),
        ]),
      );
    try {
      const value = module[name](...given);
      return { keys: value && Object.keys(value), value: shown(value) };
    } catch (error) {
      return { thrown: shown(error), keys: Object.keys(error as object) };
    }
  }

  test.each(calls)('%s: %s', (_, name, given) => {
    expect(came(ours, name, given)).toEqual(came(nodes, name, given));
  });

  test('what a failed command says goes to stderr', () => {
    const program = `require(${JSON.stringify(path.join(root, 'lib/node/register.js'))});
      try { require('node:child_process').execSync('echo out; echo why >&2; exit 1'); } catch {}`;
    const { stdout, stderr } = nodes.spawnSync(node, ['-e', program], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['', 'why\n']);
  });
});

describe.skipIf(!isDxCompat)('dx-compat/node/register', () => {
  test.each(['--import', '--require'])('with %s node:* are the fast ones, by every way', (flag) => {
    const program = path.join(folder, 'program.mjs');
    fs.writeFileSync(
      program,
      `import crypto, { createHash } from 'node:crypto';
       import fs, { promises } from 'fs';
       import { readFile as withCallback } from 'node:fs';
       import { readFile } from 'node:fs/promises';
       import { createRequire } from 'node:module';
       const load = createRequire(${JSON.stringify(path.join(root, 'package.json'))});
       const ours = (name) => load('dx-compat/node/' + name);
       console.log(JSON.stringify([
         createHash === ours('crypto').createHash, crypto.createHash === createHash,
         withCallback === ours('fs').readFile, fs.readFile === withCallback,
         promises.readFile === readFile, readFile === ours('fs/promises').readFile,
         load('node:fs').readFile === ours('fs').readFile,
         createHash('sha256').update('a').digest('hex').slice(0, 8), (await readFile(${JSON.stringify(program)})).length > 9,
       ]));`,
    );
    const register = path.join(root, 'lib/node/register.js');
    const { stdout, stderr } = spawnSync(process.execPath, [flag, register, program], { encoding: 'utf8' });
    expect([stdout.trim(), stderr]).toEqual(['[true,true,true,true,true,true,true,"ca978112",true]', '']);
  });
});
