// Random schemas, values and queries, answered as real Bun answers them (__test__/fuzz/sqlite.mjs runs longer).
import { expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isDxCompat } from '../runtime';

const script = path.join(import.meta.dir, '..', 'fuzz', 'sqlite.mjs');
const output = (program: string, seed: number) =>
  execFileSync(program, [script, String(seed), '25'], { encoding: 'utf8', maxBuffer: 1 << 26 });

// On real Bun there is nothing to compare with.
test.skipIf(!isDxCompat).each([11, 12, 13])(
  'seed %d',
  (seed) => {
    const bun = path.join(path.dirname(createRequire(import.meta.url).resolve('bun/package.json')), 'bin', 'bun.exe');
    const [ours, theirs] = [output(process.execPath, seed).split('\n'), output(bun, seed).split('\n')];
    expect(ours.length).toBeGreaterThan(300);
    const different = ours.findIndex((line, index) => line !== theirs[index]);
    expect(ours[different]).toBe(theirs[different]);
    expect(ours.length).toBe(theirs.length);
  },
  30_000,
);
