'use strict';

/**
 * `require` as in Bun: patches of `node:module`, the same on every supported Node.
 */

const path = require('node:path');
const Module = /** @type {any} */ (require('node:module'));
const engine = require('./engine');
const { resolve } = require('./resolve');
const { takeScript, forgetAhead, isPublished } = require('./load');
const { isOwnFile } = require('./own-files');
const { ERR_INVALID_ARG_VALUE } = require('../internal/errors');

/** `import` goes through the hooks thread. */
const threaded = typeof Module.registerHooks !== 'function';

const scriptExtensions = ['.js', '.jsx', '.mjs', '.cjs', '.ts', '.tsx', '.mts', '.cts'];
const dataExtensions = [
  '.json',
  '.jsonc',
  '.json5',
  '.toml',
  '.yaml',
  '.yml',
  '.txt',
  '.html',
  '.css',
  '.wasm',
  '.sqlite',
];

function install() {
  require('./builtins').installBuiltins();
  patchResolve();
  patchExtensions();
  patchLoad();
  // Under the command line nothing of the program is loaded yet.
  const isOurs = require('../internal/runtime').main === undefined ? isOwnFile : () => true;
  Object.keys(Module._cache).filter(isOurs).forEach(hide);
  watchCache();
}

/**
 * Takes a file of ours out of what a program sees of `require.cache`: one that empties it, to load its own modules
 * again, would take the loader apart.
 *
 * @param {string} filename
 */
function hide(filename) {
  const own = { value: Module._cache[filename], enumerable: false, writable: true, configurable: true };
  if (own.value) Object.defineProperty(Module._cache, filename, own);
}

function patchResolve() {
  const { _resolveFilename } = Module;
  Module._resolveFilename = function resolveFilename(
    /** @type {string} */ request,
    /** @type {any} */ parent,
    /** @type {boolean} */ isMain,
    /** @type {any} */ options,
  ) {
    const referrer = parent?.filename ?? undefined;
    if (isMain || typeof request !== 'string' || !referrer || isOwnFile(referrer)) {
      return _resolveFilename.call(this, request, parent, isMain, options);
    }
    const found = resolveFrom(request, referrer, options?.paths);
    if (found === undefined) return _resolveFilename.call(this, request, parent, isMain, options);
    if (found === null) throw missing(request, referrer, parent);
    return found.kind === 'file' ? found.path : found.kind === 'node' ? request : found.name;
  };
}

