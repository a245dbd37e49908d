import { expect, test } from 'bun:test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDxCompat } from '../runtime';

test('without a path', () => {
  expect(() => (Bun as any).openInEditor()).toThrow('No file path specified');
  expect(() => Bun.openInEditor('')).toThrow('No file path specified');
});

// Bun looks $EDITOR up once, before a test can set it.
test.skipIf(!isDxCompat || process.platform === 'win32')('starts the editor at the place', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bun-editor-'));
  const said = path.join(dir, 'said');
  for (const [name, words] of [
    ['code', `--goto\n${dir}/x.ts:7:3\n`],
    ['subl', `${dir}/x.ts:7:3\n`],
    ['nvim', `+7\n${dir}/x.ts\n`],
    ['other', `${dir}/x.ts:7:3\n`],
  ]) {
    const editor = path.join(dir, name);
    fs.writeFileSync(editor, `#!/bin/sh\nprintf '%s\\n' "$@" > ${said}.part && mv ${said}.part ${said}\n`, {
      mode: 0o755,
    });
    fs.rmSync(said, { force: true });
    expect(Bun.openInEditor(path.join(dir, 'x.ts'), { editor: editor as any, line: 7, column: 3 })).toBeUndefined();
    for (let i = 0; i < 400 && !fs.existsSync(said); i++) await Bun.sleep(10);
    expect(fs.readFileSync(said, 'utf8')).toBe(words);
  }
  fs.rmSync(dir, { recursive: true });
});
