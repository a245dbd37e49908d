/** What the system refuses: rights that are missing, descriptors that have run out, pipes that nobody reads. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isDxCompat } from '../runtime';

let dir: string;
const at = (name: string) => path.join(dir, name);
const linux = process.platform === 'linux';

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-refusals-'));
  fs.chmodSync(dir, 0o755);
  fs.writeFileSync(at('small'), 'x');
  fs.writeFileSync(at('large'), Buffer.alloc(3_000_000));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

/** What each operation ends with: `ok`, or its error's code, errno, call and path. */
const OPERATIONS = `
  const dir = process.argv[2];
  const fs = require('node:fs');
  const told = async (work) => {
    try {
      await work();
      return 'ok';
    } catch ({ code, errno, syscall, path }) {
      return [code, errno, syscall, path?.replace(dir, '.')].filter((fact) => fact !== undefined).join(' ');
    }
  };
  const stream = async (name) => { for await (const chunk of Bun.file(name).stream()); };
  const sink = async (name) => { const writer = Bun.file(name).writer(); writer.write('x'); await writer.end(); };
  const all = async () => ({
    text: await told(() => Bun.file(dir + '/small').text()),
    bytes: await told(() => Bun.file(dir + '/large').bytes()),
    stream: await told(() => stream(dir + '/small')),
    write: await told(() => Bun.write(dir + '/small', 'x')),
    writeLarge: await told(() => Bun.write(dir + '/large', Buffer.alloc(3_000_000))),
    copy: await told(() => Bun.write(dir + '/copy', Bun.file(dir + '/small'))),
    sink: await told(() => sink(dir + '/small')),
    mmap: await told(() => Bun.mmap(dir + '/small')),
    scan: await told(() => [...new Bun.Glob('*').scanSync(dir)]),
    below: await told(() => [...new Bun.Glob('**/*').scanSync(dir)]),
    spawn: await told(async () => {
      const child = Bun.spawn(['/bin/cat'], { stdin: 'pipe' });
      await child.stdin.end();
      await child.exited;
      await child.stdout.text();
    }),
    spawnSync: await told(() => Bun.spawnSync(['/bin/echo'])),
  });
`;

