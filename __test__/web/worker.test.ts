import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../loader/program';

const folder = mkdtempSync(join(tmpdir(), 'worker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, source: string) => {
  const path = join(folder, name);
  writeFileSync(path, source);
  return path;
};

/** What a worker tells until it is closed. */
async function events(worker: Worker, answer?: (data: any) => void) {
  const log: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.onmessage = ({ data }) => {
    log.push(data);
    answer?.(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    log.push([event.constructor.name, event.message.includes('boom')]);
  };
  worker.addEventListener('close', (event: any) => {
    log.push(['close', event.code]);
    resolve();
  });
  await promise;
  return log;
}

test('messages go both ways; terminate ends it', async () => {
  const worker = new Worker(
    file(
      'echo.ts',
      `const main: boolean = Bun.isMainThread;
       postMessage({ main, self: self === globalThis });
       self.onmessage = ({ data }: MessageEvent) => postMessage(['echo', data]);`,
    ),
  );
  const log = await events(worker, (data) => (Array.isArray(data) ? worker.terminate() : worker.postMessage({ a: 1 })));
  expect(log).toEqual([{ main: false, self: true }, ['echo', { a: 1 }], ['close', 0]]);
});

test('messages that are posted early wait for the module', async () => {
  const worker = new Worker(
    file('late.ts', `addEventListener('message', (event: any) => { postMessage(event.data); process.exit(3); });`),
  );
  worker.postMessage('early');
  expect(await events(worker)).toEqual(['early', ['close', 3]]);
});

test('preload, argv, env; without a listener it ends by itself', async () => {
  const preload = file('preload.ts', `(globalThis as any).loaded = 'yes';`);
  const main = file(
    'options.ts',
    `postMessage([(globalThis as any).loaded, process.argv.slice(2), process.env.NAME, Bun.main.endsWith('options.ts')]);`,
  );
  const worker = new Worker(main, { preload: [preload], argv: ['a', 'b'], env: { NAME: 'value' } } as any);
  expect(await events(worker)).toEqual([
    ['yes', ['a', 'b'], 'value', true],
    ['close', 0],
  ]);
});

test('an error that nobody catches is an ErrorEvent', async () => {
  const [thrown] = await events(new Worker(file('throws.ts', `throw new Error('boom');`)));
  expect(thrown).toEqual(['ErrorEvent', true]);
  const [missing] = await events(new Worker(join(folder, 'boom-missing.ts')));
  expect(missing).toEqual(['ErrorEvent', true]);
});

test('blob: and data: URLs', async () => {
  const url = URL.createObjectURL(new Blob([`postMessage('blob'); process.exit(0)`], { type: 'text/javascript' }));
  expect(await events(new Worker(url))).toEqual(['blob', ['close', 0]]);
  expect(await events(new Worker(`data:text/javascript,postMessage('data');process.exit(0)`))).toEqual([
    'data',
    ['close', 0],
  ]);
});

test('arguments', () => {
  expect(() => new (Worker as any)()).toThrow('Not enough arguments');
  expect(() => new Worker(5 as any)).toThrow(/must be of type string or an instance of URL/);
  expect(() => new Worker('x', { preload: 5 } as any)).toThrow('preload must be an array or string');
  expect(Object.prototype.toString.call(Worker.prototype)).toBe('[object Worker]');
});

test('a thrown value that is no error; invalid URLs; numbers in env', async () => {
  const [thrown] = await new Promise<unknown[]>((resolve) => {
    const worker = new Worker(file('five.ts', `throw 5;`));
    worker.onerror = (event) => {
      event.preventDefault();
      resolve([event.message]);
    };
  });
  expect(thrown).toBe('5');
  expect(() => new Worker('file://:!')).toThrow('Invalid file URL: "file://:!"');
  expect(() => new Worker('x', { preload: ['file://:!'] } as any)).toThrow('Invalid file URL');
  const worker = new Worker(file('env.ts', `postMessage([process.env.A, process.execArgv]); process.exit(0);`), {
    env: { A: 1 },
    execArgv: ['--no-warnings'],
  } as any);
  expect((await events(worker))[0]).toEqual(['1', ['--no-warnings']]);
});

test('process.argv of a test run names the test file', () => {
  expect(process.argv[1]).toBe(import.meta.path);
});

test('many workers and a console are no leak of listeners', async () => {
  const program = file(
    'many.ts',
    `const workers = Array.from({ length: 12 }, () => new Worker('data:text/javascript,postMessage(1)'));
    await Promise.all(workers.map((worker) => new Promise((resolve) => (worker.onmessage = resolve))));
    console.log('printed');
    process.exit(0);`,
  );
  const child = Bun.spawn([process.execPath, program], { stdout: 'pipe', stderr: 'pipe' });
  expect([await child.stdout.text(), await child.stderr.text()]).toEqual(['printed\n', '']);
});

/** The first thing that a worker says, or how it failed. */
const first = (worker: Worker) =>
  new Promise<unknown>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve([event.message.split('\n')[0], event.error]);
    };
  }).finally(() => worker.terminate());

