// Who speaks what between processes, and that nothing is lost at either end of a child's life. `spawn.test.ts` has the rest.
import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { program } from '../loader/program';
import { isDxCompat } from '../runtime';

const realBun = path.join(import.meta.dir, '../../node_modules/.bin/bun');
const node = Bun.which('node') as string;
const isLinux = process.platform === 'linux';
const facts = `const facts = (work) => { try { work(); return 'sent'; } catch ({ name, code, message }) { return [name, code, message]; } };`;
const refused = (shown: string) => [
  'TypeError',
  'ERR_INVALID_ARG_TYPE',
  `The "message" argument must be one of type string, object, number, or boolean. Received type ${shown}`,
];
const missing = ['TypeError', 'ERR_MISSING_ARGS', 'The "message" argument must be specified'];

// Only on Linux a program is told before the first byte that its parent is Bun.
describe.skipIf(!isLinux || !fs.existsSync(realBun))('what a child of Bun says', () => {
  /** What Bun hears of a child that runs on the runtime that runs the tests, and how the child ends. */
  const heardOf = (child: string, command: (file: string) => string[] = (file) => [process.execPath, file]) => {
    using app = program({
      'child.js': child,
      'parent.js': `const heard = [];
        const { promise, resolve } = Promise.withResolvers();
        const child = Bun.spawn(JSON.parse(process.argv[2]), { cwd: import.meta.dir, ipc: (message) => heard.push(message), onDisconnect: resolve });
        const code = await child.exited; await promise;
        console.log(JSON.stringify([heard, code]));`,
    });
    const parent = path.join(app.folder, 'parent.js');
    const { stdout, stderr } = Bun.spawnSync([realBun, parent, JSON.stringify(command('./child.js'))]);
    try {
      return JSON.parse(stdout.toString());
    } catch {
      throw new Error(stderr.toString());
    }
  };

  test('and nothing else', () => {
    expect(heardOf('process.send("only");')).toEqual([['only'], 0]);
  });

  test('before it ends', () => {
    expect(heardOf('process.send("last"); process.exit(4);')).toEqual([['last'], 4]);
    expect(heardOf('process.send(1, () => process.exit(3));')).toEqual([[1], 3]);
    expect(heardOf('process.on("exit", () => process.send({ at: "exit" }));')).toEqual([[{ at: 'exit' }], 0]);
  });

  test('with a function that was kept', () => {
    expect(heardOf('const { send } = process; send("a"); send("b"); process.send("c");')).toEqual([['a', 'b', 'c'], 0]);
  });

  test('behind a shell', () => {
    const command = (file: string) => ['sh', '-c', `'${process.execPath}' ${file}; exit 5`];
    expect(heardOf('process.send("behind");', command)).toEqual([['behind'], 5]);
  });

  test('and what is refused', () => {
    const child = `${facts}
      process.send([undefined, 5n, Symbol('s'), () => 1].map((value) => facts(() => process.send(value))));`;
    const [[said]] = heardOf(child);
    expect(said).toEqual([
      missing,
      refused('bigint (5n)'),
      refused('symbol (Symbol(s))'),
      ['DataCloneError', 25, 'The object can not be cloned.'],
    ]);
  });
});

describe('what a parent says', () => {
  /** What a child prints of what it is sent; it ends with `end`. */
  const printed = async (command: string[], messages: unknown[], options: object = {}) => {
    const child = Bun.spawn(command, { ipc() {}, stdout: 'pipe', ...options }) as any;
    for (const message of [...messages, 'end']) child.send(message);
    return (await child.stdout.text()).split('\n').slice(0, -1);
  };
  const listening = `process.on('message', (message) => { console.log(JSON.stringify(message)); if (message === 'end') process.exit(); });`;

  test.skipIf(!fs.existsSync(realBun)).each([
    ['is named', [realBun]],
    ['a shell becomes', ['sh', '-c', 'exec "$0" "$@"', realBun]],
    ['a shell starts', ['sh', '-c', '"$0" "$@"; exit 0', realBun]],
    ['`env` becomes', ['env', realBun]],
  ])('to a Bun that %s', async (_name, command) => {
    expect(await printed([...command, '-e', listening], [{ a: 1 }])).toEqual(['{"a":1}', '"end"']);
  });

  // Node speaks V8's format, which real Bun does not; Bun breaks the channel with what JSON has no text for.
  test.skipIf(!isDxCompat)('to a Node that a shell starts, and what JSON cannot say', async () => {
    const shell = ['sh', '-c', '"$0" "$@"; exit 0', node, '-e', listening];
    expect(await printed(shell, [{ a: 1 }])).toEqual(['{"a":1}', '"end"']);
    using app = program({
      'parent.js': `const child = Bun.spawn(JSON.parse(process.argv[2]), { ipc() {}, stdout: 'inherit' }); child.send('end'); process.exit(3);`,
    });
    const parent = path.join(app.folder, 'parent.js');
    const exited = Bun.spawn([process.execPath, parent, JSON.stringify(shell)], { stdout: 'pipe' });
    expect(await exited.stdout.text()).toBe('"end"\n');
    expect(await exited.exited).toBe(3);
    const direct = [node, '-e', listening];
    expect(await printed(direct, [() => 1, { toJSON() {} }], { serialization: 'json' })).toEqual(['"end"']);
  });

  test.each(['json', 'advanced'])('what is refused with %s', async (serialization) => {
    const child = Bun.spawn([node, '-e', 'process.on("message", () => {})'], { ipc() {}, serialization } as any);
    const facts = (value: unknown) => {
      try {
        return child.send(value);
      } catch ({ name, code, message }: any) {
        return [name, code, message];
      }
    };
    expect([undefined, 5n, Symbol('s')].map(facts)).toEqual([
      missing,
      refused('bigint (5n)'),
      refused('symbol (Symbol(s))'),
    ]);
    child.kill();
    await child.exited;
    for (let i = 0; i < 200 && (child as any).connected; i++) await Bun.sleep(5);
    expect(facts(undefined)[1]).toBe('ERR_IPC_CHANNEL_CLOSED');
  });
});
