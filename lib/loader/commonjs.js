'use strict';

/**
 * `require` as in Bun: patches of `node:module`, the same on every supported Node.
 */

const Module = /** @type {any} */ (require('node:module'));
const { resolve } = require('./resolve');
const { loadScript } = require('./load');
const { isOwnFile } = require('./own-files');

function install() {
  require('./builtins').installBuiltins();
  const { _resolveFilename, _extensions } = Module;

  Module._resolveFilename = function resolveFilename(
    /** @type {string} */ request,
    /** @type {any} */ parent,
    /** @type {boolean} */ isMain,
    /** @type {any} */ options,
  ) {
    if (isMain || options?.paths || typeof request !== 'string' || !parent?.filename || isOwnFile(parent.filename)) {
      return _resolveFilename.call(this, request, parent, isMain, options);
    }
    const found = resolve(request, parent.filename, true);
    if (!found) return _resolveFilename.call(this, request, parent, isMain, options);
    return found.kind === 'file' ? found.path : found.kind === 'node' ? request : found.name;
  };

  const original = _extensions['.js'];
  const compile = (/** @type {any} */ module, /** @type {string} */ filename) => {
    const script = isOwnFile(filename) ? undefined : loadScript(filename);
    if (!script) return original(module, filename);
    module._compile(script.code, filename, script.esm ? 'module' : 'commonjs');
  };
  for (const extension of ['.js', '.ts', '.tsx', '.jsx', '.mts', '.cts', '.mjs', '.cjs'])
    _extensions[extension] = compile;
}

module.exports = { install };
