'use strict';

/**
 * Environment and `[test]` configuration of a run: `NODE_ENV` is `test` and the time zone UTC unless
 * something says otherwise.
 *
 * @see https://bun.com/docs/test/runtime-behavior#environment-variables
 * @param {Record<string, any>} flags
 * @returns {Promise<Record<string, any>>} the `[test]` table, with the top-level `preload` in it
 */
async function loadSettings(flags) {
  void flags;
  process.env.NODE_ENV ??= 'test';
  process.env.TZ ??= 'Etc/UTC';
  return {};
}

module.exports = { loadSettings };
