import { describe, expect, test } from 'bun:test';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { directory, isDxCompat, run, start } from './command';

const scripts = {
  hello: 'echo hello',
  pre: 'echo no',
  prehooked: 'echo before',
  hooked: 'echo during',
  posthooked: 'echo after',
  prefails: 'exit 3',
  fails: 'echo never',
  late: 'true',
  postlate: 'exit 4',
  told: 'exit 2',
  args: 'printf "[%s]"',
  killed: 'kill -TERM $$',
  interrupted: 'kill -INT $$',
  where: 'pwd',
  event: 'echo $npm_lifecycle_event $npm_command $npm_package_name $npm_package_version $npm_package_config_level',
  agent: 'echo $npm_config_user_agent',
  node: 'node -p "typeof Bun"',
  tool: 'utility x',
  dotenv: 'echo [$FROM_FILE]',
  'a.ts': 'echo script',
  listed: 'echo "quoted"',
  wait: 'exec node wait.cjs',
  number: 5,
};

const cwd = directory({
  'package.json': JSON.stringify({ name: 'fixture', version: '1.2.3', config: { level: 'high', count: 5 }, scripts }),
  'a.ts': 'console.log("file")',
  'wait.cjs': 'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("ready")',
  'node_modules/.bin/utility': '#!/bin/sh\necho tool "$@"\n',
  'deep/er/x.txt': '',
  '.env': 'FROM_FILE=1',
  'named.env': 'FROM_FILE=2',
});
chmodSync(path.join(cwd, 'node_modules/.bin/utility'), 0o755);
const ending = (stdout: string, stderr: string, code = 0) => ({ stdout, stderr, code, signal: null });

describe('package.json scripts', () => {
  test.each([
    [['run', 'hello'], ending('hello\n', '$ echo hello\n')],
    [['hello'], ending('hello\n', '$ echo hello\n')],
    [['run', '--silent', 'hello'], ending('hello\n', '')],
    [['--silent', 'run', 'hello'], ending('hello\n', '')],
    [['run', 'hooked'], ending('before\nduring\nafter\n', '$ echo before\n$ echo during\n$ echo after\n')],
    [['run', 'fails'], ending('', '$ exit 3\nerror: script "prefails" exited with code 3\n', 3)],
    [['run', 'late'], ending('', '$ true\n$ exit 4\nerror: script "postlate" exited with code 4\n', 4)],
    [['run', '--silent', 'late'], ending('', '', 4)],
    [['run', 'told'], ending('', '$ exit 2\n', 2)],
    [['run', 'missing'], ending('', 'error: Script not found "missing"\n', 1)],
    [['run', 'number'], ending('', 'error: Script not found "number"\n', 1)],
    [['run', '--if-present', 'missing'], ending('', '')],
    [['run', 'event'], ending('event run-script fixture 1.2.3 high\n', expect.stringContaining('$ echo'))],
    [['run', 'where'], ending(`${cwd}\n`, '$ pwd\n')],
    [['run', 'dotenv'], ending('[]\n', '$ echo [$FROM_FILE]\n')],
    [['--env-file=named.env', 'run', 'dotenv'], ending('[2]\n', '$ echo [$FROM_FILE]\n')],
    [['run', 'node'], ending('undefined\n', '$ node -p "typeof Bun"\n')],
    [['run', '--bun', 'node'], ending('object\n', '$ node -p "typeof Bun"\n')],
    [['run', 'tool'], ending('tool x\n', '$ utility x\n')],
    [['utility', 'y', 'z'], ending('tool y z\n', '')],
    [['run', 'tool', '--', 'y'], ending('tool x y\n', '$ utility x y\n')],
    [['run', 'a.ts'], ending('script\n', '$ echo script\n')],
    [['a.ts'], ending('file\n', '')],
    [['run', './a.ts'], ending('file\n', '')],
  ])('%j', (args, expected) => {
    expect(run(args, { cwd })).toEqual(expected);
  });

  test('arguments reach the script as they are', () => {
    const args = ['a b', '', '*', '$HOME', '"', "'", '`', '\\', 'é', '!', ';', 'x=y', '{a,b}', '~', '--', '-x'];
    const { stdout, stderr } = run(['run', 'args', ...args], { cwd });
    expect(stdout).toBe(args.map((argument) => `[${argument}]`).join(''));
    const shown = '"a b" "" "*" "\\$HOME" "\\"" "\'" "\\`" "\\\\" é ! ";" "x=y" "{a,b}" "~" -- -x';
    expect(stderr).toBe(`$ printf "[%s]" ${shown}\n`);
  });

  test('a script is found from a directory below', () => {
    expect(run(['run', 'where'], { cwd: path.join(cwd, 'deep/er') }).stdout).toBe(`${cwd}\n`);
  });

  test('a signal that ends the script ends us', () => {
    expect(run(['run', 'killed'], { cwd })).toEqual({
      stdout: '',
      stderr: '$ kill -TERM $$\nerror: script "killed" was terminated by signal SIGTERM (Polite quit request)\n',
      code: null,
      signal: 'SIGTERM',
    });
    expect(run(['run', 'interrupted'], { cwd })).toEqual({
      stdout: '',
      stderr: '$ kill -INT $$\n',
      code: null,
      signal: 'SIGINT',
    });
  });

  test('SIGTERM is handed on, and the script decides', async () => {
    const { child, printed, exited } = start(['run', 'wait'], { cwd });
    await printed(/ready/);
    child.kill('SIGTERM');
    expect(await exited).toEqual({ code: 7, signal: null });
  });

  test('run.silent, run.bun', () => {
    const files = { 'package.json': JSON.stringify({ scripts }), 'bunfig.toml': '[run]\nsilent = true\nbun = true' };
    expect(run(['run', 'node'], { cwd: directory(files) })).toEqual(ending('object\n', ''));
  });

  test('a list of them', () => {
    const { stdout, code } = run(['run'], { cwd });
    expect(stdout).toContain('echo "quoted"');
    expect(code).toBe(0);
  });

  test('a package.json that does not parse', () => {
    const broken = directory({ 'package.json': '{"scripts": {"x": 5' });
    expect(run(['run', 'x'], { cwd: broken }).code).toBe(1);
  });

  // Real Bun is not in the PATH of a script by itself; here `bun` has to mean this command line.
  test.if(isDxCompat)('bun in a script is us', () => {
    const files = directory({
      'package.json': JSON.stringify({ scripts: { outer: 'bun run inner', inner: 'bun x.ts && bun -p 1+1' } }),
      'x.ts': 'console.log(process.versions.bun as string)',
    });
    expect(run(['run', '--silent', 'outer'], { cwd: files }).stdout).toBe(`${Bun.version}\n2\n`);
  });
});
