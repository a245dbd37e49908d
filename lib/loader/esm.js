'use strict';

/**
 * `import` as in Bun: synchronous hooks on Node >= 22.15, a hooks thread on older Node. They are installed when
 * the first code appears that could import, since they make every `require` slower, those of dx-compat too.
 */

const Module = /** @type {any} */ (require('node:module'));

/** @param {import('./index').LoaderOptions} options */
function install(options) {
  const synchronous = typeof Module.registerHooks === 'function';
  const start = synchronous
    ? () => Module.registerHooks(require('./hooks'))
    : () => require('./thread-host').start(options);
  const entryIsTold = require('../internal/runtime').main !== undefined; // the command line calls `ready`
  // What a `require`d module imports asks synchronous hooks; on older Node `require-linked.js` sees to it.
  require('./first-import').whenNeeded(start, { required: synchronous, entryIsTold });
}

/** To be called before an `import()` of ours. */
function ready() {
  require('./first-import').now();
}

module.exports = { install, ready };
