import { describe, expect, test } from 'bun:test';
import { directory, run } from './command';

const cwd = directory({ 'other.ts': 'export const answer: number = 42' });
const output = (args: string[], input?: string) => run(args, { cwd, input });

describe('--print', () => {
  test.each([
    ['1 + 1', '2'],
    ['"text"', 'text'],
    ['const a: number = 1; a + 1', '2'],
    ['if (true) { 5 }', '5'],
    ['for (let i = 0; i < 3; i++) i', '2'],
    ['let x = 5', 'undefined'],
    ['await 5', '5'],
    ['Promise.resolve(5)', '5'],
    ['import fs from "fs"; fs.existsSync("/")', 'true'],
    ['import { answer } from "./other"; answer;', '42'],
    ['require("./other").answer', '42'],
    ['import.meta.path', `${cwd}/[eval]`],
    ['__filename', `${cwd}/[eval]`],
    ['Bun.main', `${cwd}/[eval]`],
    ['module.id', '.'],
    ['process.argv.length', '1'],
  ])('%s', (code, printed) => {
    expect(output(['-p', code])).toEqual({ stdout: `${printed}\n`, stderr: '', code: 0, signal: null });
  });

  test('an error', () => {
    const { stderr, code } = output(['--print', 'throw new TypeError("no")']);
    expect(stderr).toContain('TypeError: no');
    expect(code).toBe(1);
  });
});

describe('--eval', () => {
  test('import and require side by side', () => {
    const code = 'import fs from "fs"; console.log(typeof fs.read, typeof require("path").join)';
    expect(output(['-e', code]).stdout).toBe('function function\n');
  });

  test('arguments', () => {
    const code = 'console.log(process.argv.slice(1).join(), process.execArgv.length)';
    expect(output(['-e', code, 'a', '--', 'b']).stdout).toBe('a,b 2\n');
    expect(output(['-e', code, 'a', '--smol']).stdout).toBe('a,--smol 2\n');
  });

  test('a syntax error names the place', () => {
    const { stderr, code } = output(['-e', 'let x: = 1']);
    expect(stderr).toContain('1 | let x: = 1\n           ^\nerror: ');
    expect(stderr).toContain(`at ${cwd}/[eval]:1:8`);
    expect(code).toBe(1);
  });
});

describe('-', () => {
  test('stdin is TypeScript', () => {
    const code = 'console.log(process.argv.slice(1).join(), Bun.main as string, import.meta.path)';
    expect(output(['run', '-', 'a', 'b'], code).stdout).toBe(`-,a,b ${cwd}/[stdin] ${cwd}/[stdin]\n`);
    expect(output(['-'], 'console.log(1 as any)').stdout).toBe('1\n');
  });
});
