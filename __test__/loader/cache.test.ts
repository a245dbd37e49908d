import { describe, expect, test } from 'bun:test';
import fs from 'node:fs';
import path from 'node:path';
import { isDxCompat } from '../runtime';
import { program } from './program';

// Real Bun keeps files of 50 kB and more only, and in a format of its own.
describe.skipIf(!isDxCompat)('the cache of emitted code', () => {
  const padding = `// ${'x'.repeat(8000)}\n`;
  const files = { 'main.ts': `${padding}enum E { A = 41 } console.log(JSON.stringify([E.A + 1]));` };

  test('is written to BUN_RUNTIME_TRANSPILER_CACHE_PATH and read again', () => {
    using app = program(files);
    const env = { BUN_RUNTIME_TRANSPILER_CACHE_PATH: path.join(app.folder, 'cache') };
    expect(app.json('main.ts', env)).toEqual([42]);
    const [entry, ...more] = fs.readdirSync(path.join(app.folder, 'cache'));
    expect(more).toEqual([]);
    expect(app.json('main.ts', env)).toEqual([42]);

    const file = path.join(app.folder, 'cache', entry);
    const whole = fs.readFileSync(file);
    for (const damage of [Buffer.alloc(0), whole.subarray(0, 40), Buffer.concat([whole, Buffer.from('x')])]) {
      fs.writeFileSync(file, damage);
      expect(app.json('main.ts', env)).toEqual([42]);
      expect(fs.readFileSync(file).equals(whole)).toBe(true);
    }
  });

  test('is off with 0, and a folder that cannot be made does no harm', () => {
    using app = program({ ...files, blocked: 'a file' });
    expect(app.json('main.ts', { BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0' })).toEqual([42]);
    expect(app.json('main.ts', { BUN_RUNTIME_TRANSPILER_CACHE_PATH: path.join(app.folder, 'blocked', 'x') })).toEqual([
      42,
    ]);
    expect(fs.readdirSync(app.folder).sort()).toEqual(['blocked', 'main.ts']);
  });

  test('changes with the source', () => {
    using app = program(files);
    const env = { BUN_RUNTIME_TRANSPILER_CACHE_PATH: path.join(app.folder, 'cache') };
    app.json('main.ts', env);
    fs.writeFileSync(path.join(app.folder, 'main.ts'), files['main.ts'].replace('41', '42'));
    expect(app.json('main.ts', env)).toEqual([43]);
  });
});
