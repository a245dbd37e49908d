// Bundles: a file alone, and an application of packages from node_modules with some hundred modules.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

const SMALL = `export interface Point { x: number; y: number }
export const length = ({ x, y }: Point): number => Math.hypot(x, y);
console.log(length({ x: 3, y: 4 }));
`;

const APPLICATION = `import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { jwt } from 'hono/jwt';
import { logger } from 'hono/logger';
import { Kysely, SqliteDialect } from 'kysely';
import { sqliteTable, text, integer } from 'drizzle-orm/sqlite-core';
import { and, eq, sql } from 'drizzle-orm';
const users = sqliteTable('users', { id: integer('id').primaryKey(), name: text('name') });
const app = new Hono().use(cors()).use(logger()).use('/private/*', jwt({ secret: 'x', alg: 'HS256' }));
app.get('/', (c) => c.json([String(and(eq(users.id, 1), sql\`1\`)), typeof Kysely, typeof SqliteDialect]));
export default app;
`;

/** A folder in the repository, so that its packages are found. @param {string} source */
function entry(source) {
  const folder = fs.mkdtempSync(path.join(root, 'target', 'bench-build-'));
  const file = path.join(folder, 'entry.ts');
  fs.writeFileSync(file, source);
  return { file, close: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** @param {string} source @param {(file: string) => Promise<number>} bundle gives the size of what it made */
function bundling(source, bundle) {
  const { file, close } = entry(source);
  return {
    async run(/** @type {number} */ iterations) {
      for (let i = 0; i < iterations; i++) if ((await bundle(file)) < 50) throw new Error('nothing was bundled');
    },
    close,
  };
}

/** Looks at every module and changes none. */
const looking = {
  name: 'looking',
  setup(/** @type {any} */ build) {
    build.onLoad({ filter: /\.[cm]?[jt]s$/ }, () => undefined);
  },
};

/** @param {string} name @param {string} source @param {object} ours @param {object} theirs the same for esbuild */
const buildCase = (name, source, ours, theirs) => ({
  name,
  bun: () =>
    bundling(source, async (file) => {
      const { outputs } = await Bun.build({ entrypoints: [file], target: 'node', ...ours });
      return outputs[0].size;
    }),
  peers: {
    esbuild: ({ require }) => {
      const esbuild = require('esbuild');
      const options = {
        bundle: true,
        write: false,
        outdir: '/out',
        platform: 'node',
        format: 'esm',
        logLevel: 'silent',
      };
      return bundling(source, async (file) => {
        const { outputFiles } = await esbuild.build({ entryPoints: [file], ...options, ...theirs });
        return outputFiles.at(-1).contents.length;
      });
    },
  },
});

export default [
  buildCase('Bun.build, one file', SMALL, {}, {}),
  buildCase('Bun.build, an application of 3 packages', APPLICATION, {}, {}),
  buildCase(
    'Bun.build, minified, with a source map',
    APPLICATION,
    { minify: true, sourcemap: 'external' },
    { minify: true, sourcemap: 'external' },
  ),
  buildCase(
    'Bun.build, a plugin that looks at every module',
    APPLICATION,
    { plugins: [looking] },
    { plugins: [looking] },
  ),
];
