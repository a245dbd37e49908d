'use strict';

const path = require('node:path');
const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

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
  if (arguments.length === 0) throw ERR_INVALID_ARG_TYPE('Expected a specifier and a from path');
  if (specifier == null) throw ERR_INVALID_ARG_TYPE('specifier must be a string');
  if (arguments.length === 1) throw ERR_INVALID_ARG_TYPE('Expected a from path');
  if (from == null) throw ERR_INVALID_ARG_TYPE('from must be a string');
  if (typeof specifier === 'symbol' || typeof from === 'symbol')
    throw new TypeError('Cannot convert a symbol to a string');
  const { resolve } = require('../loader/resolve');
  const folder = String(from);
  const found = resolve(String(specifier), path.resolve(folder, '[resolve]'), false);
  if (found === null) throw require('../loader/messages').notFound(String(specifier), folder, 'import-statement');
  if (found === undefined) return String(specifier);
  return found.kind === 'file' ? found.path + found.query : found.name;
}

module.exports = resolveSync;
