'use strict';

/**
 * The module hooks `resolve` and `load` for `import`.
 *
 * @see https://nodejs.org/api/module.html#customization-hooks
 */

const Module = /** @type {any} */ (require('node:module'));
const engine = require('./engine');
const { resolve: find, pathOf, urlOf } = require('./resolve');
const { evaluated } = require('./evaluated');
const { isOwnFile } = require('./own-files');
const { loadScript, isDataLoader, builtinFacade, nodeFacade, commonJsFacade, wantedFacade, dataFacade, namesOf, scripts } = require('./load');

const scheme = 'dx-compat:';
const runtimeName = 'globalThis[Symbol.for("dx-compat.loader")]';

/** `require` has patches of its own. @param {{ conditions?: string[] }} context */
function isRequire(context) {
  return context.conditions?.includes('require') ?? false;
}

/** @param {string} specifier @param {any} context @param {Function} next */
function resolve(specifier, context, next) {
  if (isRequire(context)) return next(specifier, context);
  return route(specifier, context, () => next(specifier, context));
}

/** @param {string} specifier @param {any} context @param {() => any} skip */
function route(specifier, context, skip) {
  if (specifier === evaluated.url || specifier.startsWith(scheme)) return moduleAt(specifier);
  if (context.parentURL?.startsWith(scheme)) return skip();
  const referrer = pathOf(context.parentURL);
  if (context.parentURL && isOwnFile(referrer)) return skip();
  const found = find(specifier, referrer, false);
  if (found === undefined) return skip();
  const mock = mockOf(found ? (found.kind === 'file' ? found.path : found.name) : specifier);
  if (mock) return moduleAt(mock);
  if (found === null) throw require('./messages').notFound(specifier, referrer, 'import-statement');
  if (found.kind === 'node' && engine.configured().mockable) return moduleAt(scheme + found.name);
  if (found.kind === 'node') return { url: found.name, format: 'builtin', shortCircuit: true };
  if (found.kind === 'bun') return moduleAt(scheme + found.name);
  const { type } = context.importAttributes ?? {};
  if (type === 'macro') throw require('../internal/errors').ERR_OPTION_UNSUPPORTED('import', 'with { type: "macro" }');
  if (type && engine.loaderOf(found.path) !== type && (scripts.has(type) || isDataLoader(type))) {
    found.query += `${found.query ? '&' : '?'}dx-type=${type}`;
  }
  return { url: urlOf(found), format: null, importAttributes: {}, shortCircuit: true };
}

/** @param {string} url */
function moduleAt(url) {
  return { url, format: 'module', importAttributes: {}, shortCircuit: true };
}

/** @param {string} id @returns {string | undefined} the URL of the facade of a mock */
function mockOf(id) {
  if (!engine.configured().mockable) return undefined;
  const { mockKey } = require('./mock');
  return engine.binding().moduleSource(mockKey(id)) === null ? undefined : `${scheme}mock:${id}`;
}

/** @param {string} url @param {any} context @param {Function} next */
function load(url, context, next) {
  if (isRequire(context)) return next(url, context);
  return sourceAt(url) ?? fileSource(url, commonJs) ?? next(url, context);
}

/** Modules that are in no file. @param {string} url */
function sourceAt(url) {
  if (url === evaluated.url) return moduleSource(evaluated.code);
  if (!url.startsWith(scheme)) return undefined;
  const name = url.slice(scheme.length);
  if (name.startsWith('missing:')) return moduleSource(`throw ${runtimeName}.notFound(...${name.slice('missing:'.length)})`);
  if (name.startsWith('node:')) return moduleSource(nodeFacade(name, Object.keys(process.getBuiltinModule(name))));
  if (!name.startsWith('mock:')) return moduleSource(builtinFacade(name, namesOf(require('./runtime').runtime.namespaceOf(name))));
  const names = JSON.parse(engine.binding().moduleSource(url));
  return moduleSource(require('./load').mockFacade(name.slice('mock:'.length), names));
}

