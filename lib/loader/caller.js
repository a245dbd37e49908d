'use strict';

const { fileURLToPath, pathToFileURL } = require('node:url');
const { isOwnFile } = require('./own-files');

/** The file of the program that called into dx-compat. @returns {string | undefined} */
function callerFile() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 30;
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = /** @type {NodeJS.CallSite[]} */ (/** @type {unknown} */ (new Error().stack));
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  for (const site of sites) {
    const name = site.getFileName();
    if (!name || name.startsWith('node:')) continue;
    const filename = name.startsWith('file:') ? fileURLToPath(name.replace(/[?#].*$/, '')) : name;
    if (!isOwnFile(filename)) return filename;
  }
  return undefined;
}

/** The URL of that file, of code that is in no file one in the working directory. @returns {string} */
function callerUrl() {
  return pathToFileURL(callerFile() ?? '[eval]').href;
}

module.exports = { callerFile, callerUrl };
