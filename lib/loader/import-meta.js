'use strict';

/**
 * Bun's additions to `import.meta`.
 *
 * @see https://bun.com/docs/runtime/module-resolution#import-meta
 */

const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { inspect } = require('node:util');
const { resolve, urlOf } = require('./resolve');

/** What `console.log(import.meta)` shows: none of what every module has. */
class ImportMeta {}

/** @this {any} */
function inspectMeta() {
  return Object.assign(new ImportMeta(), this);
}

/** @param {any} meta `import.meta` of a module, as Node made it */
function extend(meta) {
  const given = meta.url.replace(/[?&]dx-again=\d+$/, '');
  const isBlob = given.startsWith('blob:');
  const url = isBlob ? `file:///${given}` : given; // in Bun a blob is a file of the root
  const filename = fileOf(given);
  const dirname = isBlob ? '' : path.dirname(filename);
  const from = isBlob ? path.resolve('blob') : filename;
  const define = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    Object.defineProperty(meta, name, { value, enumerable: false, writable: true, configurable: true });
  define('url', url);
  define('dir', dirname);
  define('dirname', dirname);
  define('file', path.basename(filename));
  define('filename', filename);
  define('path', filename);
  define('env', process.env);
  define('main', isMain(filename));
  define('resolve', (/** @type {string} */ specifier, /** @type {string | URL} */ parent) =>
    resolveUrl(specifier, parent ? String(parent) : filename, parent ? String(parent) : from),
  );
  define('resolveSync', (/** @type {string} */ specifier, /** @type {string | URL} */ parent) =>
    resolvePath(specifier, parent ? String(parent) : from),
  );
  Object.defineProperty(meta, inspect.custom, { value: inspectMeta });
  Object.defineProperty(meta, 'require', {
    enumerable: false,
    configurable: true,
    get() {
      return require('./runtime').runtime.requireOf(given);
    },
  });
}

/** @param {string} url @returns {string} */
function fileOf(url) {
  if (url.startsWith('blob:')) return `/${url}`;
  return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : url;
}

/** @param {string} filename */
function isMain(filename) {
  return require('../internal/thread').isMainThread() && require('./main').get() === filename;
}

/**
 * A relative or absolute specifier is joined, not looked up; a package is looked up.
 *
 * @param {string} specifier
 * @param {string} parent
 * @param {string} [from] where a package is looked up, if not there
 * @returns {string} a URL
 */
function resolveUrl(specifier, parent, from = parent) {
  if (/^\.{0,2}\/|^\.\.?$/.test(specifier)) return new URL(specifier, pathToFileURL(toPath(parent))).href;
  if (/^(?:bun:|node:|file:\/\/)/.test(specifier)) return specifier;
  const found = resolveOrThrow(specifier, toPath(from));
  if (!found) return specifier;
  return found.kind === 'file' ? urlOf(found) : found.name;
}

/** @param {string} specifier @param {string} parent @returns {string} a path */
function resolvePath(specifier, parent) {
  if (specifier === '')
    throw require('../internal/errors').ERR_INVALID_ARG_VALUE('id', '', 'must be a non-empty string');
  const found = resolveOrThrow(specifier, toPath(parent));
  if (!found) return specifier;
  return found.kind === 'file' ? found.path : found.name;
}

/** @param {string} specifier @param {string} parent */
function resolveOrThrow(specifier, parent) {
  const found = resolve(specifier, parent, false);
  if (found === null) throw require('./messages').notFound(specifier, parent, 'import-statement');
  return found;
}

/** @param {string} parent */
function toPath(parent) {
  return parent.startsWith('file:') ? fileURLToPath(parent) : parent;
}

module.exports = { extend, resolveUrl, resolvePath };
