'use strict';

/**
 * The native resolver and transpiler of this environment, made on first use.
 */

const path = require('node:path');
const { native } = require('../internal/native');

/** @type {import('./index').LoaderOptions} */
let options = {};
/** @type {any} */
let engine;
/** @type {any} */
let namespace;
let busy = false;

/** @type {Record<string, string>} extension -> Bun's loader */
const loaders = {
  __proto__: /** @type {any} */ (null),
  ...require('./extensions'),
  '.md': 'md',
  '.markdown': 'md',
  '.xml': 'xml',
  '.sqlite': 'sqlite',
  '.sh': 'file',
};

/** @param {import('./index').LoaderOptions} given */
function configure(given) {
  options = given;
  if (given.reportTo !== undefined) require('./loaded').reportTo(given.reportTo);
  if (given.evaluated) Object.assign(require('./evaluated').evaluated, given.evaluated);
  engine = undefined;
  for (const [extension, loader] of Object.entries(given.loader ?? {})) {
    loaders[extension.startsWith('.') ? extension : `.${extension}`] = loader;
  }
}

/** @returns {import('./index').LoaderOptions} */
function configured() {
  return options;
}

/** The native functions that need no engine. */
function binding() {
  if (!namespace) {
    namespace = native('bun-core', 'transpiler');
    require('./messages').register();
  }
  return namespace;
}

/** The same for stack traces, which are also asked for while the addon is being loaded. */
function readyBinding() {
  if (namespace) return namespace;
  const entry = require.cache[require.resolve('../binding')];
  if (busy || (entry && !entry.loaded)) return undefined;
  busy = true;
  try {
    return binding();
  } catch {
    return undefined; // no addon: no maps either
  } finally {
    busy = false;
  }
}

function get() {
  if (engine) return engine;
  const { Engine } = binding();
  engine = new Engine({
    conditions: options.conditions,
    tsconfig: options.tsconfig && path.resolve(options.tsconfig),
    production: process.env.NODE_ENV === 'production',
    lowerUsing: Number(process.versions.node.split('.')[0]) < 24,
    mockable: options.mockable,
    jsx: options.jsx,
    cache: require('./cache-folder').cacheFolder(),
    define: Object.entries(options.define ?? {}),
  });
  return engine;
}

/**
 * Emits a script.
 *
 * @param {string} filename
 * @param {string} loader `js`, `jsx`, `ts` or `tsx`
 * @param {boolean} wantRequests
 * @returns {{ code: string, esm: boolean, requests?: { specifier: string, names: string[] }[] }}
 */
function load(filename, loader, wantRequests) {
  try {
    return get().load(filename, loader, undefined, wantRequests);
  } catch (error) {
    throw require('./messages').complete(error);
  }
}

/**
 * Bun's loader for a file.
 *
 * @param {string} filename
 * @returns {string} `js`, `tsx`, `json`, `file`, …
 */
function loaderOf(filename) {
  const extension = path.extname(filename);
  return loaders[extension] ?? (extension === '' ? 'tsx' : 'file');
}

/** Whether Bun has a loader for files of this name. @param {string} filename */
function isKnown(filename) {
  const extension = path.extname(filename);
  return extension === '' || extension in loaders;
}

module.exports = { configure, configured, binding, readyBinding, get, load, loaderOf, isKnown };
