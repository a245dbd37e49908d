'use strict';

/**
 * Runs the module of a macro: bundled for this process with what is beside it, packages aside.
 */

const Module = require('node:module');
const path = require('node:path');
const { bundler } = require('../engine');

/**
 * @param {string} file absolute
 * @param {string} directory
 * @returns {Promise<any>} what it exports
 */
async function run(file, directory) {
  const { outputFiles } = await bundler().build({
    absWorkingDir: directory,
    entryPoints: [file],
    bundle: true,
    write: false,
    logLevel: 'silent',
    platform: 'node',
    packages: 'external',
    format: 'cjs',
    loader: { '.js': 'jsx' },
    define: { 'import.meta.dir': '__dirname', 'import.meta.dirname': '__dirname', 'import.meta.path': '__filename' },
  });
  const module = /** @type {any} */ (new Module(file));
  module.filename = file;
  module.paths = /** @type {any} */ (Module)._nodeModulePaths(path.dirname(file));
  const body = `(function(exports,require,module,__filename,__dirname){${outputFiles[0].text}\n})`;
  const called = require('node:vm').runInThisContext(body, { filename: file });
  called.call(module.exports, module.exports, Module.createRequire(file), module, file, path.dirname(file));
  return module.exports;
}

module.exports = { run };
