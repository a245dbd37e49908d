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

/**
 * @param {number} directories of 50 files, half of which are looked for
 * @param {(dir: string) => number | Promise<number>} scan
 */
function scanning(directories, scan) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'dx-bench-'));
  for (let i = 0; i < directories; i++) {
    fs.mkdirSync(path.join(dir, `d${i}/sub`), { recursive: true });
    for (let j = 0; j < 50; j++) fs.writeFileSync(path.join(dir, `d${i}/sub/f${j}.${j % 2 ? 'ts' : 'js'}`), '');
  }
  return {
    async run(/** @type {number} */ iterations) {
      for (let i = 0; i < iterations; i++)
        if ((await scan(dir)) !== directories * 25) throw new Error('files are missing');
    },
    close: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}

/** @param {string} pattern */
const matchCase = (pattern) => ({
  name: `Glob.match, ${pattern}`,
  bun: () => {
    const glob = new Bun.Glob(pattern);
    return matching((file) => glob.match(file));
  },
  peers: {
    'path.matchesGlob': () => matching((file) => path.matchesGlob?.(file, pattern) ?? true),
  },
});

/** @param {string} size @param {number} directories */
const scanCases = (size, directories) => {
  const peers = {
    'fast-glob': ({ require }) => {
      const { globSync } = require('fast-glob');
      return scanning(directories, (cwd) => globSync('**/*.ts', { cwd }).length);
    },
    tinyglobby: ({ require }) => {
      const { globSync } = require('tinyglobby');
      return scanning(directories, (cwd) => globSync('**/*.ts', { cwd }).length);
    },
    'fs.readdirSync recursive': () =>
      scanning(
        directories,
        (dir) => fs.readdirSync(dir, { recursive: true }).filter((file) => String(file).endsWith('.ts')).length,
      ),
  };
  return [
    {
      name: `Glob.scanSync, ${size} files`,
      bun: () => {
        const glob = new Bun.Glob('**/*.ts');
        return scanning(directories, (dir) => [...glob.scanSync(dir)].length);
      },
      peers,
      limit: ['benchmark/glob/walk.c', directories],
    },
    {
      name: `Glob.scan, ${size} files`,
      bun: () => {
        const glob = new Bun.Glob('**/*.ts');
        return scanning(directories, async (dir) => {
          let count = 0;
          for await (const file of glob.scan(dir)) if (file) count++;
          return count;
        });
      },
      peers: {
        'fast-glob': ({ require }) => {
          const { glob } = require('fast-glob');
          return scanning(directories, async (cwd) => (await glob('**/*.ts', { cwd })).length);
        },
        tinyglobby: ({ require }) => {
          const { glob } = require('tinyglobby');
          return scanning(directories, async (cwd) => (await glob('**/*.ts', { cwd })).length);
        },
      },
      limit: ['benchmark/glob/walk.c', directories],
    },
  ];
};

export default [
  matchCase('src/**/*.ts'),
  matchCase('src/*/deep/file?[0-9].{ts,js}'),
  ...scanCases('5,000', 100),
  ...scanCases('100,000', 2000),
];
