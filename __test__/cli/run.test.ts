import { describe, expect, test } from 'bun:test';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { directory, isDxCompat, run } from './command';

const show = 'console.log(JSON.stringify([process.argv.slice(1), Bun.main, import.meta.main]))';

describe('run a file', () => {
  const cwd = directory({
    'show.ts': `const typed: number = 1; ${show}`,
    'plain.js': show,
    'common.cjs': 'console.log(require.main === module, __filename, process.argv.length)',
    'package/index.tsx': show,
    'data.json': '{}',
    'notes.txt': 'text',
    'deep/cwd.ts': 'console.log(process.cwd())',
  });
  const shown = (file: string, ...args: string[]) =>
    JSON.stringify([[`${cwd}/${file}`, ...args], `${cwd}/${file}`, true]);

  test.each([
    [['show.ts', 'a', 'b'], shown('show.ts', 'a', 'b')],
    [['run', 'show.ts'], shown('show.ts')],
    [['./show.ts'], shown('show.ts')],
    [['show'], shown('show.ts')],
    [['run', 'show', 'x'], shown('show.ts', 'x')],
    [['./package'], shown('package/index.tsx')],
    [['package'], shown('package/index.tsx')],
    [[`${cwd}/plain.js`], shown('plain.js')],
    [['--smol', 'show.ts', '--smol', '-e'], shown('show.ts', '--smol', '-e')],
    [['run', '--smol', 'show.ts', '--cwd=x'], shown('show.ts', '--cwd=x')],
    [['show.ts', '--', 'x', '--', 'y'], shown('show.ts', 'x', '--', 'y')],
    [['--', 'show.ts', 'x'], shown('show.ts', 'x')],
  ])('%j', (args, expected) => {
    expect(run(args, { cwd })).toEqual({ stdout: `${expected}\n`, stderr: '', code: 0, signal: null });
  });

  test('a CommonJS file is require.main', () => {
    expect(run(['common.cjs', 'x'], { cwd }).stdout).toBe(`true ${cwd}/common.cjs 3\n`);
  });

  test('--cwd', () => {
    expect(run(['--cwd', 'deep', 'cwd.ts'], { cwd }).stdout).toBe(`${cwd}/deep\n`);
    expect(run(['--cwd=deep', 'run', './cwd'], { cwd }).stdout).toBe(`${cwd}/deep\n`);
    expect(run(['--cwd=missing', 'cwd.ts'], { cwd })).toMatchObject({
      stderr: 'ENOENT: No such file or directory: Could not change directory to "missing" (chdir)\n',
      code: 1,
    });
  });

  test.each([
    [['./missing.ts'], 'Module not found "./missing.ts"'],
    [['missing.ts'], 'Module not found "missing.ts"'],
    [['run', './missing'], 'Module not found "./missing"'],
    [['/missing'], 'Module not found "/missing"'],
    [['.'], 'Module not found "."'],
    [['missing'], 'Script not found "missing"'],
    [['run', 'missing/too'], 'Script not found "missing/too"'],
    [['data.json'], `Cannot run "${cwd}/data.json"\nnote: Bun cannot run json files directly`],
    [['notes.txt'], `Cannot run "${cwd}/notes.txt"\nnote: Bun cannot run text files directly`],
  ])('%j fails', (args, message) => {
    expect(run(args, { cwd })).toEqual({ stdout: '', stderr: `error: ${message}\n`, code: 1, signal: null });
  });

  test.skipIf(process.platform === 'win32')('a link to itself is not found', () => {
    symlinkSync('loop.ts', path.join(cwd, 'loop.ts'));
    expect(run(['loop.ts'], { cwd })).toMatchObject({ stderr: 'error: Module not found "loop.ts"\n', code: 1 });
  });

  test('a loader that does not exist', () => {
    const { stderr, code } = run(['--loader', '.x:nope', 'plain.js'], { cwd });
    expect(stderr).toStartWith('error: invalid loader "nope", expected one of:');
    expect(code).toBe(1);
  });

  test('--if-present', () => {
    for (const args of [
      ['--if-present', 'missing.ts'],
      ['run', '--if-present', 'missing'],
    ]) {
      expect(run(args, { cwd })).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
    }
  });
});

