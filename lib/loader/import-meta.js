'use strict';

/**
 * Bun's additions to `import.meta`.
 *
 * @see https://bun.com/docs/runtime/module-resolution#import-meta
 */

const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { resolve, urlOf } = require('./resolve');

/** @param {any} meta `import.meta` of a module, as Node made it */
function extend(meta) {
  const { url } = meta;
  const filename = url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : url;
  const dirname = path.dirname(filename);
  const define = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    Object.defineProperty(meta, name, { value, enumerable: true, writable: true, configurable: true });
  define('dir', dirname);
  define('dirname', dirname);
  define('file', path.basename(filename));
  define('filename', filename);
  define('path', filename);
  define('env', process.env);
  define('main', isMain(filename));
  define('resolve', (/** @type {string} */ specifier, /** @type {string | URL} */ parent) =>
    resolveUrl(specifier, parent ? String(parent) : filename),
  );
  define('resolveSync', (/** @type {string} */ specifier, /** @type {string | URL} */ parent) =>
    resolvePath(specifier, parent ? String(parent) : filename),
  );
  Object.defineProperty(meta, 'require', {
    enumerable: true,
    configurable: true,
    get() {
      return require('./runtime').runtime.requireOf(url);
    },
  });
}

/** @param {string} filename */
function isMain(filename) {
  return require('node:worker_threads').isMainThread && require('./main').get() === filename;
}

/** @param {string} specifier @param {string} parent @returns {string} a URL */
function resolveUrl(specifier, parent) {
  const found = resolve(specifier, toPath(parent), false);
  if (!found) return specifier;
  return found.kind === 'file' ? urlOf(found) : found.name;
}

/** @param {string} specifier @param {string} parent @returns {string} a path */
function resolvePath(specifier, parent) {
  const found = resolve(specifier, toPath(parent), false);
  if (!found) return specifier;
  return found.kind === 'file' ? found.path : found.name;
}

/** @param {string} parent */
function toPath(parent) {
  return parent.startsWith('file:') ? fileURLToPath(parent) : parent;
}

module.exports = { extend, resolveUrl, resolvePath, pathToFileURL };
