'use strict';

/**
 * Which of Bun's loaders reads a file.
 *
 * @see bun-types/docs/bundler/loaders.mdx
 */

/** @type {Record<string, string>} */
const byExtension = {
  '.js': 'jsx',
  '.jsx': 'jsx',
  '.mjs': 'js',
  '.cjs': 'js',
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
  '.wasm': 'wasm',
  '.node': 'napi',
  '.html': 'html',
};

/** @param {string} file @param {Record<string, string>} given `loader` of the config @returns {string} */
function loaderOf(file, given) {
  const name = file.slice(file.lastIndexOf('/') + 1);
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const loader = given[name.slice(dot)] ?? byExtension[name.slice(dot)];
    if (loader) return loader;
  }
  return name.includes('.') ? 'file' : 'js';
}

module.exports = { loaderOf };
