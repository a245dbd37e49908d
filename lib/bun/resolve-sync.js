'use strict';

const path = require('node:path');
const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (what) => `Expected ${what}`);

/**
 * Finds the file that a specifier means in a folder.
 *
 * @see https://bun.com/reference/bun/resolveSync
 * @param {string} specifier
 * @param {string} from the folder
 * @returns {string} a path; the specifier of a built-in module
 * @throws {ResolveMessage} ERR_MODULE_NOT_FOUND
 */
function resolveSync(specifier, from) {
  if (arguments.length === 0) throw ERR_INVALID_ARG_TYPE('a specifier and a from path');
  if (arguments.length === 1) throw ERR_INVALID_ARG_TYPE('a from path');
  const { resolve } = require('../loader/resolve');
  const folder = String(from);
  const found = resolve(String(specifier), path.resolve(folder, '[resolve]'), false);
  if (found === null) throw require('../loader/messages').notFound(String(specifier), folder, 'import-statement');
  if (found === undefined) return String(specifier);
  return found.kind === 'file' ? found.path : found.name;
}

module.exports = resolveSync;
