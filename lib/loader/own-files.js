'use strict';

/**
 * The files of dx-compat itself: plain CommonJS that Node loads as it is, never through the loader.
 */

const path = require('node:path');

const root = path.dirname(path.dirname(__dirname)) + path.sep;
const folders = ['lib', 'bin'].map((name) => root + name + path.sep);
const files = new Set(['index.js', 'pure.js', 'register.js'].map((name) => root + name));

/** @param {string} filename */
function isOwnFile(filename) {
  return filename.startsWith(root) && (files.has(filename) || folders.some((folder) => filename.startsWith(folder)));
}

module.exports = { isOwnFile };
