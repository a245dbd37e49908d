'use strict';

/** Where the package of the current directory is, and the scripts in its package.json. */

const fs = require('node:fs');
const path = require('node:path');

/**
 * @returns {{ directory: string, manifest: Record<string, any> } | undefined} of the nearest
 *   package.json, from the current directory upwards
 */
function nearestPackage() {
  for (const directory of ancestors(process.cwd())) {
    const file = path.join(directory, 'package.json');
    if (!fs.existsSync(file)) continue;
    const manifest = readManifest(file);
    if (manifest) return { directory, manifest };
  }
  return undefined;
}

/** @param {string} file */
function readManifest(file) {
  try {
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch (error) {
    process.stderr.write(`error: ${/** @type {Error} */ (error).message}\n    at ${file}\n`);
    return undefined;
  }
}

/** @param {string} directory @returns {string[]} it and its parents, up to the root */
function ancestors(directory) {
  const parent = path.dirname(directory);
  return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}

/** @param {Record<string, any>} manifest @returns {Record<string, string>} those that are text */
function scriptsOf(manifest) {
  const scripts = typeof manifest.scripts === 'object' && manifest.scripts !== null ? manifest.scripts : {};
  return Object.fromEntries(Object.entries(scripts).filter(([, command]) => typeof command === 'string'));
}

/** `dx-compat run` alone: what could be run. */
function listScripts() {
  require('./help').help();
  const found = nearestPackage();
  if (!found) return console.log('\nNo package.json found.');
  const scripts = Object.entries(scriptsOf(found.manifest));
  if (scripts.length === 0) return console.log('\nNo "scripts" found in package.json.');
  console.log(`\npackage.json scripts (${scripts.length} found):`);
  for (const [name, command] of scripts) console.log(`  $ dx-compat run ${name}\n    ${command}\n`);
}

module.exports = { nearestPackage, ancestors, scriptsOf, listScripts };
