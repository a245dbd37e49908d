// Writers that are killed in the middle of what they do (__test__/fuzz/sqlite-kill.mjs runs longer).
import { expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

// Windows has no signal that ends a process at once.
test.skipIf(process.platform === 'win32')(
  'what was committed is there, whole; nothing else is',
  () => {
    const script = path.join(import.meta.dir, '..', 'fuzz', 'sqlite-kill.mjs');
    const output = execFileSync(process.execPath, [script, '5', '12'], { encoding: 'utf8' });
    const [, kills, committed] = /^(\d+) kills .*: (\d+) transactions .* all are there/.exec(output)!.map(Number);
    expect(kills).toBeGreaterThanOrEqual(12);
    expect(committed).toBeGreaterThan(0);
  },
  60_000,
);