test('a blob is TypeScript, unless its file is named otherwise', async () => {
  const source = 'const a: number = 5; postMessage(a as any)';
  const url = (part: Blob) => URL.createObjectURL(part);
  for (const part of [
    new Blob([source]),
    new Blob([source], { type: 'text/javascript' }),
    new File([source], 'a.ts'),
    new File([source], 'a.ts', { type: 'application/javascript' }),
    new File([source], 'noext'),
  ])
    expect(await first(new Worker(url(part)))).toBe(5);
  const [message] = (await first(new Worker(url(new File([source], 'a.js'))))) as string[];
  expect(message).not.toBe('');
});

test('a blob may be revoked until its worker loads it', async () => {
  // In Bun the thread may have been faster.
  let said: unknown = 1;
  for (let tries = 0; tries < 50 && said === 1; tries++) {
    const url = URL.createObjectURL(new Blob(['postMessage(1)']));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    said = await first(worker);
  }
  expect(said).toEqual(['BuildMessage: Blob URL is missing', null]);
  expect(await first(new Worker('blob:none'))).toEqual([
    'BuildMessage: ModuleNotFound resolving "blob:none" (entry point)',
    null,
  ]);
});

test('variables of the environment may be numbers', async () => {
  const env = { 0: 'a', 7: 'b', x: 1 };
  const source = 'data:text/javascript,postMessage({ ...process.env })';
  expect(await first(new Worker(source, { env } as any))).toEqual({ 0: 'a', 7: 'b', x: '1' });
});

test('postMessage is a global of workers of node:worker_threads, too', async () => {
  const { Worker: Thread } = await import('node:worker_threads');
  const thread = new Thread('postMessage({ said: "hello" })', { eval: true });
  const said = await new Promise((resolve) => thread.once('message', resolve));
  expect(said).toEqual({ said: 'hello' });
  await thread.terminate();
  expect(() => (globalThis as any).postMessage('to nobody', '*')).not.toThrow();
});

test('a thread of node:worker_threads posts files to a program that has touched nothing of Bun', () => {
  using app = program({
    'main.cjs': `const { Worker } = require('node:worker_threads'); const { writeFileSync } = require('node:fs');
      const thread = new Worker(__dirname + '/thread.cjs');
      thread.on('message', async (file) => {
        writeFileSync(__dirname + '/later.txt', 'later');
        console.log(JSON.stringify([file.name === __dirname + '/later.txt', await file.text()]));
        thread.terminate();
      });`,
    'thread.cjs': `require('node:worker_threads').parentPort.postMessage(Bun.file(__dirname + '/later.txt')); setInterval(() => {}, 1000);`,
  });
  expect(app.json('main.cjs')).toEqual([true, 'later']);
});
