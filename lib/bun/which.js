'use strict';

const { native } = require('../internal/native');

const { toText } = require('../internal/to-text');

const LONGEST = 4096;

/**
 * `Bun.which`: the path of an executable.
 *
 * @see https://bun.com/docs/runtime/utils#bun-which
 * @param {string} command a name to be searched, or a path to be checked
 * @param {{ PATH?: string, cwd?: string }} [options] where to search, and against what relative paths are taken
 * @returns {string | null} null when there is none
 * @throws {Error} when the name is longer than a path can be
 */
function which(command, options = undefined) {
  if (typeof command === 'symbol' || typeof command === 'boolean') command = toText(command);
  if (typeof command !== 'string') return null;
  if (command.length >= LONGEST) throw new Error('bin path is too long');
  const path = options?.PATH === undefined ? process.env.PATH : options.PATH;
  for (const place of [path, options?.cwd]) if (typeof place === 'symbol') toText(place);
  return find(command, path, options?.cwd);
}

/** @param {string} command @param {unknown} path @param {unknown} directory @returns {string | null} */
function find(command, path, directory) {
  const from =
    typeof directory === 'string' && directory !== '' ? require('node:path').resolve(directory) : process.cwd();
  return native('node-core', 'process').which(command, typeof path === 'string' ? path : '', from);
}

module.exports = which;
module.exports.find = find;
