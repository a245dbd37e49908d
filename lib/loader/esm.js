'use strict';

/**
 * `import` as in Bun: synchronous hooks on Node >= 22.15, a hooks thread on older Node.
 */

const Module = /** @type {any} */ (require('node:module'));

/** @param {import('./index').LoaderOptions} options */
function install(options) {
  if (typeof Module.registerHooks === 'function') Module.registerHooks(require('./hooks'));
  else require('./thread-host').start(options);
}

module.exports = { install };