describe('flags', () => {
  const cwd = directory({ 'a.ts': 'console.log(process.execArgv.join())' });

  test('execArgv is what stood before the file', () => {
    expect(run(['--smol', '--no-install', 'a.ts', '--x'], { cwd }).stdout).toBe('--smol,--no-install\n');
  });

  test('BUN_OPTIONS goes before the arguments', () => {
    const env = { BUN_OPTIONS: '--smol  --no-install' };
    expect(run(['--silent', 'a.ts'], { cwd, env }).stdout).toBe('--smol,--no-install,--silent\n');
  });

  // Bun prints its whole help after the message; it lets unknown long flags pass.
  test.each([
    [['-z'], "Invalid Argument '-z'"],
    [['-e'], "The argument '-e' requires a value but none was supplied."],
    [['--port'], "The argument '--port' requires a value but none was supplied."],
    [['--silent=a', 'a.ts'], "The argument '--silent' does not take a value."],
    [['--port=x', 'a.ts'], 'The value of "--port" is out of range. It must be >= 0 and <= 65535. Received x'],
  ])('%j is refused', (args, message) => {
    const { stderr, code } = run(args, { cwd });
    expect(stderr).toStartWith(`error: ${message}`);
    expect(code).toBe(1);
    if (isDxCompat) expect(stderr).toBe(`error: ${message} (see "dx-compat --help")\n`);
  });

  test.if(isDxCompat)('what is not there yet is refused by name', () => {
    for (const [args, message] of [
      [['--check', 'a.ts'], "The argument '--check' is not supported by dx-compat yet"],
      [['--nope', 'a.ts'], "Invalid Argument '--nope'"],
      [['install'], 'The command "install" is not supported by dx-compat yet'],
    ] as [string[], string][]) {
      expect(run(args, { cwd })).toEqual({
        stdout: '',
        stderr: `error: ${message} (see "dx-compat --help")\n`,
        code: 1,
        signal: null,
      });
    }
  });

  test('--revision and --version', () => {
    expect(run(['--revision'], { cwd }).stdout).toBe(`${Bun.version}+${Bun.revision.slice(0, 9)}\n`);
    expect(run(['--version'], { cwd }).stdout).toBe(`${Bun.version}\n`);
    expect(run(['-v'], { cwd }).code).toBe(0);
  });

  test('--help', () => {
    const { stdout, code } = run(['--help'], { cwd });
    expect(stdout).toContain('--watch');
    expect(code).toBe(0);
  });

  test('--preload, in order, before the program', () => {
    const files = directory({
      'one.ts': 'console.log("one", Bun.main)',
      'two.ts': 'console.log("two")',
      'main.ts': 'console.log("main")',
    });
    const { stdout } = run(['-r', './one', '--preload=./two.ts', 'main.ts'], { cwd: files });
    expect(stdout).toBe(`one ${files}/main.ts\ntwo\nmain\n`);
    expect(run(['--preload', './missing', 'main.ts'], { cwd: files })).toMatchObject({
      stdout: '',
      stderr: 'error: preload not found "./missing"\n',
      code: 1,
    });
  });
});

test('bun:main is a module that runs the program and exports nothing', () => {
  const cwd = directory({
    'entry.mjs': `import('bun:main').then((main) => console.log(main[Symbol.toStringTag], Object.keys(main).length));
      console.log('entry');`,
    'preload.mjs': `await import('bun:main'); console.log('preloaded');`,
    'other.mjs': `console.log('other');`,
  });
  expect(run(['entry.mjs'], { cwd }).stdout).toBe('entry\nModule 0\n');
  expect(run(['--preload', './preload.mjs', 'other.mjs'], { cwd }).stdout).toBe('other\npreloaded\n');
});
