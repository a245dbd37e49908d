'use strict';

const resolveSync = require('./resolve-sync');

/**
 * Finds the file that a specifier means in a folder.
 *
 * @see https://bun.com/reference/bun/resolve
 * @param {string} _specifier and the folder that it stands in
 * @returns {Promise<string>} a path; the specifier of a built-in module
 */
function resolve(_specifier) {
  return new Promise((settle) => settle(/** @type {any} */ (resolveSync)(...arguments))); // it counts them
}

module.exports = resolve;
