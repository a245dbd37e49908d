'use strict';

/**
 * `import` as in Bun: synchronous hooks on Node >= 22.15, a hooks thread on older Node.
 */

const Module = /** @type {any} */ (require('node:module'));

/** @param {import('./index').LoaderOptions} options */
function install(options) {
  if (typeof Module.registerHooks === 'function') Module.registerHooks(require('./hooks'));
  else wait(options);
}

/** @param {import('./index').LoaderOptions} options */
function wait(options) {
  const entryIsTold = require('../internal/runtime').main !== undefined; // the command line calls `ready`
  const start = () => require('./thread-host').start(options);
  require('./first-import').whenNeeded(start, { required: false, entryIsTold });
}

/** To be called before an `import()` of ours: the thread is started when it is needed. */
function ready() {
  require('./first-import').now();
}

module.exports = { install, ready };
