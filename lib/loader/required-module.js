'use strict';

/**
 * What `require` of an ECMAScript module gives: its namespace, with an `__esModule` that is there for
 * the code that transpilers write, and that no list of its keys shows.
 *
 * Node gives the namespace of a second module, which exports `__esModule`. So the module hands out
 * its own, which it imports; of one that ran before, because it was imported, another small module does.
 */

const Module = /** @type {any} */ (require('node:module'));
const types = require('node:util/types');
const { pathToFileURL } = require('node:url');
const engine = require('./engine');

/** @type {Map<string, any>} file -> its namespace, until `take` asks */
const namespaces = new Map();

let requests = 0;

/** @type {ProxyHandler<any>} */
const withMark = {
  get: (namespace, key) => (key === '__esModule' && !(key in namespace) ? true : namespace[key]),
  has: (namespace, key) => key === '__esModule' || key in namespace,
};

/**
 * @param {string} code
 * @param {string} filename
 * @returns {{ code: string, take: (exports: any) => any }} the code that hands its namespace out; how
 *   to make of Node's `module.exports` what `require` gives
 */
function capture(code, filename) {
  const { href } = pathToFileURL(filename);
  return {
    code: `${withoutSchemes(code)}\n${handOut(href, filename)}`,
    take(exports) {
      const namespace = taken(filename);
      if (!types.isModuleNamespaceObject(exports)) return exports; // `export { x as 'module.exports' }`
      return namespace ? new Proxy(namespace, withMark) : requiredFrom(href, filename);
    },
  };
}

/** Stands in front of a specifier that looks like a URL. */
const hidden = './dx-compat:';

/** Node 22 asks no hook for what a required module imports by a URL, and takes its own schemes only: `bun:` is none. @param {string} code */
function withoutSchemes(code) {
  if (!/\bfrom\s*"[a-z][a-z+.-]+:/i.test(code)) return code;
  let plain = '';
  let at = 0;
  for (const { specifier, start } of engine.binding().moduleImports(code)) {
    if (!/^(?!(?:file|node|data|https?):)[a-z][a-z+.-]+:/i.test(specifier)) continue;
    plain += `${code.slice(at, start + 1)}${hidden}`;
    at = start + 1;
  }
  return plain + code.slice(at);
}

/** @param {string} url @param {string} filename */
function handOut(url, filename) {
  return `import*as $dxOwn from ${JSON.stringify(url)};globalThis[globalThis.Symbol.for("dx-compat.loader")].own(${JSON.stringify(filename)},$dxOwn);`;
}

/**
 * What `require` gives of a module that Node has loaded, or can load, by its URL.
 *
 * @param {string} url
 * @param {string} filename
 */
function requiredFrom(url, filename) {
  const path = `${filename}.namespace-${++requests}`; // one that ran before would not run again
  new Module(path, null)._compile(handOut(url, filename), path, 'module');
  const namespace = taken(filename);
  return 'module.exports' in namespace ? namespace['module.exports'] : new Proxy(namespace, withMark);
}

/** @param {string} filename */
function taken(filename) {
  const namespace = namespaces.get(filename);
  namespaces.delete(filename);
  return namespace;
}

/** @param {string} filename @param {any} namespace */
function own(filename, namespace) {
  namespaces.set(filename, namespace);
}

module.exports = { capture, requiredFrom, own, hidden };
