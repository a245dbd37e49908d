import { afterAll, describe, expect, spyOn, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bareEnvironment, directory, isDxCompat, run } from '../cli/command';
import cases from './console.cases.json';

// [program, standard output, standard error], taken from Bun 1.4.5.
const all = cases as [string, string, string][];
const program = all.map(
  ([code]) =>
    `{ process.stdout.write('\\0'); process.stderr.write('\\0'); try { ${code} } catch (e) { console.log('threw ' + e.name) } }`,
);
const cwd = directory({
  'cases.js': program.join('\n'),
  'unlimited/bunfig.toml': '[console]\ndepth = 0',
  'shallow/bunfig.toml': '[console]\ndepth = 1',
  'wrong/bunfig.toml': '[console]\ndepth = "x"',
  'trace.cjs': 'function named() {\n  console.trace("%s", "at", { a: 1 });\n}\nnamed();\n',
  'order.js': `
    process.stdout.write('1 '); console.log(2); process.stdout.write('3 '); console.log({ four: 4 });
    let seen = 0; const write = process.stdout.write;
    process.stdout.write = function (...args) { seen++; return write.apply(this, args); };
    console.log('text'); console.log([1]); console.table([1]); process.stdout.write('own '); console.log(seen);
    const { log } = console; log('loose'); console.log = (...args) => log('mine', ...args); console.log(5);`,
  'worker.js': `
    const { Worker } = require('node:worker_threads');
    new Worker("console.log({ a: { b: { c: 1 } } }, 's')", { eval: true });`,
  'flood.js': 'for (let i = 0; i < 20000; i++) console.log("line", i, { a: i }); console.error("survived");',
  'clock.js': 'console.time("c"); console.timeLog("c", "%s", { a: 1 }); console.timeEnd("c"); console.timeEnd("c");',
  'library.js': `require(${JSON.stringify(require.resolve('../../index.js'))}); console.log({ a: 'x' });`,
  'registered.js': "console.log({ a: 'x' }, '%d', 4.5, 'end');",
});
afterAll(() => rmSync(cwd, { recursive: true }));

const printed = (args: string[], env: Record<string, string> = {}, at = cwd) => run(args, { cwd: at, env });
const nested = '({ a: { b: { c: { d: 1 } } } })';

describe('console prints what Bun prints', () => {
  // Into files: Bun's process.stdout.write keeps what a full pipe does not take and console.log does not wait for it, so
  // that the order would depend on how fast the reader is.
  const files = ['out.txt', 'error.txt'].map((name) => path.join(cwd, name));
  const descriptors = files.map((file) => openSync(file, 'w'));
  spawnSync(process.execPath, ['cases.js'], {
    cwd,
    env: bareEnvironment,
    stdio: ['ignore', ...descriptors],
    timeout: 20_000,
  });
  for (const descriptor of descriptors) closeSync(descriptor);
  const [out, error] = files.map((file) => readFileSync(file, 'utf8').split('\0').slice(1)) as [string[], string[]];

  test('every case ran', () => {
    expect([out.length, error.length]).toEqual([all.length, all.length]);
  });

  test.each(all.map((entry, index) => [...entry, index] as const))('%s', (_code, onOut, onError, index) => {
    expect(out[index]).toBe(onOut);
    expect(error[index]).toBe(onError);
  });
});

describe('colours', () => {
  const colored = '\u001B[0m\u001B[33m5\u001B[0m\n';
  test.each([
    [{ FORCE_COLOR: '1' }, colored],
    [{ FORCE_COLOR: '' }, colored],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, colored],
    [{ FORCE_COLOR: '0' }, '5\n'],
    [{ FORCE_COLOR: 'false' }, '5\n'],
    [{}, '5\n'],
  ])('%j', (env, expected) => {
    expect(printed(['-e', 'console.log(5)'], env).stdout).toBe(expected);
  });

  test('values, counters, failed assertions, a cleared screen', () => {
    const code = `console.log('s', { a: 'x' }, '%d', 5); console.count('l'); console.clear(); console.assert(false, 'm', { a: 1 }); console.assert(false)`;
    const { stdout, stderr } = printed(['-e', code], { FORCE_COLOR: '1' });
    expect(stdout).toBe(
      's {\n  \u001B[0ma\u001B[2m:\u001B[0m \u001B[0m\u001B[32m\u001B[0m\u001B[32m"x"\u001B[0m\u001B[0m\u001B[0m\u001B[2m,\u001B[0m\n} 5\n' +
        '\u001B[0ml\u001B[2m: \u001B[0m\u001B[33m1\u001B[0m\n',
    );
    expect(stderr).toBe(
      '\u001B[2J\u001B[3J\u001B[H\u001B[0m\u001B[31mm {\n  \u001B[0ma\u001B[2m:\u001B[0m \u001B[0m\u001B[33m1\u001B[0m\u001B[0m\u001B[2m,\u001B[0m\n}\u001B[0m\n' +
        '\u001B[0m\u001B[31mAssertion failed\u001B[0m\n',
    );
  });
});

