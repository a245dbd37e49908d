import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

/**
 * The same test files on real Bun and on this runner: what they print, how they exit and what they
 * write is the same. It starts both runtimes itself, so it runs once, on Node.
 */

const root = path.join(import.meta.dir, '../..');
const runners = {
  bun: [path.join(root, 'node_modules/.bin/bun'), 'test'],
  node: [process.execPath, 'test'],
};
type Side = keyof typeof runners;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dx-compat-runs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the fixtures for one side. */
function fixtures(name: string) {
  const copy = path.join(folder, name, 'runs');
  if (!existsSync(copy)) cpSync(path.join(import.meta.dir, 'fixtures/runs'), copy, { recursive: true });
  return copy;
}

function run(
  side: Side,
  args: string[],
  { cwd = fixtures(side), env = {} as Record<string, string | undefined> } = {},
) {
  const [command, ...first] = runners[side];
  const clean: Record<string, string | undefined> = {
    ...process.env,
    CI: undefined,
    NODE_ENV: undefined,
    TZ: undefined,
    NO_COLOR: '1',
    ...env,
  };
  for (const name of Object.keys(clean)) if (clean[name] === undefined) delete clean[name];
  const { status, stdout, stderr } = spawnSync(command, [...first, ...args], {
    cwd,
    env: clean as any,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout: normal(stdout), stderr: normal(stderr) };
}

/** Without times, versions and where the copy lies. */
const normal = (text: string) =>
  text
    .replaceAll(path.join(folder, 'bun'), '<folder>')
    .replaceAll(path.join(folder, 'node'), '<folder>')
    .replaceAll(/^bun test v.*\n/gm, '')
    .replaceAll(/^\d+ files were searched/gm, 'files were searched')
    .replaceAll(/ ?\[[\d.]+m?s\]/g, '')
    .replaceAll(/[ \t]+$/gm, '');

describe.skipIf(!isDxCompat)('as on real Bun', () => {
  const files = readdirSync(path.join(import.meta.dir, 'fixtures/runs')).filter((name) => /\.test\.ts$/.test(name));

  test.each(files)(
    '%s',
    (file) => {
      expect(run('node', [`./${file}`])).toEqual(run('bun', [`./${file}`]));
    },
    60_000,
  );

  test.each([
    [['--bail', './failures.test.ts', './only.test.ts']],
    [['--bail=2', './failures.test.ts']],
    [['--rerun-each=2', './only.test.ts', './empty.test.ts']],
    [['--todo', './only.test.ts', './order.test.ts']],
    [['--only', './only.test.ts', './retry.test.ts']],
    [['--dots', './titles.test.ts', './failures.test.ts']],
    [['--only-failures', './failures.test.ts']],
    [['--retry=2', './retry.test.ts']],
    [['--timeout=2000', './retry.test.ts', '-t', 'timeout|options']],
    [['-t', 'works|passes', './failures.test.ts']],
    [['-t', 'matches nothing at all', './failures.test.ts', './only.test.ts']],
    [['-t', 'matches nothing at all', './one.test.ts']],
    [['no-such-filter']],
    [['./no-such-file.test.ts']],
    [['--pass-with-no-tests', 'no-such-filter']],
    [['--shard=1/3', 'e']],
    [['--preload', './user.ts', './only.test.ts']],
    [['--todo', './failures.test.ts', '-t', 'todo one']],
  ])(
    '%j',
    (args) => {
      expect(run('node', args)).toEqual(run('bun', args));
    },
    60_000,
  );

  test('the JUnit report', () => {
    const report = (side: Side) => {
      const file = path.join(folder, `${side}.xml`);
      run(side, [
        '--reporter=junit',
        `--reporter-outfile=${file}`,
        './failures.test.ts',
        './order.test.ts',
        './hooks-that-fail.test.ts',
        './retry.test.ts',
        './only.test.ts',
      ]);
      return readFileSync(file, 'utf8')
        .replaceAll(/ time="[^"]*"/g, '')
        .replaceAll(path.join(folder, side), '<folder>');
    };
    expect(report('node')).toBe(report('bun'));
  }, 60_000);

  test.each([
    ['bun', 'node'],
    ['node', 'bun'],
  ] as [Side, Side][])(
    'snapshots that %s wrote pass on %s',
    (writer, reader) => {
      const cwd = fixtures(`${writer}-first`);
      const tests = ['./snapshots.test.ts', './formats.test.ts', './inline.test.ts'];
      run(writer, tests, { cwd });
      const { stderr } = run(reader, tests, { cwd, env: { CI: 'true' } });
      expect([...new Set(stderr.match(/^\(fail\).*/gm))]).toEqual(['(fail) inline']); // one of its snapshots is wrong on purpose
      expect(stderr).toContain('Expected:\nReceived: {}');
    },
    60_000,
  );

  test.each(['snapshots.test.ts.snap', 'formats.test.ts.snap'])('%s has the same bytes', (name) => {
    const read = (side: Side) => readFileSync(path.join(fixtures(side), '__snapshots__', name), 'utf8');
    expect(read('node')).toBe(read('bun'));
  });

  test('inline snapshots stand in the source the same way', () => {
    const read = (side: Side) => readFileSync(path.join(fixtures(side), 'inline.test.ts'), 'utf8');
    expect(read('node')).toBe(read('bun'));
  });

  test('a new snapshot in CI fails', () => {
    const env = { CI: 'true' };
    const args = ['./formats.test.ts', '-t', 'num|nested$'];
    expect(run('node', args, { cwd: fixtures('node/ci'), env })).toEqual(
      run('bun', args, { cwd: fixtures('bun/ci'), env }),
    );
  }, 60_000);
});
