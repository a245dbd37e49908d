'use strict';

/**
 * `import … from 'bun'` and `'bun:*'` in programs that have the polyfill and not the loader:
 * `node -r dx-compat app.mjs`, `import 'dx-compat'`.
 */

const Module = /** @type {any} */ (require('node:module'));

const installed = Symbol.for('dx-compat.imports');
const loader = Symbol.for('dx-compat.loader.installed');

function install() {
  const global = /** @type {any} */ (globalThis);
  if (global[installed] || global[loader]) return;
  Object.defineProperty(globalThis, installed, { value: true });
  require('./first-import').whenNeeded(installHooks, { required: true });
}

function installHooks() {
  require('./runtime').install();
  if (typeof Module.registerHooks === 'function') Module.registerHooks(require('./builtin-hooks'));
  else Module.register(require('node:url').pathToFileURL(`${__dirname}/builtin-thread.mjs`));
}

module.exports = { install };
