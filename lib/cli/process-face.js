'use strict';

/**
 * What the program sees of its process under the command line. (`process.versions.bun` and the like
 * hold without the command line too: `lib/internal/identity.js`.)
 *
 * `spawn(process.execPath, …)` and `fork(…)` have to reach this command line. Where a script can be
 * spawned, `execPath` is a launcher that does; elsewhere it stays Node, and `execArgv`, which `fork`
 * hands on, loads the polyfill.
 */

/** @param {string[]} flags what stood before the file on the command line */
function install(flags) {
  const path = process.platform === 'win32' ? undefined : require('./launcher').launcher('bun');
  if (path) {
    process.execPath = path;
    process.argv[0] = path;
    process.execArgv = flags;
  } else {
    process.execArgv = [...process.execArgv, '--require', require.resolve('../../register.js')];
  }
}

module.exports = { install };
