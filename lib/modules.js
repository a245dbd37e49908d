'use strict';

/**
 * The table of contents of the modules that Bun has built in. `installModules` makes them
 * resolve for `require` and `import`; a second call changes nothing.
 */

/** @type {Record<string, () => unknown>} specifier -> how to load its exports */
const modules = {
  bun: () => require('../pure'),
  'abort-controller': () => require('./web/abort-controller'),
  'bun:test': () => require('./test'),
  'bun:ffi': () => require('./ffi'),
  'bun:jsc': () => require('./jsc'),
  'bun:sqlite': () => require('./sqlite'),
};

function installModules() {
  require('./loader/builtins').installBuiltins();
}

module.exports = { modules, installModules };
