'use strict';

/**
 * ES modules that are loaded under another URL than that of their file: `require-cycle.js` says why. Both
 * threads of Node < 22.15 have to know: the one that runs the program and the one that resolves its imports.
 */

const { fileURLToPath } = require('node:url');
const engine = require('./engine');

/** The thread that runs the program: each has modules of its own. */
let owner = '';

/** @param {number | string} thread */
function belongTo(thread) {
  owner = `${thread}`;
}

/** @param {string} file */
const key = (file) => `dx-compat:stand-in:${owner}:${file}`;

/** @param {string} file @param {string} url */
function add(file, url) {
  engine.binding().setModuleSource(key(file), url);
  engine.binding().setModuleSource(key(fileURLToPath(url)), file);
}

/** @param {string} file */
function remove(file) {
  engine.binding().setModuleSource(key(file), '');
}

/** @param {string} file @returns {string | undefined} the URL that it is loaded under, if it has another */
const urlFor = (file) => engine.binding().moduleSource(key(file)) || undefined;

/** The file that a path means, which may be that of a stand-in. @param {string} path @returns {string} */
const fileAt = (path) => engine.readyBinding()?.moduleSource(key(path)) || path;

module.exports = { belongTo, add, remove, urlFor, fileAt };
