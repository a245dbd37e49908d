'use strict';

/**
 * ES modules that are loaded under another URL than that of their file: those of `require-cycle.js`, and
 * those that ran again because the program took them out of `require.cache`. Both threads of Node < 22.15 have
 * to know: the one that runs the program and the one that resolves its imports.
 */

const { fileURLToPath } = require('node:url');
const { isHooksThread } = require('../internal/thread');
const engine = require('./engine');

/** The thread that runs the program: each has modules of its own. */
let owner = '';

/** @param {number | string} thread */
function belongTo(thread) {
  owner = `${thread}`;
  used ||= isHooksThread();
}

/** Whether there are any. On a hooks thread that is not known. */
let used = false;

/** @param {'url' | 'file'} kind @param {string} path */
const key = (kind, path) => `dx-compat:stand-in:${owner}:${kind}:${path}`;

/** @param {string} file a path, with the query of the import if it has one @param {string} url */
function add(file, url) {
  used = true;
  engine.binding().setModuleSource(key('url', file), url);
  const path = fileURLToPath(url.replace(/\?.*$/, ''));
  if (!isSame(file, path)) engine.binding().setModuleSource(key('file', path), file);
}

/** @param {string} file perhaps with a query @param {string} path */
const isSame = (file, path) => file === path || file.startsWith(`${path}?`);

/** @param {string} file */
function remove(file) {
  engine.binding().setModuleSource(key('url', file), '');
}

/** @param {string} file @returns {string | undefined} the URL that it is loaded under, if it has another */
const urlFor = (file) => (used && engine.binding().moduleSource(key('url', file))) || undefined;

/** The file that a path means, which may be that of a stand-in. @param {string} path @returns {string} */
const fileAt = (path) => (used && engine.readyBinding()?.moduleSource(key('file', path))) || path;

module.exports = { belongTo, add, remove, urlFor, fileAt };
