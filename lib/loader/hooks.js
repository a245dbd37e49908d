'use strict';

/**
 * The module hooks `resolve` and `load` for `import`.
 *
 * @see https://nodejs.org/api/module.html#customization-hooks
 */

const Module = require('node:module');
const path = require('node:path');
const engine = require('./engine');
const { resolve: find, pathOf, urlOf } = require('./resolve');
const { evaluated } = require('./evaluated');
const standIns = require('./stand-ins');
const { isOwnFile } = require('./own-files');
const { hidden } = require('./required-module');
const {
  peekScript,
  takeScript,
  isImportable,
  builtinFacade,
  nodeFacade,
  commonJsFacade,
  wantedFacade,
  dataFacade,
  namesOf,
} = require('./load');

const scheme = 'dx-compat:';
const threaded = typeof (/** @type {any} */ (Module).registerHooks) !== 'function';
const runtimeName = 'globalThis[globalThis.Symbol.for("dx-compat.loader")]';

/** `require` has patches of its own. @param {{ conditions?: string[] }} context */
function isRequire(context) {
  return context.conditions?.includes('require') ?? false;
}

/** @param {string} given @param {any} context @param {Function} next */
function resolve(given, context, next) {
  const specifier = given.startsWith(hidden) ? given.slice(hidden.length) : given;
  if (isRequire(context)) return next(specifier, context);
  return withNames(
    route(specifier, context, () => next(specifier, context)),
    specifier,
    context,
  );
}

/** @param {string} specifier @param {any} context @param {() => any} skip */
function route(specifier, context, skip) {
  if (specifier === evaluated.url || specifier.startsWith(scheme)) return moduleAt(specifier);
  if (specifier.startsWith('blob:'))
    return blobAt(specifier, context, require('../web/object-url').lookUp(specifier) !== undefined);
  if (specifier === 'bun:main') return moduleAt(`${scheme}main:${urlOf(entry())}`);
  if (context.parentURL?.startsWith(scheme)) return skip();
  const referrer = standIns.fileAt(referrerOf(context.parentURL));
  if (context.parentURL && isOwnFile(referrer)) return skip();
  const found = find(specifier, referrer, false);
  if (found === undefined) return skip();
  const mock = mockOf(found ? (found.kind === 'file' ? found.path : found.name) : specifier);
  if (mock) return moduleAt(mock);
  if (found === null) {
    const { parentURL } = context;
    throw require('./messages').notFound(
      specifier,
      parentURL?.startsWith('blob:') ? parentURL : referrer,
      'import-statement',
    );
  }
  if (found.kind === 'node' && found.name === 'node:fs/promises' && !threaded) require('./file-data').extendPromises();
  if (found.kind === 'node' && engine.configured().mockable) return moduleAt(scheme + found.name);
  if (found.kind === 'node') return { url: found.name, format: 'builtin', shortCircuit: true };
  if (found.kind === 'bun') return moduleAt(scheme + found.name);
  const { type } = context.importAttributes ?? {};
  if (type === 'macro') throw require('../internal/errors').ERR_OPTION_UNSUPPORTED('import', 'with { type: "macro" }');
  const asked = type && engine.loaderOf(found.path) !== type && isImportable(type) ? `dx-type=${type}` : '';
  const standIn = standIns.urlFor(found.path + found.query);
  if (standIn) return moduleAt(asked ? `${standIn}&${asked}` : standIn);
  if (asked) found.query += `${found.query ? '&' : '?'}${asked}`;
  return { url: urlOf(found), format: null, importAttributes: {}, shortCircuit: true };
}

/** What is imported from a blob is looked for from the working directory. @param {string | undefined} parentURL */
const referrerOf = (parentURL) => (parentURL?.startsWith('blob:') ? path.resolve('blob') : pathOf(parentURL));

/** Who asks, as an error names it. @param {string | undefined} parentURL */
const nameOf = (parentURL) => (parentURL?.startsWith('blob:') ? parentURL : pathOf(parentURL));

/** @param {string} url @param {any} context @param {boolean} isKnown to this thread, or to the one that the hooks thread asks */
function blobAt(url, context, isKnown) {
  if (!isKnown) throw require('./messages').notFound(url, nameOf(context.parentURL), 'import-statement');
  return moduleAt(url);
}