/** @param {string} url @param {(filename: string, url: string) => any} loadCommonJs */
function fileSource(url, loadCommonJs) {
  if (!url.startsWith('file:')) return undefined;
  const filename = pathOf(url);
  if (isOwnFile(filename)) return undefined;
  const type = /[?&]dx-type=(\w+)/.exec(url)?.[1];
  const script = loadScript(filename, loadCommonJs !== commonJs, type);
  if (!script) return moduleSource(dataFacade(filename, type));
  if (!script.esm) return loadCommonJs(filename, url);
  if (script.requests) remember(filename, script.requests);
  return moduleSource(script.code);
}

/** @param {string} source */
function moduleSource(source) {
  return { format: 'module', source, shortCircuit: true };
}

/** Bun runs a CommonJS module when it is imported, before its importer: so its names are known. @param {string} filename */
function commonJs(filename) {
  const exports = require('./runtime').runtime.load(filename);
  const names = namesOf(exports);
  const isTranspiled = exports?.__esModule && !engine.get().isModuleScope(filename);
  return moduleSource(commonJsFacade(filename, isTranspiled ? names.filter((name) => name !== '__esModule') : names));
}

/** @type {Map<string, Map<string, string[]>>} importer -> specifier -> names; on the hooks thread only */
const wanted = new Map();

/** @param {string} filename @param {{ specifier: string, names: string[] }[]} requests */
function remember(filename, requests) {
  /** @type {Map<string, string[]>} */
  const bySpecifier = new Map();
  for (const { specifier, names } of requests) bySpecifier.set(specifier, [...(bySpecifier.get(specifier) ?? []), ...names]);
  wanted.set(filename, bySpecifier);
}

/**
 * The hooks thread cannot run CommonJS modules of the main thread to see their names: the facade
 * has those that Node finds in the source and those that the importer asks for.
 */
const threaded = {
  /** @param {string} specifier @param {any} context @param {Function} next */
  resolve(specifier, context, next) {
    const result = routeOrThrow(specifier, context, next);
    const names = context.parentURL ? wanted.get(pathOf(context.parentURL))?.get(specifier)?.filter((name) => name !== '*' && name !== 'default') : undefined;
    if (names?.length && result.url?.startsWith('file:') && isCommonJs(pathOf(result.url))) {
      result.url += `${result.url.includes('?') ? '&' : '?'}dx-names=${names.sort().map(encodeURIComponent).join(',')}`;
    }
    return result;
  },
  /** @param {string} url @param {any} context @param {Function} next */
  load(url, context, next) {
    if (url.endsWith('?dx-native')) return { format: 'commonjs', source: null, shortCircuit: true };
    return sourceAt(url) ?? fileSource(url, wantedNames) ?? next(url, context);
  },
};

/**
 * An error that crosses threads loses its class: a dynamic import that fails gets a module that
 * throws it on the main thread.
 *
 * @param {string} specifier
 * @param {any} context
 * @param {Function} next
 */
function routeOrThrow(specifier, context, next) {
  try {
    return route(specifier, context, () => next(specifier, context));
  } catch (error) {
    const referrer = pathOf(context.parentURL);
    const requests = wanted.get(referrer);
    if (/** @type {any} */ (error)?.name !== 'ResolveMessage' || !requests || requests.has(specifier)) throw error;
    return moduleAt(`${scheme}missing:${JSON.stringify([specifier, referrer])}`);
  }
}

/** @param {string} filename */
function isCommonJs(filename) {
  if (isOwnFile(filename)) return false;
  try {
    return loadScript(filename)?.esm === false;
  } catch {
    return false; // the `load` hook will say what is wrong
  }
}

/** @param {string} filename @param {string} url */
function wantedNames(filename, url) {
  const names = /[?&]dx-names=([^&]*)/.exec(url)?.[1].split(',').map(decodeURIComponent) ?? [];
  return moduleSource(wantedFacade(filename, names, urlOf({ path: filename, query: '' })));
}

module.exports = { resolve, load, threaded, Module };
