import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'console-lines-'));
const program = path.join(folder, 'lines.ts');
writeFileSync(
  program,
  `const take = async () => {
    const taken: string[] = [];
    for await (const line of console) {
      if (line === 'break') break;
      taken.push(line);
    }
    return taken;
  };
  console.write(JSON.stringify([await take(), await take()]));`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['hello\nworld\nbreak\nanother\nbreak\n', [['hello', 'world'], ['another']]],
  ['a\nbreak\nb\nc\n', [['a'], ['b', 'c']]],
  ['\n\nbreak\n\n', [['', ''], ['']]],
  ['', [[], []]],
])('what a loop over the console leaves is for the next one: %j', (input, lines) => {
  const { stdout } = Bun.spawnSync([process.execPath, program], { stdin: Buffer.from(input) });
  expect(JSON.parse(String(stdout))).toEqual(lines);
});