/** What runs as the program. */
const entry = () => ({
  kind: /** @type {const} */ ('file'),
  path: engine.configured().main ?? require('../bun/main'),
  query: '',
});

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
  if (url.startsWith('blob:')) return blobSource(url, require('./blob-module').blobModule(url));
  if (!url.startsWith(scheme)) return undefined;
  const name = url.slice(scheme.length);
  if (name.startsWith('missing:'))
    return moduleSource(`throw ${runtimeName}.notFound(...${decodeURIComponent(name.slice('missing:'.length))})`);
  if (name.startsWith('main:')) return moduleSource(`import ${JSON.stringify(name.slice('main:'.length))};`);
  if (name.startsWith('node:'))
    return moduleSource(nodeFacade(name, Object.keys(/** @type {any} */ (process).getBuiltinModule(name))));
  if (!name.startsWith('mock:'))
    return moduleSource(builtinFacade(name, namesOf(require('./runtime').runtime.namespaceOf(name))));
  const names = JSON.parse(engine.binding().moduleSource(url));
  return moduleSource(require('./load').mockFacade(name.slice('mock:'.length), names));
}

/** @param {string} url @param {(filename: string, url: string) => any} unnamed loads a CommonJS module whose wanted names are not known */
function fileSource(url, unnamed) {
  if (!url.startsWith('file:')) return undefined;
  const filename = pathOf(url);
  if (isOwnFile(filename)) return undefined;
  const type = /[?&]dx-type=(\w+)/.exec(url)?.[1];
  const script = takeScript(filename, true, type);
  if (!script) return moduleSource(dataFacade(filename, type));
  if (script.esm) {
    remember(filename, script.requests);
    return moduleSource(threaded ? forOtherThread(script.code) : script.code);
  }
  const names = /[?&]dx-names=([^&]*)/.exec(url)?.[1];
  if (names === undefined) return unnamed(filename, url);
  return moduleSource(wantedFacade(filename, names ? names.split(',').map(decodeURIComponent) : []));
}

/** What Node < 22.15 needs besides: see `import-types.js` and `require-linked.js`. @param {string} code */
function forOtherThread(code) {
  return `${require('./import-types').separateTypes(code)}\n;${runtimeName}.imported(import.meta.url);`;
}

/** @param {string} url @param {import('./blob-module').BlobModule | undefined} found */
function blobSource(url, found) {
  if (found?.requests) remember(url, found.requests);
  return moduleSource(
    found?.code ?? `throw ${runtimeName}.notFound(...${JSON.stringify([url, path.resolve('blob')])})`,
  );
}

/** @param {string} source */
function moduleSource(source) {
  return { format: 'module', source, shortCircuit: true };
}

/**
 * Bun runs a CommonJS module when it is imported, before its importer: so its names are known. Here
 * that is so where the importer does not say which names it wants: `import *`, `export *`, `import()`.
 *
 * @param {string} filename
 */
function commonJs(filename) {
  return moduleSource(commonJsFacade(filename, require('./exported-names').exportedNames(filename)));
}

/** @type {Map<string, Map<string, string[]>>} importer, as `nameOf` has it -> specifier -> names */
const wanted = new Map();

/** @param {string} filename @param {{ specifier: string, names: string[] }[]} [requests] */
function remember(filename, requests) {
  if (!requests) return;
  /** @type {Map<string, string[]>} */
  const bySpecifier = new Map();
  for (const { specifier, names } of requests)
    bySpecifier.set(specifier, [...(bySpecifier.get(specifier) ?? []), ...names]);
  wanted.set(filename, bySpecifier);
}

/** Whether a module imports a specifier by a declaration; undefined when that is not known. @param {string} importer @param {string} specifier */
function wasRequested(importer, specifier) {
  return wanted.get(importer)?.has(specifier);
}

/**
 * Tells the `load` hook which names the importer wants of a CommonJS module.
 *
 * @param {any} result
 * @param {string} specifier
 * @param {any} context
 */
function withNames(result, specifier, context) {
  const names = context.parentURL && wanted.get(nameOf(context.parentURL))?.get(specifier);
  if (!names || names.includes('*') || !result.url?.startsWith('file:') || !isCommonJs(pathOf(result.url)))
    return result;
  const list = names
    .filter((name) => name !== 'default')
    .sort()
    .map(encodeURIComponent)
    .join(',');
  return { ...result, url: `${result.url}${result.url.includes('?') ? '&' : '?'}dx-names=${list}` };
}

/** @param {string} filename */
function isCommonJs(filename) {
  if (isOwnFile(filename)) return false;
  try {
    return peekScript(filename)?.esm === false;
  } catch {
    return false; // the `load` hook will say what is wrong
  }
}

module.exports = {
  resolve,
  load,
  route,
  blobAt,
  nameOf,
  withNames,
  sourceAt,
  blobSource,
  fileSource,
  moduleAt,
  moduleSource,
  wasRequested,
  scheme,
};
