'use strict';

const engine = require('./engine');
const { namesOf } = require('./load');

/**
 * The names that a CommonJS module exports, which only running it shows.
 *
 * @param {string} filename
 * @returns {string[]}
 */
function exportedNames(filename) {
  const exports = require('./runtime').show(filename);
  const names = namesOf(exports);
  const isTranspiled = exports?.__esModule && !engine.get().isModuleScope(filename);
  return isTranspiled ? names.filter((name) => name !== '__esModule') : names;
}

module.exports = { exportedNames };
