import { describe, expect, test } from 'bun:test';
import { directory, run } from './command';

const print = (bunfig: string, code: string, files: Record<string, string> = {}) =>
  run(['-p', code], { cwd: directory({ 'bunfig.toml': bunfig, ...files }) });

describe('bunfig.toml', () => {
  test('preload', () => {
    const files = { 'one.ts': 'globalThis.loaded = ["one"]', 'two.ts': 'globalThis.loaded.push("two")' };
    expect(print('preload = ["./one", "./two.ts"]', 'loaded.join()', files).stdout).toBe('one,two\n');
    expect(print('preload = "./one"', 'loaded.join()', files).stdout).toBe('one\n');
    expect(print('preload = ["./missing"]', '1')).toMatchObject({
      stdout: '',
      stderr: 'error: preload not found "./missing"\n',
      code: 1,
    });
  });

  test('define', () => {
    const bunfig = `[define]\n"process.env.bagel" = "'lox'"\nNUMBER = "1"\n"deep.er" = "{\\"a\\":[1]}"`;
    expect(print(bunfig, '[process.env.bagel, NUMBER + 1, deep.er.a[0], typeof deep].join()').stdout).toBe(
      'lox,2,1,undefined\n',
    );
  });

  test('loader', () => {
    const files = { 'data.bagel': 'a = 1', 'code.lox': 'export default 5 as number' };
    const bunfig = '[loader]\n".bagel" = "toml"\n".lox" = "tsx"';
    expect(
      print(bunfig, 'import data from "./data.bagel"; import code from "./code.lox"; data.a + code', files).stdout,
    ).toBe('6\n');
  });

  test('flags replace its tables', () => {
    const cwd = directory({
      'bunfig.toml': '[define]\nA = "1"\nB = "2"\n[loader]\n".x" = "text"',
      'a.x': 'a = 5',
      'main.ts': 'import x from "./a.x"; console.log(A, typeof B, x.a)',
    });
    expect(run(['main.ts'], { cwd }).stdout).toBe('1 number undefined\n');
    expect(run(['--define', 'A:3', '-l', '.x:toml', 'main.ts'], { cwd }).stdout).toBe('3 undefined 5\n');
  });

  test('--config', () => {
    const files = { 'other.toml': 'preload = ["./p.ts"]', 'p.ts': 'globalThis.loaded = 1' };
    const cwd = directory({ 'bunfig.toml': 'preload = ["./missing"]', ...files });
    expect(run(['--config=other.toml', '-p', 'loaded'], { cwd }).stdout).toBe('1\n');
    const { stderr, code } = run(['--config=missing.toml', '-p', '1'], { cwd });
    expect(stderr).toContain(`while reading config "${cwd}/missing.toml"`);
    expect(code).toBe(1);
  });

  test('is that of the current directory', () => {
    const cwd = directory({ 'bunfig.toml': 'preload = ["./missing"]', 'below/main.ts': 'console.log("ran")' });
    expect(run(['--cwd', 'below', 'main.ts'], { cwd }).stdout).toBe('ran\n');
  });

  test('an empty one, one of comments, and keys that nobody knows', () => {
    for (const text of ['', '# nothing', 'telemetry = false\nsmol = true\nunknown = 1\n[install]\nauto = "disable"']) {
      expect(print(text, '"ran"')).toEqual({ stdout: 'ran\n', stderr: '', code: 0, signal: null });
    }
  });

  test.each([
    ['a = ', 'failed to load bunfig'],
    ['preload = 5', 'Expected preload to be an array'],
    ['define = 5', 'expected object but received number'],
    ['smol = "x"', 'expected boolean but received string'],
    ['[loader]\n".x" = "nope"', 'Invalid loader'],
  ])('%j is refused', (text, message) => {
    const { stdout, stderr, code } = print(text, '1');
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
    expect(stderr).toContain('bunfig.toml');
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  });
});

