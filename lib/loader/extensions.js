'use strict';

/**
 * Which of Bun's loaders reads a file, by extension: what running and bundling have in common.
 *
 * @see bun-types/docs/bundler/loaders.mdx
 * @type {Readonly<Record<string, string>>}
 */
module.exports = Object.freeze({
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.css': 'css',
  '.json': 'json',
  '.jsonc': 'jsonc',
  '.json5': 'json5',
  '.toml': 'toml',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.txt': 'text',
  '.text': 'text',
  '.html': 'html',
  '.wasm': 'wasm',
  '.node': 'napi',
});
