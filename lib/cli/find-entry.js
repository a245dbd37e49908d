'use strict';

const fs = require('node:fs');
const path = require('node:path');

const extensions = ['.tsx', '.ts', '.jsx', '.js', '.mts', '.cts', '.mjs', '.cjs', '.json'];

/**
 * The file that a command line means by `name`: as it stands, with an extension added, or the index
 * of a directory.
 *
 * @param {string} name
 * @param {Record<string, any>} flags
 * @returns {string | undefined} absolute
 */
function findEntry(name, flags) {
  const target = path.resolve(name);
  const found = findFile(target) ?? findFile(path.join(target, 'index'));
  return found && !flags['preserve-symlinks-main'] ? fs.realpathSync(found) : found;
}

/** @param {string} target */
function findFile(target) {
  return ['', ...extensions].map((extension) => target + extension).find(isFile);
}

/** @param {string} file */
function isFile(file) {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // a link to itself, a folder that may not be looked into
  }
}

/** Whether the name can only be a file: absolute, or starting with a dot segment. @param {string} name */
function looksLikeFile(name) {
  return path.isAbsolute(name) || /^\.\.?([/\\]|$)/.test(name);
}

module.exports = { findEntry, looksLikeFile };
