'use strict';

/**
 * `require('bun')` and `require('bun:*')`: all that `require('dx-compat')` changes of Node's loader.
 * Loads nothing until one of them is asked for.
 */

const Module = /** @type {any} */ (require('node:module'));
const { modules } = require('../modules');

const installed = Symbol.for('dx-compat.modules');

/** Makes them resolve and load; a second call changes nothing. */
function installBuiltins() {
  if (Module[installed]) return;
  Object.defineProperty(Module, installed, { value: true });
  const { _load, _resolveFilename } = Module;
  Module._load = function load(
    /** @type {string} */ request,
    /** @type {any} */ parent,
    /** @type {boolean} */ isMain,
  ) {
    if (typeof request === 'string' && Object.hasOwn(modules, request))
      return require('./runtime').runtime.namespaceOf(request);
    return _load.call(this, request, parent, isMain);
  };
  Module._resolveFilename = function resolveFilename(
    /** @type {string} */ request,
    /** @type {any} */ parent,
    /** @type {boolean} */ isMain,
    /** @type {any} */ options,
  ) {
    if (typeof request === 'string' && Object.hasOwn(modules, request)) return request;
    return _resolveFilename.call(this, request, parent, isMain, options);
  };
}

module.exports = { installBuiltins };
