// Matches paths and finds files.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PATHS = Array.from({ length: 100 }, (_, i) => `src/area${i % 7}/deep/file${i}.${i % 3 ? 'ts' : 'js'}`);

/** @param {(file: string) => boolean} match */
const matching = (match) => ({
  async run(/** @type {number} */ iterations) {
    let found = 0;
    for (let i = 0; i < iterations; i++) if (match(PATHS[i % PATHS.length])) found += 1;
    if (iterations > PATHS.length && found === 0) throw new Error('nothing matched');
  },
});

/** @param {(dir: string) => number} scan */
function scanning(scan) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-bench-'));
  for (let i = 0; i < 100; i++) {
    fs.mkdirSync(path.join(dir, `d${i}/sub`), { recursive: true });
    for (let j = 0; j < 50; j++) fs.writeFileSync(path.join(dir, `d${i}/sub/f${j}.${j % 2 ? 'ts' : 'js'}`), '');
  }
  return {
    async run(/** @type {number} */ iterations) {
      for (let i = 0; i < iterations; i++) if (scan(dir) !== 2500) throw new Error('files are missing');
    },
    close: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}

export default [
  {
    name: 'Glob.match, src/**/*.ts',
    bun: () => {
      const glob = new Bun.Glob('src/**/*.ts');
      return matching((file) => glob.match(file));
    },
    peers: { 'path.matchesGlob': () => matching((file) => path.matchesGlob?.(file, 'src/**/*.ts') ?? true) },
  },
  {
    name: 'Glob.scanSync, 5,000 files',
    bun: () => {
      const glob = new Bun.Glob('**/*.ts');
      return scanning((dir) => [...glob.scanSync(dir)].length);
    },
    peers: {
      'fs.readdirSync recursive': () =>
        scanning(
          (dir) => fs.readdirSync(dir, { recursive: true }).filter((file) => String(file).endsWith('.ts')).length,
        ),
    },
  },
];
