'use strict';

/**
 * Stack traces in terms of the sources: `/app/server.ts:12:7`, as Bun shows them.
 *
 * V8 asks `Error.prepareStackTrace` when somebody first reads `error.stack`, so an error whose
 * stack nobody reads costs nothing. A program that sets its own gets V8's call sites, as on Node.
 */

const { fileURLToPath } = require('node:url');
const path = require('node:path');
const engine = require('./engine');
const { fileAt } = require('./stand-ins');

/** The parts of dx-compat that run programs: in Bun nothing of the kind stands in a stack. */
const runners = [__dirname, path.join(path.dirname(__dirname), 'cli')].map((folder) => folder + path.sep);

/** @param {Error} error @param {NodeJS.CallSite[]} sites */
function prepareStackTrace(error, sites) {
  let text = header(error);
  for (const site of sites) if (!isOurs(site)) text += `\n    at ${describe(site)}`;
  return text;
}

/** @param {NodeJS.CallSite} site */
function isOurs(site) {
  const name = site.getFileName();
  return typeof name === 'string' && runners.some((folder) => name.startsWith(folder));
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
  const filename = fileAt(name.startsWith('file:') ? toPath(name) : name);
  const place = engine.readyBinding()?.originalPosition(filename, line - 1, column - 1);
  if (!place) return text;
  return text.replace(`${name}:${line}:${column}`, () => `${filename}:${place[0] + 1}:${place[1] + 1}`);
}

/** What Node puts in front of the stack of an error of V8's that has no frame in the code: place, line, caret. */
const PLACE = /^(.+):(\d+)\n[^\n]*\n( *)\^/;

/**
 * Where the code is that V8 could not compile or link.
 *
 * @param {string} stack
 * @returns {{ file: string, line: number, column: number } | undefined}
 */
function placeBefore(stack) {
  const match = PLACE.exec(stack);
  if (!match) return undefined;
  const file = match[1].startsWith('file:') ? toPath(match[1]) : match[1];
  const line = Number(match[2]);
  const column = match[3].length + 1;
  const place = engine.readyBinding()?.originalPosition(file, line - 1, column - 1);
  return place ? { file, line: place[0] + 1, column: place[1] + 1 } : { file, line, column };
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

module.exports = { install, prepareStackTrace, placeBefore };