describe('depth', () => {
  const cut = (level: string) => printed(['--console-depth', level, '-p', nested]).stdout;
  const whole = '{\n  a: {\n    b: {\n      c: {\n        d: 1,\n      },\n    },\n  },\n}\n';

  test('--console-depth', () => {
    expect(printed(['-p', nested]).stdout).toBe('{\n  a: {\n    b: {\n      c: [Object ...],\n    },\n  },\n}\n');
    expect(cut('1')).toBe('{\n  a: {\n    b: [Object ...],\n  },\n}\n');
    expect(cut('3')).toBe(whole);
    expect(cut('0')).toBe(whole);
    const { stderr, code } = printed(['--console-depth', '-1', '-p', '1']);
    expect(stderr).toStartWith('error: Invalid value for --console-depth: "-1". Must be a positive integer');
    expect(code).toBe(1);
  });

  test('console.depth of bunfig.toml', () => {
    expect(printed(['-p', nested], {}, `${cwd}/shallow`).stdout).toBe('{\n  a: {\n    b: [Object ...],\n  },\n}\n');
    expect(printed(['-p', nested], {}, `${cwd}/unlimited`).stdout).toBe(whole);
    expect(printed(['--console-depth', '3', '-p', nested], {}, `${cwd}/shallow`).stdout).toBe(whole);
    const { stderr, code } = printed(['-p', nested], {}, `${cwd}/wrong`);
    expect(stderr).toContain('error: Expected number');
    expect(code).toBe(1);
  });
});

test('messages keep their place between writes, and pass by a replaced write', () => {
  expect(printed(['order.js']).stdout).toBe(
    '1 2\n3 {\n  four: 4,\n}\ntext\n[ 1 ]\n┌───┬────────┐\n│   │ Values │\n├───┼────────┤\n│ 0 │ 1      │\n└───┴────────┘\nown 1\nloose\nmine 5\n',
  );
});

test('a worker thread has the console of Node', () => {
  expect(printed(['worker.js']).stdout).toBe('{ a: { b: { c: 1 } } } s\n');
});

test('console.trace prints the message and where it was called', () => {
  const { stdout } = printed(['trace.cjs']);
  expect(stdout).toStartWith(`at {\n  a: 1,\n}\n      at named (${cwd}/trace.cjs:2:`);
  expect(stdout).toMatch(/\n {6}at <anonymous> \(\S+trace\.cjs:4:\d+\)\n/);
});

test('clocks print to standard error', () => {
  expect(printed(['clock.js']).stderr).toMatch(/^\[\d+\.\d\dms\] c %s \{\n {2}a: 1,\n\}\n\[\d+\.\d\dms\] c\n$/);
});

test.skipIf(process.platform === 'win32')('a reader that goes away ends nothing', () => {
  const { stderr } = spawnSync('sh', ['-c', '"$0" flood.js | head -n 1', process.execPath], { cwd, encoding: 'utf8' });
  expect(stderr).toBe('survived\n');
});

test('spyOn replaces and restores', () => {
  const spy = spyOn(console, 'log').mockImplementation(() => {});
  console.log('unseen', 1);
  expect(spy).toHaveBeenCalledWith('unseen', 1);
  spy.mockRestore();
  expect(console.log.name).toBe('log');
});

// Bun has no package to load.
test.skipIf(!isDxCompat)('register brings it, the library alone does not', () => {
  const node = (...args: string[]) => {
    const options = { cwd, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } } as const;
    return spawnSync(process.argv0.includes('node') ? process.argv0 : 'node', args, options).stdout;
  };
  expect(node('-r', require.resolve('../../register.js'), 'registered.js')).toBe('{\n  a: "x",\n} 4 end\n');
  expect(node('library.js')).toBe("{ a: 'x' }\n");
});
