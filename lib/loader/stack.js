'use strict';

/**
 * Stack traces in terms of the sources: `/app/server.ts:12:7`, as Bun shows them.
 *
 * V8 asks `Error.prepareStackTrace` when somebody first reads `error.stack`, so an error whose
 * stack nobody reads costs nothing. A program that sets its own gets V8's call sites, as on Node.
 */

const { fileURLToPath } = require('node:url');
const engine = require('./engine');

/** @param {Error} error @param {NodeJS.CallSite[]} sites */
function prepareStackTrace(error, sites) {
  let text = header(error);
  for (const site of sites) text += `\n    at ${describe(site)}`;
  return text;
}

/** @param {Error} error */
function header(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return '<error>';
  }
}

/** @param {NodeJS.CallSite} site */
function describe(site) {
  const text = String(site);
  const name = site.getFileName();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (!name || !line || !column || name.startsWith('node:')) return text;
  const filename = name.startsWith('file:') ? toPath(name) : name;
  const place = engine.readyBinding()?.originalPosition(filename, line - 1, column - 1);
  if (!place) return text;
  return text.replace(`${name}:${line}:${column}`, () => `${filename}:${place[0] + 1}:${place[1] + 1}`);
}

/** @param {string} url */
function toPath(url) {
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ''));
  } catch {
    return url;
  }
}

function install() {
  Error.prepareStackTrace = prepareStackTrace; // newer Node has a default here, which does what V8 does
}

module.exports = { install, prepareStackTrace };
