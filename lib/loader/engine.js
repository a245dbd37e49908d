'use strict';

/**
 * The native resolver and transpiler of this environment, made on first use.
 */

const path = require('node:path');
const { native } = require('../internal/native');
const { registerClass } = require('../internal/errors');

/** @type {import('./index').LoaderOptions} */
let options = {};
/** @type {any} */
let engine;

/** @type {Record<string, string>} extension -> Bun's loader */
const loaders = {
  __proto__: /** @type {any} */ (null),
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.json': 'json',
  '.jsonc': 'jsonc',
  '.json5': 'json5',
  '.toml': 'toml',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.txt': 'text',
  '.html': 'html',
  '.css': 'css',
  '.wasm': 'wasm',
  '.node': 'napi',
};

/** @param {import('./index').LoaderOptions} given */
function configure(given) {
  options = given;
  if (given.reportTo !== undefined) require('./loaded').reportTo(given.reportTo);
  if (given.evaluated) Object.assign(require('./evaluated').evaluated, given.evaluated);
  engine = undefined;
  if (given.loader) Object.assign(loaders, given.loader);
}

function get() {
  if (engine) return engine;
  const { BuildMessage, ResolveMessage } = require('./messages');
  registerClass('BuildMessage', BuildMessage);
  registerClass('ResolveMessage', ResolveMessage);
  const { Engine } = native('bun-core', 'transpiler');
  engine = new Engine({
    conditions: options.conditions,
    tsconfig: options.tsconfig && path.resolve(options.tsconfig),
    production: process.env.NODE_ENV === 'production',
    lowerUsing: Number(process.versions.node.split('.')[0]) < 24,
    mockable: options.mockable,
  });
  return engine;
}

/**
 * Bun's loader for a file.
 *
 * @param {string} filename
 * @returns {string} `js`, `tsx`, `json`, `file`, …
 */
function loaderOf(filename) {
  return loaders[path.extname(filename)] ?? 'file';
}

module.exports = { configure, get, loaderOf };
