// Watching of whole trees through `dx-compat/node/fs` beside Node's own. Not in Bun, which has no such package.
import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { AsyncLocalStorage } from 'node:async_hooks';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const require = createRequire(path.join(import.meta.dir, '../../package.json'));
const ours: any = isDxCompat ? require('dx-compat/node/fs') : fs;
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-compat-watch-'));
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

let made = 0;
const open: { close(): void }[] = [];
afterEach(() => {
  for (const watcher of open.splice(0)) watcher.close();
});

function tree() {
  const root = path.join(base, `${++made}`);
  fs.mkdirSync(path.join(root, 'a/b'), { recursive: true });
  for (const name of ['one', 'a/two', 'a/b/three']) fs.writeFileSync(path.join(root, name), 'content');
  fs.mkdirSync(path.join(root, '../outside'), { recursive: true });
  return root;
}

/** What a watcher tells, each thing once, up to a file that is made for that. */
function listening(module: any, root: string) {
  const watcher = module.watch(root, { recursive: true });
  open.push(watcher);
  const told = new Set<string>();
  let [marker, heard] = ['', () => {}];
  watcher.on('change', (type: string, name: string) => {
    if (!name.startsWith('marker')) told.add(`${type} ${name}`);
    else if (name === marker) heard();
  });
  return {
    told,
    watcher,
    until: (name: string) => {
      marker = name;
      return new Promise<void>((resolve) => (heard = resolve));
    },
  };
}

/** Before 26 Node's own looks at files one by one: it begins too late for some of what happens, and tells some twice. */
const isExact = Number(process.versions.node.split('.')[0]) >= 26;

let markers = 0;
/** Returns when the watchers have told all that has happened. */
async function settle(root: string, listeners: ReturnType<typeof listening>[]) {
  // Two turns of the loop, in which what the system has said is read.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  const name = `marker${++markers}`;
  const all = Promise.all(listeners.map((listener) => listener.until(name)));
  fs.writeFileSync(path.join(root, name), '');
  await all;
}

const steps: [string, (root: string) => void][] = [
  ['a file is made', (root) => fs.writeFileSync(path.join(root, 'new'), '')],
  ['one is made deep down', (root) => fs.writeFileSync(path.join(root, 'a/b/new'), 'x')],
  ['one is written', (root) => fs.writeFileSync(path.join(root, 'a/two'), 'other')],
  ['one is added to', (root) => fs.appendFileSync(path.join(root, 'a/b/three'), 'more')],
  ['its mode changes', (root) => fs.chmodSync(path.join(root, 'one'), 0o600)],
  ['it is removed', (root) => fs.rmSync(path.join(root, 'a/two'))],
  ['it gets another name', (root) => fs.renameSync(path.join(root, 'one'), path.join(root, 'a/uno'))],
  ['it takes the place of another', (root) => fs.renameSync(path.join(root, 'one'), path.join(root, 'a/two'))],
  [
    'it is there for a moment',
    (root) => {
      fs.writeFileSync(path.join(root, 'short'), '');
      fs.rmSync(path.join(root, 'short'));
    },
  ],
  [
    'directories are made',
    (root) => {
      fs.mkdirSync(path.join(root, 'x/y/z'), { recursive: true });
      fs.writeFileSync(path.join(root, 'x/y/file'), '');
    },
  ],
  ['a directory gets another name', (root) => fs.renameSync(path.join(root, 'a'), path.join(root, 'c'))],
  ['a directory is removed', (root) => fs.rmSync(path.join(root, 'a'), { recursive: true })],
  ['a directory goes away', (root) => fs.renameSync(path.join(root, 'a'), path.join(root, '../outside', `${made}`))],
  ['a link is made', (root) => fs.symlinkSync('one', path.join(root, 'link'))],
  ['a name that is no ASCII', (root) => fs.writeFileSync(path.join(root, 'a/smörgås 漢'), '')],
];

