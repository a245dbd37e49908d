'use strict';

const path = require('node:path');

/**
 * `Bun.jest`: what `bun:test` has, for code that must not import it (it may run elsewhere, too).
 *
 * @param {unknown} [file] absolute path of the test file; looked at in a test run only
 * @returns {Record<string, unknown>}
 */
function jest(file) {
  if (require('../test/state').phase !== 'idle') {
    if (typeof file !== 'string') throw new Error('Bun.jest() expects a string filename');
    if (!path.isAbsolute(file)) throw new Error(`Bun.jest() expects an absolute file path, got '${file}'`);
  }
  const { test, it, xtest, xit, describe, xdescribe, ...others } = /** @type {any} */ (require('../test'));
  return { test, it, xtest, xit, describe, xdescribe, ...others };
}

module.exports = jest;
