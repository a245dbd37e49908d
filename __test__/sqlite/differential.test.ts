// Random schemas, values, queries, hostile calls and damaged files, answered as real Bun answers them. The scripts stand
// in __test__/fuzz, where compare.mjs runs them for longer.
import { expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const output = (program: string, script: string, seed: number) =>
  execFileSync(program, [path.join(import.meta.dir, '..', 'fuzz', script), String(seed), '25'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });

// On real Bun there is nothing to compare with.
test.skipIf(!isDxCompat).each([
  ['sqlite.mjs', 11],
  ['sqlite.mjs', 12],
  ['sqlite-hostile.mjs', 24],
  ['sqlite-hostile.mjs', 58],
  ['sqlite-corrupt.mjs', 3],
] as const)(
  '%s, seed %d',
  (script, seed) => {
    const bun = path.join(path.dirname(createRequire(import.meta.url).resolve('bun/package.json')), 'bin', 'bun.exe');
    const ours = output(process.execPath, script, seed).split('\n');
    const theirs = output(bun, script, seed).split('\n');
    expect(ours.length).toBeGreaterThan(200);
    const different = ours.findIndex((line, index) => line !== theirs[index]);
    expect(ours[different]).toBe(theirs[different]);
    expect(ours.length).toBe(theirs.length);
  },
  30_000,
);
