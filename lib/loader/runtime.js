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

const runtime = {
  /** Bun's `import.meta`. @param {any} meta */
  meta(meta) {
    require('./import-meta').extend(meta);
  },
  requireOf,
  /** @param {string} url */
  filenameOf: (url) => fileURLToPath(url.replace(/[?#].*$/, '')),
  /** @param {string} url */
  dirnameOf: (url) => path.dirname(runtime.filenameOf(url)),
  get syntaxHelpers() {
    return require('./syntax-helpers');
  },
  /** @param {Function[]} list */
  decorators: (list) => require('./decorators').decorators(list),
  /** @param {...any} given */
  keyOf: (...given) => require('./decorators').keyOf(...given),
  namespaceOf,
  defaultOf,
  pick,
  load,
  defaultExport,
  /** A named export of a built-in; one that this binary lacks is undefined. @param {any} namespace @param {string} name */
  read(namespace, name) {
    try {
      return namespace[name];
    } catch {
      return undefined;
    }
  },
  /** Takes the namespace of a module that is required. @param {string} filename @param {any} namespace */
  own: (filename, namespace) => require('./required-module').own(filename, namespace),
  /** Takes the URL of a module that ran because it was imported (Node < 22.15). @param {string} url */
  imported(url) {
    require('./require-linked').imported.add(url);
  },
  /** A named export of a CommonJS module. @param {any} exports @param {string} name @param {string} filename */
  named(exports, name, filename) {
    if (exports === null || exports === undefined || !(name in Object(exports))) throw missing(name, filename);
    return exports[name];
  },
  /** The value of a data file. @param {string} filename @param {string} loader @param {boolean} byAttribute */
  data(filename, loader, byAttribute) {
    const { readData } = require('./data');
    if (byAttribute || loader === 'text' || loader === 'napi' || loader === 'file') return readData(filename, loader);
    const exports = /** @type {any} */ (Module)._load(filename, null, false);
    return loader === 'sqlite' ? exports.db : exports;
  },
  /** @param {string} specifier @param {string} referrer */
  notFound: (specifier, referrer) => require('./messages').notFound(specifier, referrer, 'import-statement'),
  /** What `mock.module` put in a module's place. @param {string} id */
  mockOf: (id) => require('./mock').mocked(id),
  /** Takes the setters of a module's exports, for `mock.module`. @param {string} url @param {any} own @param {any} from @param {string[]} all */
  exportsOf(url, own, from, all) {
    require('./mock').register(url, own, from, all);
  },
};

/**
 * The namespace of a built-in module of Bun.
 *
 * @param {string} name
 * @param {string} [url] the module that asks
 * @returns {any}
 * @throws {ResolveMessage} when there is no such module
 */
function namespaceOf(name, url) {
  const mocked = require('./mock').mocked(name);
  if (mocked) return mocked;
  if (Object.hasOwn(modules, name)) return modules[name]();
  throw runtime.notFound(name, require('./resolve').pathOf(url));
}

/** @param {string} name @param {string} [url] the module that asks */
function defaultOf(name, url) {
  const namespace = namespaceOf(name, url);
  return 'default' in namespace ? namespace.default : namespace;
}

/**
 * The named exports of a built-in module, as an import declaration asks for them.
 *
 * @param {string} name
 * @param {string[]} names
 * @param {string} [url] the module that asks
 */
function pick(name, names, url) {
  const namespace = namespaceOf(name, url);
  return names.map((wanted) => {
    if (wanted === 'default') return defaultOf(name, url);
    if (!(wanted in namespace)) {
      if (name === 'bun') return undefined; // as Bun: types are imported by name, too
      throw missing(wanted, name);
    }
    return namespace[wanted];
  });
}

/** @param {string} name @param {string} module */
function missing(name, module) {
  return new SyntaxError(`Export named '${name}' not found in module '${module}'.`);
}

/**
 * What a CommonJS module exports that ran to show its names and has taken itself out of `require.cache` since: its
 * facade does not run it again. @type {Map<string, unknown>}
 */
const shown = new Map();

/** Loads a CommonJS module for its facade. @param {string} filename */
function load(filename) {
  if (failed) failed(filename);
  if (!shown.has(filename)) return loadNow(filename);
  const exports = shown.get(filename);
  shown.delete(filename);
  return exports;
}

/** Loads a CommonJS module to see what it exports; `load` is next. @param {string} filename */
function show(filename) {
  const exports = loadNow(filename);
  if (filename in /** @type {any} */ (Module)._cache) shown.delete(filename);
  else shown.set(filename, exports);
  return exports;
}

/** @param {string} filename */
function loadNow(filename) {
  return require('./mock').mocked(filename) ?? /** @type {any} */ (Module)._load(filename, null, isEntry(filename));
}

/** Where names were asked for by the hooks thread: throws what the module threw then. @type {((filename: string) => void) | undefined} */
const failed =
  typeof (/** @type {any} */ (Module).registerHooks) === 'function'
    ? undefined
    : (filename) => require('./thread-host').rethrow(filename);

let entered = false;

/** Whether this is the program's start. @param {string} filename */
function isEntry(filename) {
  if (entered || require('./main').get() !== filename) return false;
  const { main } = require('../internal/runtime'); // the command line says it; else Node has set the main module
  entered = main === filename || process.mainModule === undefined;
  return entered;
}

/**
 * The default export of a CommonJS module: what a transpiled ES module says, but for files that
 * package.json declares ES modules.
 *
 * @param {any} exports
 * @param {string} filename
 */
function defaultExport(exports, filename) {
  return exports?.__esModule && 'default' in exports && !require('./engine').get().isModuleScope(filename)
    ? exports.default
    : exports;
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

module.exports = { install, runtime, show };
