'use strict';

/**
 * The module hooks `resolve` and `load` for `import`.
 *
 * @see https://nodejs.org/api/module.html#customization-hooks
 */

const Module = /** @type {any} */ (require('node:module'));
const path = require('node:path');
const { resolve: find, pathOf, urlOf } = require('./resolve');
const { isOwnFile } = require('./own-files');
const { evaluated } = require('./evaluated');
const { loadScript, builtinFacade, commonJsFacade, namesOf } = require('./load');

const builtinScheme = 'dx-compat:';

/** @param {{ conditions?: string[] }} context */
function isRequire(context) {
  return context.conditions?.includes('require') ?? false;
}

/** @param {string} specifier @param {any} context @param {Function} next */
function resolve(specifier, context, next) {
  if (specifier === evaluated.url) return { url: specifier, format: 'module', shortCircuit: true };
  if (isRequire(context)) return next(specifier, context);
  if (context.parentURL && isOwnFile(pathOf(context.parentURL))) return next(specifier, context);
  const found = find(specifier, pathOf(context.parentURL), false);
  if (!found) return next(specifier, context);
  if (found.kind === 'node') return { url: found.name, format: 'builtin', shortCircuit: true };
  if (found.kind === 'bun') return { url: builtinScheme + found.name, format: 'module', shortCircuit: true };
  return { url: urlOf(found), importAttributes: {}, shortCircuit: true };
}

/** @param {string} url @param {any} context @param {Function} next */
function load(url, context, next) {
  if (url === evaluated.url) return moduleSource(evaluated.code);
  if (isRequire(context)) return next(url, context);
  if (url.startsWith(builtinScheme)) return moduleSource(builtin(url.slice(builtinScheme.length)));
  if (!url.startsWith('file:')) return next(url, context);
  const filename = pathOf(url);
  const script = isOwnFile(filename) ? undefined : loadScript(filename);
  if (script?.esm) return moduleSource(script.code);
  if (!script && !isCommonJs(filename)) return next(url, context);
  return moduleSource(commonJs(filename));
}

/** @param {string} source */
function moduleSource(source) {
  return { format: 'module', source, shortCircuit: true };
}

/** @param {string} name */
function builtin(name) {
  return builtinFacade(name, namesOf(require('./runtime').runtime.namespaceOf(name)));
}

/** Bun runs a CommonJS module when it is imported, before its importer: so its names are known. @param {string} filename */
function commonJs(filename) {
  const isMain = require('./main').get() === filename;
  return commonJsFacade(filename, namesOf(Module._load(filename, null, isMain)), isMain);
}

/** @param {string} filename */
function isCommonJs(filename) {
  return path.extname(filename) === '.cjs';
}

/** The hooks thread cannot run CommonJS modules of the main thread: Node finds their names. */
const threaded = {
  resolve,
  /** @param {string} url @param {any} context @param {Function} next */
  load(url, context, next) {
    if (url === evaluated.url) return moduleSource(evaluated.code);
    if (url.startsWith('file:') && !isRequire(context)) {
      const filename = pathOf(url);
      const script = loadScript(filename);
      if (script?.esm) return moduleSource(script.code);
      if (script) return { format: 'commonjs', source: null, shortCircuit: true };
      return next(url, context);
    }
    return load(url, context, next);
  },
};

module.exports = { resolve, load, threaded };
