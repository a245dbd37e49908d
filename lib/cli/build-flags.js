'use strict';

/**
 * The flags of `dx-compat build`, and the config of `Bun.build` that they make.
 *
 * @see bun-types/docs/bundler/index.mdx
 */

const path = require('node:path');
const { parseFlags, runtimeFlags, UsageError } = require('./flags');

/** @type {import('./flags').Table} */
const buildFlags = {
  ...runtimeFlags,
  production: ['switch', 'honoured'],
  target: ['value', 'honoured'],
  format: ['value', 'honoured'],
  outdir: ['value', 'honoured'],
  outfile: ['value', 'honoured'],
  root: ['value', 'honoured'],
  sourcemap: ['optional', 'honoured'],
  metafile: ['optional', 'honoured'],
  banner: ['value', 'honoured'],
  footer: ['value', 'honoured'],
  splitting: ['switch', 'honoured'],
  'public-path': ['value', 'honoured'],
  external: ['list', 'honoured', 'e'],
  packages: ['value', 'honoured'],
  'entry-naming': ['value', 'honoured'],
  'chunk-naming': ['value', 'honoured'],
  'asset-naming': ['value', 'honoured'],
  minify: ['switch', 'honoured'],
  'minify-syntax': ['switch', 'honoured'],
  'minify-whitespace': ['switch', 'honoured'],
  'minify-identifiers': ['switch', 'honoured'],
  'keep-names': ['switch', 'honoured'],
  env: ['value', 'honoured'],
  drop: ['list', 'honoured'],
  feature: ['list', 'honoured'],
  'no-bundle': ['switch', 'honoured'],
  'ignore-dce-annotations': ['switch', 'honoured'],
  'jsx-side-effects': ['switch', 'honoured'],
  // what changes the shape of a bundle and not what it does
  'emit-dce-annotations': ['switch', 'ignored'],
  'no-split-require': ['switch', 'ignored'],
  'no-module-preload': ['switch', 'ignored'],
  'css-chunking': ['switch', 'ignored'],
  'no-deprecated-namespace-object-setters': ['switch', 'ignored'],
  // not there yet
  compile: ['switch', 'unsupported'],
  bytecode: ['switch', 'unsupported'],
  'bytecode-depth': ['value', 'unsupported'],
  'metafile-md': ['value', 'unsupported'],
  'reject-unresolved': ['switch', 'unsupported'],
  'allow-unresolved': ['list', 'unsupported'],
  'min-chunk-size': ['value', 'unsupported'],
  'react-fast-refresh': ['switch', 'unsupported'],
  'react-compiler': ['switch', 'unsupported'],
  app: ['switch', 'unsupported'],
  'no-macros': ['switch', 'unsupported'],
};

// Evaluating code is no part of building it: `-e` is `--external` here, `-p` nothing.
for (const name of ['eval', 'print']) delete buildFlags[name];

/**
 * Flags may stand before, between and after the entry points.
 *
 * @param {string[]} args
 * @param {Record<string, any>} before flags that stood before `build`
 * @returns {{ flags: Record<string, any>, entrypoints: string[] }}
 */
function parseBuild(args, before) {
  /** @type {Record<string, any>} */
  const flags = { ...before };
  const entrypoints = [];
  for (let left = args; left.length;) {
    const { rest, separated } = parseFlags(left, buildFlags, flags);
    if (separated) {
      entrypoints.push(...rest);
      break;
    }
    if (rest.length) entrypoints.push(rest[0]);
    left = rest.slice(1);
  }
  return { flags, entrypoints };
}

/**
 * @param {Record<string, any>} flags
 * @param {string[]} entrypoints
 * @param {Record<string, any>} loading what the flags of every command say of loading modules
 * @returns {any}
 * @throws {UsageError}
 */
function configOf(flags, entrypoints, { define, loader, jsx, conditions, tsconfig }) {
  const all = Boolean(flags.minify || flags.production);
  const { outfile } = flags;
  return {
    entrypoints,
    target: oneOf(flags, 'target', ['browser', 'bun', 'node'], (value) => `Invalid target: "${value}"`),
    format: oneOf(
      flags,
      'format',
      ['esm', 'cjs', 'iife'],
      (value) => `Invalid value for --format: "${value}". Must be 'esm', 'cjs', or 'iife'.`,
    ),
    packages: oneOf(flags, 'packages', ['bundle', 'external'], (value) => `Invalid packages setting: "${value}"`),
    sourcemap: sourcemapOf(flags),
    outdir: flags.outdir ?? (outfile && path.dirname(outfile)),
    root: flags.root,
    naming: {
      entry: flags['entry-naming'] ?? (outfile && path.basename(outfile).replace(/\.js$/, '.[ext]')),
      chunk: flags['chunk-naming'] ?? '[name]-[hash].[ext]',
      asset: flags['asset-naming'] ?? '[name]-[hash].[ext]',
    },
    splitting: Boolean(flags.splitting),
    publicPath: flags['public-path'],
    external: flags.external,
    banner: flags.banner,
    footer: flags.footer,
    drop: flags.drop,
    features: flags.feature,
    env: envOf(flags),
    minify: {
      whitespace: all || Boolean(flags['minify-whitespace']),
      syntax: all || Boolean(flags['minify-syntax']),
      identifiers: all || Boolean(flags['minify-identifiers']),
      keepNames: Boolean(flags['keep-names']),
    },
    ignoreDCEAnnotations: flags['ignore-dce-annotations'],
    metafile: true,
    throw: false,
    define: flags.production ? { 'process.env.NODE_ENV': '"production"', ...define } : define,
    loader,
    // Any flag about JSX means the runtime of production.
    jsx: {
      ...jsx,
      sideEffects: flags['jsx-side-effects'],
      development: jsx?.runtime === undefined ? undefined : false,
    },
    conditions,
    tsconfig,
  };
}

/** @param {Record<string, any>} flags @param {string} name @param {string[]} words @param {(value: string) => string} complaint */
function oneOf(flags, name, words, complaint) {
  const value = flags[name];
  if (value === undefined || words.includes(value)) return value;
  throw new UsageError(complaint(value));
}

/** Without a value it is `linked`. @param {Record<string, any>} flags */
function sourcemapOf(flags) {
  if (flags.sourcemap === true || flags.sourcemap === '') return 'linked';
  const words = ['none', 'linked', 'inline', 'external'];
  return oneOf(flags, 'sourcemap', words, (value) => `Invalid sourcemap setting: "${value}"`);
}

/** @param {Record<string, any>} flags */
function envOf({ env }) {
  if (env === undefined || env === 'inline' || env === 'disable' || env.includes('*')) return env;
  throw new UsageError("Expected 'env' to be 'inline', 'disable', or a prefix with a '*' character");
}

module.exports = { parseBuild, configOf };
