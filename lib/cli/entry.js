'use strict';

const { pathToFileURL } = require('node:url');

/**
 * Loads the program's first module.
 *
 * @param {string} file absolute
 */
async function loadEntry(file) {
  return import(pathToFileURL(file).href);
}

module.exports = { loadEntry };
