import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'concurrency-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  path.join(folder, 'many.test.ts'),
  `import { afterAll, afterEach, beforeEach, test } from 'bun:test';
  let running = 0;
  const seen: number[] = [];
  beforeEach(() => void seen.push(++running));
  afterEach(() => void running--);
  const ends: (() => void)[] = [];
  const endOne = () => {
    ends.shift()?.();
    if (seen.length < 40 || ends.length > 0) setTimeout(endOne, 0);
  };
  setTimeout(endOne, 0);
  test.concurrent.each(Array.from({ length: 40 }, (_, at) => at))('%d', (_, done) => void ends.push(done));
  afterAll(() => console.log('seen ' + JSON.stringify(seen)));`,
);

test.each([
  [[], 20],
  [['--max-concurrency', '0'], 40],
  [['--max-concurrency', '3'], 3],
])('tests that run together begin together: %j', (flags, most) => {
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, 'test', ...flags, './many.test.ts'], {
    cwd: folder,
  });
  const seen = /seen (.*)/.exec(`${stdout}${stderr}`)?.[1] ?? '[]';
  expect(JSON.parse(seen)).toEqual(Array.from({ length: 40 }, (_, at) => Math.min(at + 1, most)));
  expect(exitCode).toBe(0);
});
