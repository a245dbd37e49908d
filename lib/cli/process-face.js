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
  finishWrites('stdout');
  finishWrites('stderr');
}

/**
 * What is written to a pipe is written when `write` returns, as in Bun: `process.exit` loses nothing of it.
 *
 * @param {'stdout' | 'stderr'} name
 */
function finishWrites(name) {
  const own = Object.getOwnPropertyDescriptor(process, name);
  const load = own?.get;
  if (!load || !own.configurable) return;
  /** @type {any} */
  let stream;
  const get = () => {
    if (stream === undefined) {
      stream = load.call(process);
      stream._handle?.setBlocking?.(true);
    }
    return stream;
  };
  Object.defineProperty(process, name, { ...own, get });
}

module.exports = { install };
