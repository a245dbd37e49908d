'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * Finds test files as `bun test` does.
 *
 * @see https://bun.com/docs/test/discovery
 */

const testFile = /(?:\.test|_test|\.spec|_spec)\.(?:[cm]?[jt]s|[jt]sx)$/;

/**
 * @param {string} root
 * @param {{ ignored?: (relative: string) => boolean }} [options]
 * @returns {{ files: string[], searched: number }}
 */
function findTestFiles(root, { ignored = () => false } = {}) {
  /** @type {string[]} */
  const files = [];
  let searched = 0;
  /** @param {string} folder */
  const walk = (folder) => {
    let entries;
    try {
      entries = fs.readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    /** @type {string[]} */
    const folders = [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = path.join(folder, entry.name);
      if (ignored(path.relative(root, full).replaceAll(path.sep, '/'))) continue;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) folders.push(full);
      } else if (entry.isFile()) {
        searched++;
        if (testFile.test(entry.name)) files.push(full);
      }
    }
    for (const each of folders) walk(each);
  };
  walk(root);
  return { files: files.sort(), searched };
}

/** @param {string} argument */
const isPath = (argument) =>
  argument.startsWith('./') || argument.startsWith('../') || argument.startsWith('.\\') || path.isAbsolute(argument);

/**
 * @param {string} root where to look
 * @param {string} cwd what relative paths start from
 * @param {string[]} filters
 * @param {string[]} ignorePatterns
 * @returns {{ files: string[], searched: number, unmatched: string[] }} `unmatched`: paths among the filters that are no file
 */
function selectTestFiles(root, cwd, filters, ignorePatterns) {
  const { matchesGlob } = require('./glob');
  const ignored = (/** @type {string} */ relative) =>
    ignorePatterns.some((pattern) => matchesGlob(relative, pattern) || matchesGlob(`${relative}/`, pattern));
  const paths = filters.filter(isPath);
  const names = filters.filter((filter) => !isPath(filter));
  /** @type {string[]} */
  const unmatched = [];
  /** @type {Set<string>} */
  const chosen = new Set();
  let searched = 0;
  for (const argument of paths) {
    const full = path.resolve(cwd, argument);
    const stat = fs.statSync(full, { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      const found = findTestFiles(full, { ignored });
      searched += found.searched;
      for (const file of found.files) chosen.add(file);
    } else if (stat) chosen.add(full);
    else unmatched.push(argument);
  }
  if (names.length > 0 || paths.length === 0) {
    const found = findTestFiles(root, { ignored });
    searched += found.searched;
    for (const file of found.files) {
      const relative = path.relative(root, file).replaceAll(path.sep, '/');
      if (names.length === 0 || names.some((name) => relative.includes(name.replaceAll('\\', '/')))) chosen.add(file);
    }
  }
  return { files: [...chosen], searched, unmatched };
}

module.exports = { selectTestFiles, testFile };
