'use strict';

/**
 * What emitted code and facades call: `globalThis[Symbol.for('dx-compat.loader')]`.
 */

const Module = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { modules } = require('../modules');

const key = Symbol.for('dx-compat.loader');
const requires = new Map();
const moduleObjects = new Map();

const runtime = {
  /** Bun's `import.meta`. @param {any} meta */
  meta(meta) {
    require('./import-meta').extend(meta);
  },
  requireOf,
  /** `module` of an ECMAScript module. @param {string} url */
  moduleOf(url) {
    let found = moduleObjects.get(url);
    if (!found)
      moduleObjects.set(
        url,
        (found = {
          exports: {},
          id: fileURLToPath(url),
          filename: fileURLToPath(url),
          loaded: false,
          children: [],
          paths: [],
          require: requireOf(url),
        }),
      );
    return found;
  },
  /** @param {string} url */
  filenameOf: (url) => fileURLToPath(url),
  /** @param {string} url */
  dirnameOf: (url) => path.dirname(fileURLToPath(url)),
  get syntaxHelpers() {
    return require('./syntax-helpers');
  },
  namespaceOf,
  /** @param {string} name */
  defaultOf(name) {
    const namespace = namespaceOf(name);
    return 'default' in namespace ? namespace.default : namespace;
  },
  /** The named exports of a built-in module, as an import declaration asks for them. @param {string} name @param {string[]} names */
  pick(name, names) {
    const namespace = namespaceOf(name);
    return names.map((wanted) => {
      if (wanted === 'default') return runtime.defaultOf(name);
      if (!(wanted in namespace)) throw new SyntaxError(`Export named '${wanted}' not found in module '${name}'.`);
      return namespace[wanted];
    });
  },
  /** Loads a CommonJS module for its facade. @param {string} filename @param {boolean} isMain */
  load(filename, isMain) {
    return /** @type {any} */ (Module)._load(filename, null, isMain);
  },
  /** The default export of a CommonJS module. @param {any} exports */
  defaultExport(exports) {
    return exports?.__esModule && 'default' in exports ? exports.default : exports;
  },
};

/** @param {string} name @returns {any} */
function namespaceOf(name) {
  return modules[name]();
}

/** @param {string} url */
function requireOf(url) {
  let found = requires.get(url);
  if (!found)
    requires.set(
      url,
      (found = Module.createRequire(url.startsWith('file:') ? url.replace(/[?#].*$/, '') : pathToFileURL(url))),
    );
  return found;
}

function install() {
  Object.defineProperty(globalThis, key, { value: runtime, configurable: true });
}

module.exports = { install, runtime };
