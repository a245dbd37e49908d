'use strict';

/**
 * What `require` of an ECMAScript module gives: its namespace, with an `__esModule` that is there for
 * the code that transpilers write, and that no list of its keys shows.
 *
 * Node gives the namespace of a second module, which exports `__esModule`. So the module hands out
 * its own, which it imports.
 */

const types = require('node:util/types');
const { pathToFileURL } = require('node:url');

/** @type {Map<string, any>} file -> its namespace, until `take` asks */
const namespaces = new Map();

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
  const url = JSON.stringify(pathToFileURL(filename).href);
  const own = `import*as $dxOwn from ${url};globalThis[Symbol.for("dx-compat.loader")].own(${JSON.stringify(filename)},$dxOwn);`;
  return {
    code: `${code}\n${own}`,
    take(exports) {
      const namespace = namespaces.get(filename);
      namespaces.delete(filename);
      if (!namespace || !types.isModuleNamespaceObject(exports)) return exports; // `export { x as 'module.exports' }`
      return new Proxy(namespace, withMark);
    },
  };
}

/** @param {string} filename @param {any} namespace */
function own(filename, namespace) {
  namespaces.set(filename, namespace);
}

module.exports = { capture, own };
