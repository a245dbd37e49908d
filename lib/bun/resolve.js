'use strict';

const resolveSync = require('./resolve-sync');

/**
 * Finds the file that a specifier means in a folder.
 *
 * @see https://bun.com/reference/bun/resolve
 * @param {string} specifier
 * @param {string} from the folder
 * @returns {Promise<string>} a path; the specifier of a built-in module
 * @throws {TypeError} ERR_INVALID_ARG_TYPE at once when an argument is missing
 */
function resolve(specifier, from) {
  if (arguments.length < 2) return /** @type {any} */ (resolveSync)(...arguments);
  return new Promise((settle) => settle(resolveSync(specifier, from)));
}

module.exports = resolve;