describe('flags of the loader', () => {
  test('--conditions', () => {
    const cwd = directory({
      'node_modules/pkg/package.json': '{"exports": {"one": "./one.js", "two": "./two.js", "default": "./default.js"}}',
      'node_modules/pkg/one.js': 'export default "one"',
      'node_modules/pkg/two.js': 'export default "two"',
      'node_modules/pkg/default.js': 'export default "default"',
      'main.ts': 'import which from "pkg"; console.log(which)',
    });
    expect(run(['main.ts'], { cwd }).stdout).toBe('default\n');
    expect(run(['--conditions=two', 'main.ts'], { cwd }).stdout).toBe('two\n');
    expect(run(['--conditions', 'two', '--conditions', 'one', 'main.ts'], { cwd }).stdout).toBe('one\n');
  });

  test('--tsconfig-override', () => {
    const cwd = directory({
      'tsconfig.json': '{"compilerOptions": {"paths": {"@/*": ["./a/*"]}}}',
      'other.json': '{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./b/*"]}}}',
      'a/x.ts': 'export default "a"',
      'b/x.ts': 'export default "b"',
      'main.ts': 'import x from "@/x"; console.log(x)',
    });
    expect(run(['main.ts'], { cwd }).stdout).toBe('a\n');
    expect(run(['--tsconfig-override', 'other.json', 'main.ts'], { cwd }).stdout).toBe('b\n');
  });
});

describe('JSX', () => {
  const source = `const h = (...all) => JSON.stringify(['h', ...all]);
    const Fragment = 'F';
    const React = { createElement: (...all) => JSON.stringify(['React', ...all]) };
    console.log(<a b="1">x</a>);`;
  const lib = (file: string, name: string) => ({
    [`node_modules/lib/${file}.js`]: `export const ${name} = (type, props) => JSON.stringify(['${name}', type, props]); export const Fragment = 'LF';`,
  });
  const files = {
    'main.tsx': source,
    'node_modules/lib/package.json': '{}',
    ...lib('jsx-runtime', 'jsx'),
    ...lib('jsx-dev-runtime', 'jsxDEV'),
  };
  const classic = (name: string) => `["${name}","a",{"b":"1"},"x"]\n`;
  const automatic = (name: string) => `["${name}","a",{"b":"1","children":"x"}]\n`;

  test.each([
    [['--jsx-runtime=classic'], '', '', classic('React')],
    [['--jsx-runtime', 'classic', '--jsx-factory', 'h', '--jsx-fragment', 'Fragment'], '', '', classic('h')],
    [['--jsx-import-source', 'lib'], '', '', automatic('jsx')],
    [[], 'jsx = "react"', '', classic('React')],
    [[], 'jsx = "react"\njsxFactory = "h"', '', classic('h')],
    [[], 'jsxImportSource = "lib"', '', automatic('jsxDEV')],
    [[], 'jsx = "react-jsx"\njsxImportSource = "lib"', '', automatic('jsx')],
    [[], 'jsx = "react"', '{"jsx": "react-jsx", "jsxImportSource": "lib"}', automatic('jsx')],
    [['--jsx-runtime=classic'], '', '{"jsx": "react-jsxdev", "jsxImportSource": "lib"}', automatic('jsxDEV')],
    [['--jsx-runtime=classic'], '', '{"jsxImportSource": "lib"}', classic('React')],
  ])('%j with %j and %j', (args, bunfig, compilerOptions, printed) => {
    const cwd = directory({
      ...files,
      'bunfig.toml': bunfig,
      'tsconfig.json': `{"compilerOptions": ${compilerOptions || '{}'}}`,
    });
    expect(run([...args, 'main.tsx'], { cwd })).toEqual({ stdout: printed, stderr: '', code: 0, signal: null });
  });

  test('a runtime that does not exist', () => {
    const { stderr, code } = run(['--jsx-runtime=nope', 'main.tsx'], { cwd: directory(files) });
    expect(stderr).toStartWith('error: Invalid --jsx-runtime: "nope", expected "automatic" or "classic"');
    expect(code).toBe(1);
    expect(run(['main.tsx'], { cwd: directory({ ...files, 'bunfig.toml': 'jsx = "nope"' }) }).stderr).toContain(
      "Invalid jsx runtime, only 'react', 'react-jsx', and 'react-jsxDEV' are supported",
    );
  });
});
