import { describe, expect, test } from 'bun:test';
import { directory, isDxCompat, run, start } from './command';

const evaluate = (code: string) => run(['-e', code], { cwd: directory() });

describe('endings', () => {
  test.each([
    ['process.exit(5)', 5, ''],
    ['process.exitCode = 4; process.on("exit", (code) => console.log("exit", code))', 4, 'exit 4\n'],
    ['process.on("beforeExit", (code) => console.log("before", code)); process.exitCode = 3', 3, 'before 3\n'],
    ['setTimeout(() => console.log("last"), 5)', 0, 'last\n'],
    ['process.on("exit", () => console.log("exit")); throw new Error("x")', 1, 'exit\n'],
    ['process.on("exit", () => console.log("exit")); Promise.reject(new Error("x"))', 1, 'exit\n'],
    ['process.exitCode = 9; throw new Error("x")', 1, ''],
    ['setTimeout(() => { throw new Error("x") }, 1); setTimeout(() => console.log("not reached"), 200)', 1, ''],
    ['await Promise.reject(new Error("x"))', 1, ''],
    [
      'process.on("uncaughtException", (error) => console.log(error.message)); setTimeout(() => { throw new Error("x") }, 1)',
      0,
      'x\n',
    ],
    ['process.on("unhandledRejection", (reason) => console.log(reason)); Promise.reject(6)', 0, '6\n'],
    ['process.on("uncaughtException", () => console.log("not called")); Promise.reject(new Error("x"))', 1, ''],
    [
      'process.on("uncaughtException", (error, origin) => console.log(error.message, origin)); await 1; throw new Error("x")',
      0,
      'x unhandledRejection\n',
    ],
    [
      'require("node:fs"); process.on("uncaughtException", (error, origin) => console.log(error.message, origin)); throw new Error("x")',
      0,
      'x uncaughtException\n',
    ],
  ])('%s', (code, status, printed) => {
    const { stdout, code: found } = evaluate(code);
    expect({ stdout, code: found }).toEqual({ stdout: printed, code: status });
  });

  const rejected = `process.on("uncaughtException", (error, origin) => console.log(error.message, origin));
    Promise.reject(new Error("x")); setTimeout(() => console.log("alive"), 20)`;
  test.each([
    ['throw', 0, 'x unhandledRejection\nalive\n'],
    ['strict', 0, 'x unhandledRejection\nalive\n'],
    ['warn', 0, 'alive\n'],
    ['none', 0, 'alive\n'],
    ['warn-with-error-code', 1, 'alive\n'],
    ['sometimes', 1, ''],
  ])('--unhandled-rejections=%s', async (mode, status, printed) => {
    const { child, exited } = start([`--unhandled-rejections=${mode}`, '-e', rejected], { cwd: directory() });
    let stdout = '';
    child.stdout!.on('data', (chunk) => (stdout += chunk));
    const { code } = await exited;
    expect({ code, stdout }).toEqual({ code: status, stdout: printed });
  });

  test('a signal reaches the program', async () => {
    const code =
      'process.on("SIGTERM", () => { console.log("got it"); process.exit(6) }); setInterval(() => {}, 1000); console.log("ready")';
    const { child, printed, exited } = start(['-e', code], { cwd: directory() });
    await printed(/ready/);
    child.kill('SIGTERM');
    expect(await exited).toEqual({ code: 6, signal: null });
    await printed(/got it/);
  });

  test('a signal that nobody handles ends the program', async () => {
    const { child, printed, exited } = start(['-e', 'setInterval(() => {}, 1000); console.log("ready")'], {
      cwd: directory(),
    });
    await printed(/ready/);
    child.kill('SIGINT');
    expect(await exited).toEqual({ code: null, signal: 'SIGINT' });
  });

  test('what is printed before process.exit arrives', () => {
    const { stdout, code } = evaluate('for (let i = 0; i < 20000; i++) console.log("line " + i); process.exit(3)');
    expect(stdout).toEndWith('line 19999\n');
    expect(stdout.length).toBe(208_890);
    expect(code).toBe(3);
  });

  test('stdin, stdout and stderr are its own', () => {
    const cwd = directory({
      'echo.ts': 'process.stdin.on("data", (chunk) => process.stdout.write(chunk)); console.error("err")',
    });
    expect(run(['echo.ts'], { cwd, input: 'in\n' })).toEqual({
      stdout: 'in\n',
      stderr: 'err\n',
      code: 0,
      signal: null,
    });
  });
});