/** @param {string} request @param {string} referrer @param {any} parent */
function missing(request, referrer, parent) {
  if (request === '') return ERR_INVALID_ARG_VALUE('id', '', 'must be a non-empty string');
  // `require` and `require.resolve` call the same function with the same arguments.
  const isResolve = /\bresolve \(node:internal\/modules\//.test(String(new Error().stack));
  return require('./messages').notFound(
    request,
    referrer,
    isResolve ? 'require-resolve' : 'require-call',
    requireStack(parent),
  );
}

/** @param {string} request @param {string} referrer @param {string[] | undefined} paths as `require.resolve` takes them */
function resolveFrom(request, referrer, paths) {
  if (!paths) return resolve(request, referrer, true);
  for (const folder of paths) {
    const found = resolve(request, require('node:path').resolve(folder, '[paths]'), true);
    if (found !== null) return found;
  }
  return null;
}

/** @param {any} parent @returns {string[]} */
function requireStack(parent) {
  const stack = [];
  for (let module = parent; module && stack.length < 50; module = module.parent)
    stack.push(module.filename ?? module.id);
  return stack;
}

function patchExtensions() {
  const original = Module._extensions['.js'];
  const originalJson = Module._extensions['.json'];
  const compile = (/** @type {any} */ module, /** @type {string} */ filename) => {
    if (isOwnFile(filename)) {
      hide(filename);
      return original(module, filename);
    }
    if (isPublished(filename)) return original(module, filename);
    // A file of an extension that means nothing is a script when it is required, a path when it is imported.
    const script = takeScript(filename, false, engine.isKnown(filename) ? undefined : 'tsx');
    if (script) run(module, script, filename);
    else if (engine.loaderOf(filename) === 'napi') Module._extensions['.node'](module, filename);
    else readInto(module, filename);
  };
  const readInto = (/** @type {any} */ module, /** @type {string} */ filename) => {
    const loader = engine.loaderOf(filename);
    const { readData, requiredData } = require('./data');
    module.exports = requiredData(loader, readData(filename, loader));
  };
  const originalNative = Module._extensions['.node'];
  Module._extensions['.node'] = (/** @type {any} */ module, /** @type {string} */ filename) => {
    if (isOwnFile(filename)) hide(filename);
    return originalNative(module, filename);
  };
  for (const extension of scriptExtensions) Module._extensions[extension] = compile;
  for (const extension of dataExtensions) Module._extensions[extension] = compile;
  Module._extensions['.json'] = (/** @type {any} */ module, /** @type {string} */ filename) =>
    isOwnFile(filename) || isPublished(filename.replace(/\.json$/, '.js'))
      ? originalJson(module, filename)
      : compile(module, filename);
}

/** @param {any} module @param {import('./load').Script} script @param {string} filename */
function run(module, script, filename) {
  if (!script.esm) return module._compile(script.code, filename, 'commonjs');
  // Node imports a program's first file when it is told that it is an ES module: the hooks have to be there.
  if (threaded && module === process.mainModule) require('./esm').ready();
  try {
    // One that runs for the first time here may have been imported before.
    if (ran.has(filename) || takenOut.delete(filename)) module.exports = require('./run-again').exportsOf(filename);
    else compileModule(module, script.code, filename);
    ran.add(filename);
  } catch (error) {
    forgetAhead();
    if (/** @type {any} */ (error)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    throw new TypeError(`require() async module "${filename}" is unsupported. use "await import()" instead.`);
  }
}

/** @type {Set<string>} what the program took out of `require.cache` and has not required since */
const takenOut = new Set();

/** Sees what the program takes out of `require.cache`: in Bun that runs again when it is imported, too. */
function watchCache() {
  Module._cache = new Proxy(Module._cache, {
    deleteProperty(cache, file) {
      const module = cache[file];
      // Node itself takes out what has failed to load.
      if (typeof file === 'string' && path.isAbsolute(file) && (!module || module.loaded)) {
        takenOut.add(file);
        require('./run-again').importAgain(file);
      }
      return Reflect.deleteProperty(cache, file);
    },
  });
}

/** @type {Set<string>} the ES modules that ran: one that is required again was taken out of `require.cache` */
const ran = new Set();

/** @param {any} module @param {string} source @param {string} filename */
function compileModule(module, source, filename) {
  const cycle = threaded && require('./require-linked').cycleOf(filename);
  if (cycle) {
    module.exports = cycle.exportsOf(filename);
    return;
  }
  const own = threaded ? require('./require-linked').link(source, filename) : source;
  const { code, take } = require('./required-module').capture(own, filename);
  module._compile(code, filename, 'module');
  module.exports = take(module.exports);
}

/** Modules that `mock.module` replaced, and `node:` names that do not exist. */
function patchLoad() {
  const { _load } = Module;
  const { mockable } = engine.configured();
  Module._load = function load(
    /** @type {string} */ request,
    /** @type {any} */ parent,
    /** @type {boolean} */ isMain,
  ) {
    if (typeof request === 'string' && request.startsWith('node:') && !Module.isBuiltin(request)) {
      throw require('./messages').notFound(request, parent?.filename ?? '', 'require-call');
    }
    if (request === 'node:fs/promises' || request === 'fs/promises') require('./file-data').extendPromises();
    if (!mockable) return _load.call(this, request, parent, isMain);
    if (parent?.filename && !isOwnFile(parent.filename)) {
      const found = resolve(request, parent.filename, true);
      const mock = require('./mock').mocked(found ? (found.kind === 'file' ? found.path : found.name) : request);
      if (mock !== undefined) return mock;
    }
    return _load.call(this, request, parent, isMain);
  };
}

module.exports = { install };
