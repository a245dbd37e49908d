'use strict';

/**
 * Specifier and referrer in, module out; the same for `require` and `import`.
 */

const { isBuiltin } = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const engine = require('./engine');
const { report } = require('./loaded');
const { modules } = require('../modules');

/** Other test runners, in whose place tests import ours, installed or not. */
const runners = new Set(['vitest', '@jest/globals']);

/**
 * @typedef {{ kind: 'bun', name: string } | { kind: 'node', name: string } | { kind: 'file', path: string, query: string }} Resolved
 */

/**
 * @param {string} specifier
 * @param {string} referrer path of the file that asks
 * @param {boolean} isRequire
 * @returns {Resolved | null | undefined} `null` when there is no such module, `undefined` for what
 *   is not ours to resolve (`data:` and the like)
 */
function resolve(specifier, referrer, isRequire) {
  if (isBunModule(specifier)) return { kind: 'bun', name: specifier };
  if (!isRequire && runners.has(specifier) && engine.configured().mockable) return { kind: 'bun', name: 'bun:test' };
  if (isBuiltin(specifier))
    return { kind: 'node', name: specifier.startsWith('node:') ? specifier : `node:${specifier}` };
  if (specifier === '') return null;
  let wanted = specifier;
  let query = '';
  if (specifier.startsWith('file:')) {
    const url = new URL(specifier);
    query = url.search;
    wanted = fileURLToPath(url);
  } else if (/^(?:bun|node):/.test(specifier)) {
    return null;
  } else if (/^[a-z][a-z+.-]+:/i.test(specifier)) {
    // A name with a scheme may still be one that tsconfig.json maps.
    const mapped = engine.get().resolve(specifier, referrer, isRequire);
    if (mapped === null || mapped === undefined) return undefined;
    report(mapped);
    return { kind: 'file', path: mapped, query: '' };
  } else if (!isRequire) {
    const at = specifier.indexOf('?');
    if (at > 0) {
      wanted = specifier.slice(0, at);
      query = specifier.slice(at);
    }
  }
  const found = engine.get().resolve(wanted, referrer, isRequire);
  if (found === null || found === undefined) return null;
  report(found);
  return { kind: 'file', path: found, query };
}

/** @param {string} specifier */
function isBunModule(specifier) {
  return Object.hasOwn(modules, specifier);
}

/**
 * The path of a module; a file name in the working directory for code that is in no file.
 *
 * @param {string | undefined} url URL or path
 */
function pathOf(url) {
  if (url?.startsWith('file:')) {
    const at = url.search(/[?#]/);
    const name = fileURLToPath(at < 0 ? url : url.slice(0, at));
    return url.endsWith('/') ? `${name}[eval]` : name; // what `--import` names is asked for by the folder
  }
  if (url && path.isAbsolute(url)) return url;
  return path.join(process.cwd(), '[eval]');
}

/** @param {{ path: string, query: string }} file @returns {string} */
function urlOf(file) {
  const { href } = pathToFileURL(file.path);
  return file.query === '' ? href : new URL(href + file.query).href;
}

module.exports = { resolve, isBunModule, pathOf, urlOf };
