'use strict';

/**
 * `import` as in Bun: synchronous hooks on Node >= 22.15, a hooks thread on older Node.
 */

const Module = /** @type {any} */ (require('node:module'));
const { pathToFileURL } = require('node:url');
const { resolve, load } = require('./hooks');

/** @param {import('./index').LoaderOptions} options */
function install(options) {
  if (typeof Module.registerHooks === 'function') {
    Module.registerHooks({ resolve, load });
  } else {
    Module.register(pathToFileURL(`${__dirname}/esm-thread.mjs`), { data: { options, main: require('./main').get() } });
  }
}

module.exports = { install };
