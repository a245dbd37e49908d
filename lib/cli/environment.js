'use strict';

/**
 * Which `.env` files Bun reads, and in which order.
 *
 * @see bun-types/docs/runtime/environment-variables.mdx
 */

const fs = require('node:fs');

/**
 * Adds the variables of the `.env` files of the current directory to `process.env`; what the
 * system's environment has stays. The file of highest precedence comes first, and each file is
 * expanded with what is known by then.
 *
 * @param {{ explicit?: string[], automatic?: boolean }} options `explicit`: the `--env-file` flags,
 *   which replace the automatic files; `automatic`: false for `--no-env-file` and bunfig's `env = false`
 */
function loadEnvironment({ explicit, automatic = true }) {
  const files = explicit ? explicit.flatMap((list) => list.split(',')).reverse() : automatic ? automaticFiles() : [];
  for (const file of files) {
    const text = readOptional(file);
    if (text) require('./dotenv').applyDotenv(text, process.env);
  }
}

/** @returns {string[]} highest precedence first */
function automaticFiles() {
  const mode = environmentMode();
  return [`.env.${mode}.local`, ...(mode === 'test' ? [] : ['.env.local']), `.env.${mode}`, '.env'];
}

/** Bun knows three modes; any other NODE_ENV counts as development. */
function environmentMode() {
  const mode = process.env.BUN_ENV || process.env.NODE_ENV;
  return mode === 'production' || mode === 'test' ? mode : 'development';
}

/** @param {string} file @returns {string} empty when it is not there or cannot be read, as in Bun */
function readOptional(file) {
  try {
    return file ? fs.readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

module.exports = { loadEnvironment };