function answers(shell: string, program: string): any {
  const script = at('program.js');
  fs.writeFileSync(script, OPERATIONS + program);
  fs.chmodSync(script, 0o644);
  const output = execFileSync('/bin/sh', ['-c', shell, 'sh', process.execPath, script, dir], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return JSON.parse(output);
}

describe.skipIf(!linux)('descriptors that have run out', () => {
  // What is open: as many as there can be. Then they are closed, and everything works again.
  const program = `(async () => {
    await all();
    await Bun.sleep(100); // what the first round has opened is closed by now
    const held = [];
    try { for (;;) held.push(fs.openSync('/dev/null')); } catch {}
    const without = await all();
    for (const descriptor of held) fs.closeSync(descriptor);
    const count = () => fs.readdirSync('/proc/self/fd').length;
    const before = count();
    const after = await all();
    console.log(JSON.stringify({ without, after, left: count() - before }));
    process.exit(0);
  })();`;

  test('are an error, and nothing is lost with it', () => {
    const { without, after, left } = answers('ulimit -n 120; exec "$@"', program);
    for (const answer of Object.values(after)) expect(answer).toBe('ok');
    expect(left).toBeLessThanOrEqual(4);
    // Real Bun has some in reserve, so that a part of these works.
    if (!isDxCompat) return;
    for (const [name, answer] of Object.entries(without))
      expect([name, answer]).toEqual([name, expect.stringMatching(/^EMFILE -24 (open|pipe)\b/)]);
  });
});

// Who may everything is refused nothing, until it gives that up.
describe.skipIf(!linux || process.getuid?.() !== 0)('rights that are missing', () => {
  test('are an error that names what was refused', () => {
    fs.mkdirSync(at('closed'));
    for (const name of ['small', 'large']) fs.chmodSync(at(name), 0o600);
    fs.chmodSync(at('closed'), 0o700);
    const found = answers(
      'exec "$@"',
      `(async () => {
        await all(); // what it needs is loaded while it may
        process.setgroups([]);
        process.setuid(65534);
        console.log(JSON.stringify(await all()));
      })();`,
    );
    fs.rmdirSync(at('closed'));
    const refused = (name: string) => `EACCES -13 open ${name}`;
    expect(found).toEqual({
      text: refused('./small'),
      bytes: refused('./large'),
      stream: refused('./small'),
      write: refused('./small'),
      writeLarge: refused('./large'),
      copy: isDxCompat ? refused('./small') : expect.stringMatching(/^EACCES -13 open/),
      sink: refused('./small'),
      mmap: refused('./small'),
      scan: 'ok',
      below: refused('closed'),
      spawn: 'ok',
      spawnSync: 'ok',
    });
  });
});

describe.skipIf(!linux)('pipes', () => {
  const failure = async (work: () => Promise<unknown>): Promise<any> => {
    try {
      await work();
    } catch (error) {
      return error;
    }
    throw new Error('it did not fail');
  };

  test('a FIFO whose reader has gone', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    const reader = fs.openSync(at('fifo'), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const writer = fs.openSync(at('fifo'), fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    fs.closeSync(reader);
    const error = await failure(() => Bun.write(Bun.file(writer), 'nobody'));
    expect([error.code, error.syscall]).toEqual(['EPIPE', 'write']);
    fs.closeSync(writer);
  });

  describe('a FIFO whose reader takes its time gets everything', () => {
    const size = 60_000; // less than a pipe holds; two of them are more
    const twice = (write: (path: string, data: string) => Promise<unknown>) => async (path: string) => {
      await Promise.all([write(path, 'a'.repeat(size)), write(path, 'b'.repeat(size))]);
    };
    const writers: [string, (path: string) => Promise<unknown>][] = [
      ['Bun.write of text', (path) => Bun.write(path, 'x'.repeat(2 * size))],
      ['Bun.write of bytes', (path) => Bun.write(path, new Uint8Array(2 * size))],
      ['fs.promises.writeFile', twice((path, data) => fs.promises.writeFile(path, data))],
      ['fs.writeFile', twice((path, data) => promisify(fs.writeFile)(path, data))],
    ];
    // Real Bun's writes give everything and never say that they have.
    test.each(writers.filter(([name]) => isDxCompat || !name.startsWith('Bun.')))('%s', async (name, write) => {
      const fifo = at(`slow ${name}`);
      execFileSync('mkfifo', [fifo]);
      // Held open, so that opening it does not wait and the reader meets no end between two writers.
      const held = fs.openSync(fifo, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
      const reader = Bun.spawn(['sh', '-c', `sleep 0.05; head -c ${2 * size} "$0" | wc -c`, fifo]);
      await write(fifo);
      expect(Number(await reader.stdout.text())).toBe(2 * size);
      expect(await reader.exited).toBe(0);
      fs.closeSync(held);
    });
  });

  test('a child that closes its input early', async () => {
    const child = Bun.spawn(['sh', '-c', 'exec 0<&-; sleep 0.05; echo done'], { stdin: 'pipe' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      await child.stdin.write(new Uint8Array(1_000_000));
      await child.stdin.end();
    } catch (error: any) {
      expect(error.code).toBe('EPIPE');
    }
    expect(await child.stdout.text()).toBe('done\n');
    expect(await child.exited).toBe(0);
  });

  test('a child that floods one output while the other is read', async () => {
    const flood = 'head -c 3000000 /dev/zero >&2; echo done; head -c 3000000 /dev/zero >&2';
    const child = Bun.spawn(['sh', '-c', flood], { stderr: 'pipe' });
    expect(await child.stdout.text()).toBe('done\n');
    expect(await child.exited).toBe(0);
    expect((await child.stderr.bytes()).length).toBe(6_000_000);
    const { stdout, stderr } = Bun.spawnSync(['sh', '-c', flood], { stderr: 'pipe' });
    expect([String(stdout), stderr.length]).toEqual(['done\n', 6_000_000]);
  });
});
