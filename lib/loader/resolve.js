'use strict';

/**
 * Specifier and referrer in, module out; the same for `require` and `import`.
 */

const { isBuiltin } = require('node:module');
const { fileURLToPath, pathToFileURL } = require('node:url');
const engine = require('./engine');
const { report } = require('./loaded');
const { modules } = require('../modules');

/**
 * @typedef {{ kind: 'bun', name: string } | { kind: 'node', name: string } | { kind: 'file', path: string, query: string }} Resolved
 */

/**
 * @param {string} specifier
 * @param {string} referrer path of the file that asks
 * @param {boolean} isRequire
 * @returns {Resolved | undefined} `undefined` for what is not ours to resolve (`data:` and the like)
 * @throws {ResolveMessage}
 */
function resolve(specifier, referrer, isRequire) {
  if (isBunModule(specifier)) return { kind: 'bun', name: specifier };
  if (isBuiltin(specifier))
    return { kind: 'node', name: specifier.startsWith('node:') ? specifier : `node:${specifier}` };
  let wanted = specifier;
  let query = '';
  if (specifier.startsWith('file:')) {
    const url = new URL(specifier);
    query = url.search;
    wanted = fileURLToPath(url);
  } else if (/^[a-z][a-z+.-]+:/i.test(specifier) && !/^[a-z]:[\\/]/i.test(specifier)) {
    return undefined;
  } else if (!isRequire) {
    const at = specifier.indexOf('?');
    if (at > 0) {
      wanted = specifier.slice(0, at);
      query = specifier.slice(at);
    }
  }
  const path = engine.get().resolve(wanted, referrer, isRequire);
  report(path);
  return { kind: 'file', path, query };
}

/** @param {string} specifier */
function isBunModule(specifier) {
  return Object.hasOwn(modules, specifier);
}

/** @param {string | undefined} url URL or path of a module @returns {string} its path; the entry of `cwd` for none */
function pathOf(url) {
  if (url?.startsWith('file:')) {
    const at = url.indexOf('?');
    const path = fileURLToPath(at < 0 ? url : url.slice(0, at));
    return url.endsWith('/') ? `${path}[eval]` : path; // what `--import` names is asked for by the folder
  }
  if (url && require('node:path').isAbsolute(url)) return url;
  return require('node:path').join(process.cwd(), '[eval]');
}

/** @param {{ path: string, query: string }} file @returns {string} */
function urlOf({ path, query }) {
  return pathToFileURL(path).href + query;
}

module.exports = { resolve, isBunModule, pathOf, urlOf };
