'use strict';

/**
 * What the engine complains of, as Bun says it.
 */

const fs = require('node:fs');
const path = require('node:path');
const { buildMessage, unresolved } = require('../loader/messages');
const { namespaces } = require('./hooks/namespaces');

/**
 * @typedef {{ id: string, text: string, location: any, notes: any[], detail?: any }} Complaint
 */

/** Warnings of the engine's that Bun gives, too, by the engine's name for them. */
const shared = new Set(['import-is-undefined']);

/**
 * @param {{ errors: Complaint[], warnings: Complaint[] }} said
 * @param {import('./config').Settings} settings
 * @returns {any[]} `BuildMessage`s and `ResolveMessage`s
 */
function diagnostics({ errors, warnings }, settings) {
  return [
    ...warnings.filter(({ id }) => shared.has(id)).map((warning) => translate(warning, settings, 'warn')),
    ...errors.flatMap((error) => translate(error, settings, 'error')),
  ];
}

/** @param {Complaint} complaint @param {import('./config').Settings} settings @param {'error' | 'warn'} level */
function translate(complaint, settings, level) {
  const { text, detail } = complaint;
  if (detail?.say) return detail.say(); // of a hook of ours
  const position = positionOf(complaint.location, settings.directory);
  const [, missing] = /^Could not resolve "(.*)"/s.exec(text) ?? [];
  if (missing !== undefined) return position ? notResolved(missing, position, complaint, settings) : noEntry(missing);
  const [, shape] = /^Two output files share the same path but have different contents: (.*)$/s.exec(text) ?? [];
  if (shape !== undefined) return samePath(shape, settings);
  const [, config] = /^Cannot find tsconfig file "(.*)"$/s.exec(text) ?? [];
  if (config !== undefined)
    return buildMessage(`Cannot find tsconfig file "${path.resolve(settings.directory, config)}"`);
  return buildMessage(reword(text), position, level);
}

/** @param {string} specifier */
function noEntry(specifier) {
  return buildMessage(`ModuleNotFound resolving "${specifier}" (entry point)`);
}

/**
 * @param {string} specifier
 * @param {any} position
 * @param {Complaint} complaint
 * @param {import('./config').Settings} settings
 */
function notResolved(specifier, position, { notes }, { target }) {
  const about = {
    code: 'ERR_MODULE_NOT_FOUND',
    specifier,
    referrer: '',
    importKind: kindOf(position),
  };
  return unresolved(whyNot(specifier, target, notes), about, position);
}

/** @param {string} specifier @param {string} target @param {any[]} notes */
function whyNot(specifier, target, notes) {
  if (/^bun(?::|$)/.test(specifier) && target !== 'bun') {
    return `Browser build cannot import Bun builtin: "${specifier}". When bundling for Bun, set target to 'bun'`;
  }
  if (target === 'browser' && notes.some(({ text }) => /is built into node/.test(text))) {
    return `Browser build cannot import Node.js builtin: "${specifier}". To use Node.js builtins, set target to 'node' or 'bun'`;
  }
  const isPath = /^(?:\.{0,2}\/|\.\.?$|[a-z]:[\\/])/i.test(specifier);
  return `Could not resolve: "${specifier}"${isPath ? '' : '. Maybe you need to "bun install"?'}`;
}

/** What stands before the specifier tells how it is asked for. @param {any} position */
function kindOf({ lineText, column, file }) {
  if (/\.css$/.test(file))
    return /@import\s+(?:url\()?["']?$/.test(lineText.slice(0, column - 1)) ? 'import-rule' : 'url-token';
  const before = lineText.slice(0, column - 1);
  if (/\brequire\.resolve\(\s*$/.test(before)) return 'require-resolve';
  if (/\brequire\(\s*$/.test(before)) return 'require-call';
  return /\bimport\(\s*$/.test(before) ? 'dynamic-import' : 'import-statement';
}

/** @param {string} name @param {import('./config').Settings} settings */
function samePath(name, { naming, outdir, directory }) {
  const relative = path.relative(outdir ?? directory, path.resolve(directory, name)).replaceAll(path.sep, '/');
  const shown = `./${naming.entry.extension === undefined ? relative : relative.replace(/\.[^./]+$/, '')}`;
  return [
    buildMessage(`Multiple files share the same output path\n  ${shown}:\n`),
    buildMessage(
      `entry naming is './${naming.entry.text.replace(/^\.\//, '')}', consider adding '[hash]' to make filenames unique`,
      null,
      'note',
    ),
  ];
}

/** Where the two say the same in other words. @type {[RegExp, string][]} */
const words = [
  [/^Unexpected "(.+)"$/s, 'Unexpected $1'],
  [/^The symbol (".+") has already been declared$/, '$1 has already been declared'],
  [/^Unexpected end of file before a closing ".*" tag$/, 'Unexpected end of file'],
  [
    /^Unexpected closing ".*" tag does not match opening "(.*)" tag$/,
    'Expected closing JSX tag to match opening tag "<$1>"',
  ],
  [
    /^Top-level await is currently not supported with the "\w+" output format$/,
    '"await" can only be used inside an "async" function',
  ],
  [
    /^Splitting currently only works with the "esm" format$/,
    'Code splitting is currently only supported when format is set to "esm"',
  ],
];

/** @param {string} text */
function reword(text) {
  const [expression, said] = words.find(([one]) => one.test(text)) ?? [];
  return expression ? text.replace(expression, String(said)) : text;
}

/** @param {any} location @param {string} directory */
function positionOf(location, directory) {
  if (!location) return null;
  const { line, column, length, lineText } = location;
  const { namespace, file } = moduleOf(location, directory);
  if (namespace === namespaces.page) return nowhere(file);
  const at = Buffer.from(lineText).subarray(0, column).toString().length;
  const offset = lineStart(namespace === 'file' ? file : undefined, line) + column;
  return { lineText, file, namespace, line, column: at + 1, length, offset };
}

/** The engine writes the namespace before the name. @param {{ file: string }} location @param {string} directory */
function moduleOf({ file }, directory) {
  const [, namespace, name] = /^([^:/\\]{2,}):(.*)$/s.exec(file) ?? [];
  return namespace === undefined
    ? { namespace: 'file', file: path.resolve(directory, file) }
    : { namespace, file: name };
}

/** In a page, whose scripts and sheets are asked for by a module of ours. @param {string} file */
function nowhere(file) {
  return { lineText: '', file, namespace: 'file', line: -1, column: -1, length: 0, offset: 0 };
}

/** Where a line starts. @param {string | undefined} file @param {number} line */
function lineStart(file, line) {
  if (line <= 1 || file === undefined) return 0;
  try {
    const bytes = fs.readFileSync(file);
    let start = 0;
    for (let seen = 1; seen < line; seen++) start = bytes.indexOf(10, start) + 1;
    return start;
  } catch {
    return 0; // a file of `files`, or gone since
  }
}

/**
 * A file that a page refers to and that is not there.
 *
 * @param {string} specifier
 * @param {string} page
 */
function missingFile(specifier, page) {
  const about = { code: 'RESOLVE_ERROR', specifier, referrer: '', importKind: 'url-token' };
  return unresolved(`Could not resolve: "${specifier}"`, about, nowhere(page));
}

module.exports = { diagnostics, missingFile };
