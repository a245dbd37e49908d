'use strict';

/**
 * What the program took out of `require.cache`, to have it run again: Node runs a URL once, so an ES module (and
 * what shows CommonJS to those that import it) gets another one, under which later imports find it, too.
 */

const Module = /** @type {any} */ (require('node:module'));
const { pathToFileURL } = require('node:url');
const standIns = require('./stand-ins');

let runs = 0;

/**
 * Lets what was imported run again when it is imported for the next time.
 *
 * @param {string} file perhaps with a query
 */
function importAgain(file) {
  const at = file.indexOf('?');
  const [name, query] = at === -1 ? [file, ''] : [file.slice(0, at), file.slice(at)];
  standIns.add(file, `${pathToFileURL(name).href}${query}${query ? '&' : '?'}dx-again=${++runs}`);
}

/** @param {string} filename */
function exportsOf(filename) {
  // Without hooks for it Node looks for the file of a URL, and takes what is in it as it is.
  if (typeof Module.registerHooks !== 'function')
    return new (require('./require-cycle').Cycle)([filename]).exportsOf(filename);
  const url = `${pathToFileURL(filename).href}?dx-again=${++runs}`;
  const exports = require('./required-module').requiredFrom(url, filename);
  standIns.add(filename, url);
  return exports;
}

/**
 * Lets files run again when they are loaded for the next time: their modules get other URLs. For `--hot`.
 *
 * @param {Iterable<string>} files
 */
function runAgain(files) {
  require('./load').forgetAhead();
  runs += 1;
  for (const file of files) {
    delete Module._cache[file];
    standIns.add(file, `${pathToFileURL(file).href}?dx-again=${runs}`);
  }
}

module.exports = { exportsOf, importAgain, runAgain };
