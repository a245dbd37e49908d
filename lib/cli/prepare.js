'use strict';

/**
 * Makes this process a runtime for a Bun program: directory, environment, configuration, polyfill,
 * module hooks, preloads. The program then runs in the same process, so that exit codes, signals
 * and stdio are its own.
 */

const runtime = require('../internal/runtime');

let chosen = false;

/** Honours `--cwd`, once. @param {Record<string, any>} flags */
function chooseDirectory(flags) {
  if (chosen || flags.cwd === undefined) return;
  chosen = true;
  try {
    process.chdir(flags.cwd);
  } catch {
    process.stderr.write(`ENOENT: No such file or directory: Could not change directory to "${flags.cwd}" (chdir)\n`);
    process.exit(1);
  }
}

/**
 * @param {Record<string, any>} flags
 * @returns {Promise<{ launch: (file: string, args: string[]) => Promise<void> }>}
 */
async function prepare(flags) {
  chooseDirectory(flags);
  require('../../index');
  return { launch };
}

/**
 * @param {string} file absolute
 * @param {string[]} args
 */
async function launch(file, args) {
  runtime.main = file;
  process.argv.splice(1, process.argv.length, file, ...args);
  await require('./entry').loadEntry(file);
}

module.exports = { prepare, chooseDirectory };
