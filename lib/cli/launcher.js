'use strict';

/**
 * A `bun` (and, for `--bun`, a `node`) that start this command line with this Node: what programs
 * find as `process.execPath`, and what package.json scripts find first in PATH.
 *
 * They are two-line shell scripts in a directory of the user's own under the temporary directory,
 * written once per Node and per installation of this package.
 */

const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const commandLine = path.join(__dirname, '../../bin/dx-compat.js');
const windows = process.platform === 'win32';

/** Node itself, whatever `process.execPath` says by now. */
const node = process.execPath;

/**
 * @param {'bun' | 'node'} name
 * @returns {string | undefined} the directory that holds a launcher of this name and nothing else;
 *   undefined when it cannot be written
 */
function launcherDirectory(name) {
  const identity = crypto.createHash('sha1').update(`${node}\n${commandLine}`).digest('hex').slice(0, 12);
  const directory = path.join(os.tmpdir(), `dx-compat-${os.userInfo().uid}-${identity}`, `as-${name}`);
  const file = launcherFile(directory, name);
  try {
    if (!isOurs(file)) writeLauncher(file, name);
    return directory;
  } catch {
    return undefined;
  }
}

/** @param {string} directory @param {string} name */
function launcherFile(directory, name) {
  return path.join(directory, windows ? `${name}.cmd` : name);
}

/** A file of another user in a shared directory is not run. @param {string} file */
function isOurs(file) {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.isFile() && (windows || stat.uid === process.getuid?.());
}

/** @param {string} file @param {'bun' | 'node'} name */
function writeLauncher(file, name) {
  const directory = path.dirname(file);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!windows && fs.lstatSync(path.dirname(directory)).uid !== process.getuid?.()) throw new Error('not our directory');
  const unfinished = `${file}.${process.pid}`;
  fs.writeFileSync(unfinished, launcherText(name), { mode: 0o700 });
  fs.renameSync(unfinished, file);
}

/** @param {'bun' | 'node'} name */
function launcherText(name) {
  const mode = name === 'node' ? ' --as-node' : '';
  if (windows) return `@"${node}" "${commandLine}"${mode} %*\r\n`;
  return `#!/bin/sh\nexec ${quote(node)} ${quote(commandLine)}${mode} "$@"\n`;
}

/** @param {string} word */
function quote(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** @returns {string | undefined} the `bun` that starts this command line; undefined where scripts cannot be spawned */
function launcherPath() {
  if (windows) return undefined; // only .exe files can be spawned without a shell
  const directory = launcherDirectory('bun');
  return directory && launcherFile(directory, 'bun');
}

module.exports = { launcherDirectory, launcherPath, node };
