import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const folder = mkdtempSync(path.join(tmpdir(), 'serve-failure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program whose server has this `fetch`, and asks it once. */
function outcome(handler: string, rest = '', more = '') {
  const program = `
    const server = Bun.serve({ port: 0, development: false, fetch: ${handler}, ${more} });
    const answer = await fetch(server.url);
    console.log(answer.status, await answer.text());
    await server.stop(true);
    ${rest}`;
  const file = path.join(folder, 'program.ts');
  writeFileSync(file, program);
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, file]);
  return [String(stdout).trim(), exitCode, String(stderr).includes('boom')];
}

test('a handler that fails, and nobody who takes it: the program goes on, and has exit code 1', () => {
  const fails = "() => { throw new Error('boom'); }";
  expect(outcome(fails)).toEqual(['500 Something went wrong!', 1, true]);
  expect(outcome("async () => { throw new Error('boom'); }")).toEqual(['500 Something went wrong!', 1, true]);
  expect(outcome(fails, 'process.exitCode = 0;')).toEqual(['500 Something went wrong!', 1, true]);
  expect(outcome(fails, 'process.exit(0);')).toEqual(['500 Something went wrong!', 0, true]);
  expect(outcome(fails, '', "error: () => new Response('', { status: 501 })")).toEqual(['501', 0, false]);
  expect(outcome('() => undefined')).toEqual(['204', 0, false]);
});

// Bun cuts the connection.
test.skipIf(!isDxCompat)('an error handler that gives what only looks like a response', () => {
  const fails = "() => { throw new Error('boom'); }";
  const answer = "error: () => new Proxy(new Response('p'), {})";
  expect(outcome(fails, '', answer)).toEqual(['500 Something went wrong!', 1, true]);
});

test('in a test it fails the test', () => {
  writeFileSync(
    path.join(folder, 'a.test.ts'),
    `import { test } from 'bun:test';
    const ask = (more) => async () => {
      const server = Bun.serve({ port: 0, fetch() { throw new Error('boom'); }, ...more });
      await fetch(server.url);
      await server.stop(true);
    };
    test('fails', ask({}));
    test('passes', ask({ error: () => new Response('') }));`,
  );
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, 'test', './a.test.ts'], { cwd: folder });
  expect(String(stderr)).toContain('(fail) fails');
  expect(String(stderr)).toContain('(pass) passes');
  expect(String(stderr).match(/error: boom/g)).toHaveLength(1);
  expect(exitCode).toBe(1);
});
