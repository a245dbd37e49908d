'use strict';

/**
 * `require` of an ECMAScript module on Node < 22.15, where no hook is asked for what it imports.
 *
 * So what it imports is loaded before it, with `require`, in the same order; Node then finds each in
 * its cache under the URL that stands in the code instead of the specifier. What is no ES module is
 * imported as a facade in a `data:` URL. Modules that import each other are for `require-cycle.js`.
 */

const Module = /** @type {any} */ (require('node:module'));
const engine = require('./engine');
const { resolve, urlOf } = require('./resolve');
const { peekScript, loadScript, commonJsFacade, wantedFacade, dataFacade, builtinFacade, namesOf } = require('./load');

/** @type {Set<string>} the files whose imports are being loaded: one that imports itself is left to Node */
const open = new Set();
/** @type {Set<string>} the URLs of modules that ran because they were imported: Node has them in its cache */
const imported = new Set();

/**
 * @param {string} code an emitted module
 * @param {string} filename
 * @returns {string} the code with its specifiers replaced
 * @throws {ResolveMessage}
 */
function link(code, filename) {
  let linked = '';
  let at = 0;
  open.add(filename);
  try {
    for (const { specifier, names, loader, start, end } of engine.binding().moduleImports(code)) {
      const url = target(specifier, filename, names, loader);
      if (url === undefined) continue;
      linked += code.slice(at, start) + JSON.stringify(url);
      at = end;
    }
  } finally {
    open.delete(filename);
  }
  return linked + code.slice(at);
}

/**
 * @param {string} specifier
 * @param {string} referrer
 * @param {string[]} names
 * @param {string} [loader] of an import attribute
 * @returns {string | undefined} the URL to import; undefined: as it stands
 */
function target(specifier, referrer, names, loader) {
  const found = resolve(specifier, referrer, false);
  if (found === undefined) return undefined;
  if (found === null) throw require('./messages').notFound(specifier, referrer, 'import-statement');
  if (found.kind === 'node') return found.name;
  const { mocked } = require('./mock');
  if (found.kind === 'bun')
    return dataUrl(
      builtinFacade(found.name, wanted(names) ?? namesOf(require('./runtime').runtime.namespaceOf(found.name))),
    );
  const file = found.path;
  const script = mocked(file) === undefined ? scriptAt(file, loader) : { esm: false };
  if (!script) return dataUrl(dataFacade(file, loader));
  if (script.esm) return moduleUrl(file);
  const list = wanted(names);
  return dataUrl(
    list ? wantedFacade(file, list) : commonJsFacade(file, require('./exported-names').exportedNames(file)),
  );
}

/** @param {string} file @param {string} [loader] of an import attribute */
function scriptAt(file, loader) {
  return loader === undefined ? peekScript(file) : loadScript(file, false, loader);
}

/** Loads an ES module, unless it is. @param {string} file @returns {string} the URL that Node has it under */
function moduleUrl(file) {
  const url = urlOf({ path: file, query: '' });
  const { urlFor } = require('./stand-ins');
  if (urlFor(file)) require('./require-cycle').writeIfOpen(file);
  else if (!open.has(file) && !imported.has(url)) Module._load(file, null, false);
  return urlFor(file) ?? url;
}

/** @param {string[]} names @returns {string[] | undefined} undefined when all are wanted */
function wanted(names) {
  return names.includes('*') ? undefined : [...new Set(names)].filter((name) => name !== 'default');
}

/** @param {string} source */
function dataUrl(source) {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** @param {string} file an ES module about to be loaded @returns {import('./require-cycle').Cycle | undefined} */
function cycleOf(file) {
  return imported.has(urlOf({ path: file, query: '' })) ? undefined : require('./require-cycle').cycleOf(file);
}

module.exports = { link, imported, cycleOf };
