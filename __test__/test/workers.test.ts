import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dx-compat-workers-'));
  const files: Record<string, string> = {
    'a-exit.test.ts': 'test("before", () => {}); test("exits", () => process.exit(0)); test("after", () => {});',
    'b-killed.test.ts':
      'test("killed", async () => { process.kill(process.pid, "SIGKILL"); await new Promise(() => {}); });',
    'c-stuck.test.ts': 'test("stuck", () => { while (true); }, 50);',
    'never-ends.test.ts':
      'test("fine", () => { process.on("exit", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)); });',
    'd-fine.test.ts': 'test("fine", () => expect(process.env.NODE_ENV).toBe("test"));',
    'preloaded.ts': 'import { beforeEach } from "bun:test"; beforeEach(() => console.log("from the preload"));',
    'handles.test.ts':
      'test("leaves a timer and a server", () => { setInterval(() => {}, 1000); require("net").createServer().listen(0); });',
    'unawaited.test.ts':
      'test("not awaited", () => { expect(new Promise((r) => setTimeout(r, 5, 1))).resolves.toBe(2); });',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const env = { ...process.env, NODE_ENV: '', NO_COLOR: '1', CI: '' } as Record<string, string>;
  delete env.NODE_ENV;
  delete env.CI;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test', ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr: stderr.replaceAll(/ ?\[[\d.]+m?s\]/g, '') };
}

// real Bun runs all files in one process, which these tests end or block
describe.skipIf(!isDxCompat)('what a test does to its process', () => {
  test('is reported, and the run goes on', () => {
    const { status, stderr } = run('a-exit', 'b-killed', 'c-stuck', 'd-fine');
    expect(stderr).toContain('(pass) before\n✗ a-exit.test.ts (worker crashed: exit code 0)\n');
    expect(stderr).toContain('✗ b-killed.test.ts (worker crashed: SIGKILL)\n');
    expect(stderr).toContain('(fail) stuck\n  ^ this test timed out after 50ms.\n');
    expect(stderr).toContain('(pass) fine\n\n 2 pass\n 3 fail\n');
    expect(stderr).toContain('Ran 5 tests across 4 files.');
    expect(status).toBe(1);
  }, 60_000);

  test('also side by side', () => {
    const { status, stderr } = run('--parallel=2', 'a-exit', 'b-killed', 'd-fine');
    expect(stderr).toContain(' 2 pass\n 2 fail\n');
    expect(status).toBe(1);
  }, 60_000);

  test('does not keep it from ending', () => {
    const { status, stderr } = run('never-ends', 'd-fine');
    expect(stderr).toContain(' 2 pass\n 0 fail\n');
    expect(status).toBe(0);
  }, 60_000);
});

test('open handles do not keep the run alive', () => {
  expect(run('./handles.test.ts').status).toBe(0);
}, 60_000);

test('a preload adds hooks', () => {
  expect(run('--preload', './preloaded.ts', './d-fine.test.ts')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('from the preload'),
  });
}, 60_000);

test('an assertion on a promise counts without await', () => {
  const { status, stderr } = run('./unawaited.test.ts');
  expect(stderr).toContain('Expected: 2\nReceived: 1\n');
  expect(status).toBe(1);
}, 60_000);
