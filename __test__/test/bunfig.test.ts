import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

/**
 * `[test]` of bunfig.toml and the coverage, on real Bun and on this runner: what they print, how they exit
 * and what they write is the same. It starts both runtimes itself, so it runs once, on Node.
 */

const runners = {
  bun: path.join(import.meta.dir, '../../node_modules/.bin/bun'),
  node: process.execPath,
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'dx-compat-bunfig-'));
  for (const side of Object.keys(runners))
    cpSync(path.join(import.meta.dir, 'fixtures/covered'), path.join(folder, side), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(side: keyof typeof runners, section: string, args: string[]) {
  const cwd = path.join(folder, side);
  writeFileSync(path.join(cwd, 'bunfig.toml'), `[test]\n${section}\n`);
  rmSync(path.join(cwd, 'coverage'), { recursive: true, force: true });
  const { NODE_ENV: _, CI: __, TZ: ___, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(runners[side], ['test', ...args], {
    cwd,
    env: { ...env, NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  const read = (name: string) => {
    const file = path.join(cwd, 'coverage', name);
    return existsSync(file) ? readFileSync(file, 'utf8').replaceAll(/ time="[^"]*"/g, '') : undefined;
  };
  const normal = (text: string) =>
    text
      .replaceAll(cwd, '<folder>')
      .replaceAll(/^bun test v.*\n/gm, '')
      .replaceAll(/ ?\[[\d.]+m?s\]/g, '')
      .replaceAll(/[ \t]+$/gm, '');
  return { status, stdout: normal(stdout), stderr: normal(stderr), lcov: read('lcov.info'), junit: read('report.xml') };
}

const sub = ['sub'];
describe.skipIf(!isDxCompat)('[test]', () => {
  test.each<[string, string[]]>([
    ['root = "./sub"', []],
    ['root = "./nope"', []],
    ['preload = "./setup.ts"', sub],
    ['preload = ["./setup.ts"]\nsmol = true', sub],
    ['preload = ["./nope.ts"]', []],
    ['pathIgnorePatterns = ["sub/**"]', ['math', 'sub']],
    ['pathIgnorePatterns = "sub/**"', ['--path-ignore-patterns', 'math*', 'math', 'sub']],
    ['coverage = true', []],
    ['coverage = true', ['./math.test.ts']],
    ['coverage = true\ncoverageReporter = ["text", "lcov"]', []],
    ['coverage = true\ncoverageReporter = "lcov"\ncoverageThreshold = 0.95', sub],
    ['coverageReporter = "lcov"\ncoverageDir = "coverage/deep"', ['--coverage', 'sub']],
    ['coverage = true\ncoverageThreshold = 0.1', sub],
    ['coverage = true\ncoverageThreshold = 0.5', sub],
    ['coverage = true\ncoverageThreshold = { lines = 0.1 }', sub],
    ['coverage = true\ncoverageThreshold = { lines = 0.1, functions = 0.1, statements = 0.99 }', sub],
    ['coverage = true\ncoverageThreshold = { line = 0.1, function = 0.05 }', sub],
    ['coverageThreshold = 0.99', sub],
    ['coverage = true\ncoverageSkipTestFiles = false', sub],
    ['coverage = true\ncoverageSkipTestFiles = true', sub],
    ['coverage = true\ncoveragePathIgnorePatterns = ["**/math.ts", "vendor/**"]', ['math']],
    ['coverage = true\ncoveragePathIgnorePatterns = "src/**"', sub],
    ['rerunEach = 2', sub],
    ['retry = 2', ['fails']],
    ['concurrentTestGlob = "**/other*.test.ts"', sub],
    ['onlyFailures = true', ['fails', 'sub']],
    ['reporter = { dots = true }', ['fails', 'sub']],
    ['reporter = { junit = "report.xml" }', sub],
    ['bail = 1\ntimeout = 1', ['fails', 'sub']],
  ])(
    '%s %j',
    (section, args) => {
      const actual = run('node', section, args);
      const expected = run('bun', section, args);
      expect(actual).toEqual(expected);
    },
    60_000,
  );

  test.each([
    'coverage = "yes"',
    'coverageThreshold = "x"',
    'coverageThreshold = { lines = "x" }',
    'coverageReporter = ["nope"]',
    'coverageReporter = 5',
    'coverageDir = 1',
    'coveragePathIgnorePatterns = 1',
    'pathIgnorePatterns = [1]',
    'concurrentTestGlob = []',
    'reporter = 1',
    'reporter = { dots = 1 }',
    'seed = 7',
    'randomize = true\nseed = "x"',
    'preload = 5',
  ])(
    'refused: %s',
    (section) => {
      const { status, stderr } = run('node', section, sub);
      const expected = run('bun', section, sub);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expected.stderr });
    },
    60_000,
  );
});