describe('errors that nobody catches', () => {
  test.each([
    ['throw new TypeError("message")', /^(?:1 \| .*\n +\^\n)?TypeError: message\n +at .*\[eval\]:1/],
    ['throw 5', /^error: 5\n5\n/],
    ['throw "text"', /^error: text\ntext\n/],
    ['Promise.reject("text")', /^error: text\ntext\n/],
    ['throw { a: 1 }', /^error\n\{/],
    ['throw null', /^error: null\n/],
    ['import "./missing"', /^error: Cannot find module '\.\/missing' (?:imported )?from /],
  ])('%s', (code, message) => {
    const { stderr, code: status } = evaluate(code);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('node:internal');
    expect(status).toBe(1);
  });

  test('a syntax error names file, line and column and shows the line', () => {
    const cwd = directory({ 'main.ts': 'import "./broken"', 'broken.ts': 'const fine = 1;\nlet x: = 5\n' });
    const { stderr, code } = run(['main.ts'], { cwd });
    expect(stderr).toContain('2 | let x: = 5\n           ^\nerror: ');
    expect(stderr).toContain(`at ${cwd}/broken.ts:2:8`);
    expect(code).toBe(1);
  });
});

describe('identity', () => {
  test('is that of Bun', () => {
    const code = `console.log(JSON.stringify([process.versions.bun, process.isBun, process.revision, navigator.userAgent,
      Bun.version, Object.keys(process.versions).includes('bun'), process.release.name, Bun.argv === process.argv]))`;
    expect(JSON.parse(evaluate(code).stdout)).toEqual([
      Bun.version,
      true,
      Bun.revision,
      `Bun/${Bun.version}`,
      Bun.version,
      true,
      'node',
      true,
    ]);
  });
});

describe('process.execPath', () => {
  const cwd = directory({
    'child.ts':
      'console.log(JSON.stringify([process.argv.slice(2), process.execArgv, typeof Bun as string])); process.send?.("sent"); process.disconnect?.()',
    'spawn.ts': `import { execFileSync, execSync, spawnSync } from 'node:child_process';
      const { execPath } = process;
      console.log(execPath === process.argv[0]);
      process.stdout.write(execFileSync(execPath, ['child.ts', 'a']));
      process.stdout.write(execFileSync(execPath, ['run', '--smol', 'child.ts']));
      process.stdout.write(execSync(execPath + ' child.ts b'));
      process.stdout.write(spawnSync(execPath, ['-p', '1 as number']).stdout);`,
    'fork.ts': `import { fork } from 'node:child_process';
      const child = fork('./child.ts', ['forked'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
      child.stdout!.pipe(process.stdout);
      child.on('message', (message) => console.log(message));`,
    'worker.ts': `import { isMainThread, parentPort, Worker } from 'node:worker_threads';
      enum Kind { A = 5 }
      if (isMainThread) new Worker(import.meta.filename).on('message', (message) => console.log(message));
      else parentPort!.postMessage([typeof Bun, Kind.A].join());`,
  });

  test('starts this runtime again', () => {
    const expected = 'true\n[["a"],[],"object"]\n[[],["--smol"],"object"]\n[["b"],[],"object"]\n1\n';
    const { stdout, stderr } = run(['spawn.ts'], { cwd });
    expect({ stdout: stdout.replace('["run","--smol"]', '["--smol"]'), stderr }).toEqual({
      stdout: expected,
      stderr: '',
    });
  });

  test('fork hands flags on', () => {
    const { stdout } = run(['--smol', 'fork.ts'], { cwd });
    expect(stdout.split('\n').sort()).toEqual(['', '[["forked"],["--smol"],"object"]', 'sent']);
  });

  test('worker threads run TypeScript and have Bun', () => {
    expect(run(['worker.ts'], { cwd }).stdout).toBe('object,5\n');
  });

  // Node's own flags mean nothing to Bun, which lets them pass
  test('flags of Node are no error', () => {
    expect(run(['--max-old-space-size=512', 'child.ts'], { cwd }).code).toBe(0);
    expect(run(['--no-warnings', 'child.ts'], { cwd }).code).toBe(0);
  });

  test.if(isDxCompat)('--env-file is ours, not that of Node', () => {
    expect(run(['--env-file=missing', 'child.ts'], { cwd })).toMatchObject({ stderr: '', code: 0 });
  });
});
