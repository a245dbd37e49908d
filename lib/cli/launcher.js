'use strict';

/**
 * A `bun` (and, for `--bun`, a `node`) that start this command line with this Node: what programs
 * find as `process.execPath`, and what package.json scripts find first in PATH.
 *
 * They are two-line scripts in the user's cache directory, written once per Node and per
 * installation of this package. Node itself interprets them: a shell would cost a millisecond and
 * put PWD into the environment.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const commandLine = path.join(__dirname, '../../bin/dx-compat.js');
const windows = process.platform === 'win32';

/** Node itself, whatever `process.execPath` says by now. */
const node = process.execPath;

/**
 * @param {'bun' | 'node'} name
 * @returns {string | undefined} a file of this name in a directory of its own; undefined when none
 *   can be written
 */
function launcher(name) {
  for (const place of places()) {
    const file = path.join(place, identity(), `as-${name}`, windows ? `${name}.cmd` : name);
    try {
      if (!isOurs(file)) write(file, name);
      return file;
    } catch {
      // a read-only or foreign directory: the next one
    }
  }
  return undefined;
}

function* places() {
  const cache = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'));
  if (cache && path.isAbsolute(cache)) yield path.join(cache, 'dx-compat', 'launchers');
  yield path.join(os.tmpdir(), `dx-compat-launchers-${process.getuid?.() ?? 'user'}`);
}

/** Tells Nodes and installations apart: FNV-1a of both paths, since loading `node:crypto` takes longer. */
function identity() {
  let hash = 0x811c9dc5;
  for (const character of `${node}\n${commandLine}`)
    hash = Math.imul(hash ^ /** @type {number} */ (character.codePointAt(0)), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** A file that somebody else put there is not run. @param {string} file */
function isOurs(file) {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.isFile() && (windows || stat.uid === process.getuid?.());
}

/** @param {string} file @param {'bun' | 'node'} name */
function write(file, name) {
  const directory = path.dirname(file);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!windows && fs.lstatSync(directory).uid !== process.getuid?.())
    throw new Error('the directory belongs to somebody else');
  // `~/package.json` may declare everything below it ECMAScript modules
  replace(path.join(directory, 'package.json'), '{ "type": "commonjs" }\n');
  replace(file, text(name));
}

/** Writes a file that others may be reading. @param {string} file @param {string} content */
function replace(file, content) {
  const unfinished = `${file}.${process.pid}`;
  fs.writeFileSync(unfinished, content, { mode: 0o700 });
  fs.renameSync(unfinished, file);
}

/** What the system takes of a `#!` line at least, in bytes: Linux before 5.1 takes 127. */
const longestInterpreter = 120;

/** @param {'bun' | 'node'} name */
function text(name) {
  if (windows) return `@"${node}" -- "${commandLine}"${name === 'node' ? ' --as-node' : ''} %*\r\n`;
  const mode = name === 'node' ? "process.argv.splice(2, 0, '--as-node');\n" : '';
  const program = `${mode}require(${JSON.stringify(commandLine)});\n`;
  if (!/\s/.test(node) && Buffer.byteLength(node) < longestInterpreter) return `#!${node} --\n${program}`; // with `--` Node leaves our `--env-file` alone
  return `#!/bin/sh\nexec ${quote(node)} -- ${quote(commandLine)}${name === 'node' ? ' --as-node' : ''} "$@"\n`;
}

/** @param {string} word */
function quote(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

module.exports = { launcher, node };
