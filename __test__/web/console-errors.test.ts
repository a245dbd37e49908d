import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'console-errors-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a module prints, without columns. */
function printed(source: string, env: Record<string, string> = { NO_COLOR: '1' }) {
  const file = path.join(folder, 'main.mjs');
  writeFileSync(file, source);
  const { stdout, stderr } = Bun.spawnSync([process.execPath, file], {
    env: { PATH: process.env.PATH, ...env } as any,
  });
  return `${stdout}${stderr}`
    .replaceAll(file, 'FILE')
    .replaceAll(/:\d+$/gm, '')
    .replaceAll(/^ +\^$/gm, '^');
}

test('an error has its source, and no frame of the runtime', () => {
  expect(printed(`const one = 1;\nconsole.log(new TypeError('a'));`)).toBe(
    `1 | const one = 1;\n2 | console.log(new TypeError('a'));\n^\nTypeError: a\n      at FILE:2\n\n`,
  );
});

test('console.warn shows errors as warnings, without their source', () => {
  const at = (line: number) => `      at FILE:${line}\n`;
  expect(
    printed(`const one = 1;
console.warn(new Error('a'));
console.warn('x', new TypeError('b'));
console.warn({ e: new Error('c') });
console.warn(new Error('d', { cause: new Error('e') }));
console.error(new Error('f'));`),
  ).toBe(
    `warn: a\n${at(2)}\nx TypeError: b\n${at(3)}\n{\n  e: warn: c\n${at(4)},\n}\nwarn: d\n${at(5)}\nwarn: e\n${at(5)}\n` +
      `1 | const one = 1;\n2 | console.warn(new Error('a'));\n3 | console.warn('x', new TypeError('b'));\n4 | console.warn({ e: new Error('c') });\n` +
      `5 | console.warn(new Error('d', { cause: new Error('e') }));\n6 | console.error(new Error('f'));\n^\nerror: f\n${at(6)}\n`,
  );
  expect(printed(`console.warn(new Error('a'));`, { FORCE_COLOR: '1' })).toStartWith(
    '\x1b[0m\x1b[33mwarn\x1b[0m\x1b[2m:\x1b[0m \x1b[1ma\x1b[0m\n',
  );
});