describe.skipIf(!isDxCompat || process.platform !== 'linux')('fs.watch, recursive', () => {
  test.each(steps)('%s', async (_, step) => {
    const root = tree();
    const both = [listening(ours, root), listening(fs, root)];
    expect(both[0].watcher.constructor).not.toBe(both[1].watcher.constructor);
    step(root);
    await settle(root, both);
    const [mine, theirs] = both.map(({ told }) => [...told].sort());
    const renamed = theirs.filter((each) => each.startsWith('rename'));
    expect(mine).toEqual(isExact ? theirs : expect.arrayContaining(renamed));
  });

  test('what is made in a new directory, afterwards', async () => {
    const root = tree();
    const both = [listening(ours, root), listening(fs, root)];
    fs.mkdirSync(path.join(root, 'x/y'), { recursive: true });
    await settle(root, both);
    fs.writeFileSync(path.join(root, 'x/y/file'), 'x');
    await settle(root, both);
    fs.renameSync(path.join(root, 'x'), path.join(root, 'z'));
    await settle(root, both);
    fs.writeFileSync(path.join(root, 'z/y/file'), 'other');
    await settle(root, both);
    fs.rmSync(path.join(root, 'z'), { recursive: true });
    await settle(root, both);
    const told = ['rename x', 'rename x/y', 'rename x/y/file', 'rename z', 'rename z/y', 'rename z/y/file'];
    expect([...both[0].told]).toEqual(expect.arrayContaining([...told, 'change z/y/file']));
    for (const each of told) expect([...both[1].told]).toContain(each);
  });

  test('what is behind a link is told of the link', async () => {
    const root = tree();
    const target = path.join(base, 'outside', `target${made}`);
    fs.writeFileSync(target, '');
    fs.symlinkSync(target, path.join(root, 'a/link'));
    const both = [listening(ours, root), listening(fs, root)];
    fs.writeFileSync(target, 'other');
    await settle(root, both);
    expect([...both[0].told]).toEqual(['rename a/link']);
    expect([...both[1].told]).toEqual(['rename a/link']);
  });

  test('the root goes', async () => {
    const root = tree();
    const seen = [ours, fs].map((module) => {
      const watcher = module.watch(root, { recursive: true });
      open.push(watcher);
      return new Promise<void>((resolve) =>
        watcher.on('change', (_: string, name: string) => name === '' && resolve()),
      );
    });
    fs.rmSync(root, { recursive: true });
    // Before Node 26 its own says nothing of it when the root has entries.
    await seen[0];
  });

  const thrown = (call: () => any) => {
    try {
      call().close();
    } catch ({ name, code, errno, syscall, path: file, filename, message }: any) {
      return { name, code, errno, syscall, file, filename, message };
    }
    return 'nothing';
  };
  test.each([
    ['nothing there', ['/no/such/folder', { recursive: true }]],
    ['NUL', ['a\0b', { recursive: true }]],
    ['no path', [undefined, { recursive: true }]],
    ['a strange encoding', [os.tmpdir(), { recursive: true, encoding: 'nope' }]],
    ['a strange signal', [os.tmpdir(), { recursive: true, signal: 5 }]],
    ['a strange switch', [os.tmpdir(), { recursive: 'yes' }]],
  ])('refused: %s', (_, given) => {
    expect(thrown(() => ours.watch(...given))).toEqual(thrown(() => (fs as any).watch(...given)));
  });

  test('closing', async () => {
    const root = tree();
    const watcher = ours.watch(root, { recursive: true });
    let closed = 0;
    watcher.on('close', () => closed++);
    watcher.on('change', () => closed++);
    watcher.close();
    watcher.close();
    watcher.ref();
    watcher.unref();
    const other = listening(ours, root);
    await settle(root, [other]);
    expect(closed).toBe(1);
  });

  test('a signal closes', async () => {
    const controller = new AbortController();
    const root = tree();
    for (const signal of [controller.signal, AbortSignal.abort()]) {
      const watcher = ours.watch(root, { recursive: true, signal }, () => {});
      const closed = new Promise((resolve) => watcher.on('close', resolve));
      controller.abort();
      await closed;
    }
  });

  test.each([
    ['ours', ours],
    ["Node's", fs],
  ])('promises, %s', async (_, module: any) => {
    const root = tree();
    const controller = new AbortController();
    const watching = module.promises.watch(root, { recursive: true, signal: controller.signal });
    const first = watching.next();
    // It begins to watch with the first call.
    await new Promise((resolve) => setImmediate(resolve));
    fs.writeFileSync(path.join(root, 'new'), '');
    const { value, done } = await first;
    expect([{ ...value }, Boolean(done)]).toEqual([{ eventType: 'rename', filename: 'new' }, false]);
    const [reason, next] = [
      new Error('reason'),
      (async () => {
        for await (const each of watching) void each;
      })(),
    ];
    setImmediate(() => controller.abort(reason));
    const error: any = await next.catch((error) => error);
    expect([error.name, error.code, error.message, error.cause]).toEqual([
      'AbortError',
      'ABORT_ERR',
      'The operation was aborted',
      reason,
    ]);
  });

  test('events run in the context of the call', async () => {
    const root = tree();
    const storage = new AsyncLocalStorage();
    const told = await new Promise((resolve) => {
      storage.run('mine', () => {
        open.push(ours.watch(root, { recursive: true }, () => resolve(storage.getStore())));
      });
      fs.writeFileSync(path.join(root, 'new'), '');
    });
    expect(told).toBe('mine');
  });

  const register = path.join(import.meta.dir, '../../lib/node/register.js');
  const run = (code: string) => {
    const { stdout, stderr, status } = childProcess.spawnSync(process.execPath, ['-r', register, '-e', code], {
      encoding: 'utf8',
      env: { ...process.env, ROOT: tree() },
    });
    return [stdout, stderr, status];
  };
  const begin = `const fs = require('fs'), { ROOT } = process.env; process.on('exit', () => console.log('end'));`;

  test('a watcher keeps the program alive while it is told to', () => {
    expect(run(`${begin} fs.watch(ROOT, { recursive: true, persistent: false })`)).toEqual(['end\n', '', 0]);
    expect(run(`${begin} fs.watch(ROOT, { recursive: true }).unref()`)).toEqual(['end\n', '', 0]);
    const held = `${begin} const watcher = fs.watch(ROOT, { recursive: true }, () => { console.log('told'); watcher.close(); });
      setTimeout(() => fs.writeFileSync(ROOT + '/new', ''), 50).unref();`;
    expect(run(held)).toEqual(['told\nend\n', '', 0]);
  }, 60_000);

  test('what a listener throws is an uncaught exception', () => {
    const code = `${begin} process.on('uncaughtException', ({ message }) => { console.log(message); watcher.close(); });
      const watcher = fs.watch(ROOT, { recursive: true }, (type, name) => { throw new Error(name); });
      fs.mkdirSync(ROOT + '/new');`;
    expect(run(code)).toEqual(['new\nend\n', '', 0]);
  });

  test('a worker ends with watchers open', () => {
    const code = `const { Worker, isMainThread } = require('worker_threads');
      const worker = new Worker(\`const fs = require('fs');
        fs.watch(process.env.ROOT, { recursive: true }, () => {});
        fs.watch(process.env.ROOT + '/a', { recursive: true }, () => {});
        require('worker_threads').parentPort.postMessage('open');\`, { eval: true });
      worker.on('message', async () => {
        require('fs').writeFileSync(process.env.ROOT + '/a/new', '');
        await worker.terminate();
        console.log('terminated');
      });`;
    expect(run(code)).toEqual(['terminated\n', '', 0]);
  });
});
