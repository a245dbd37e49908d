'use strict';

const url = require('node:url');

/**
 * `Bun.pathToFileURL`: the `file:` URL of a path. Unlike Node's it takes anything that makes a string.
 *
 * @see https://bun.com/docs/runtime/utils#bun-pathtofileurl
 * @param {string} value relative paths start at the working directory
 * @returns {URL}
 */
function pathToFileURL(value) {
  return url.pathToFileURL(`${value}`);
}

module.exports = pathToFileURL;
