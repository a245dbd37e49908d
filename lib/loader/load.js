'use strict';

/**
 * A file in, what to run out: emitted JavaScript, or the source of a facade module.
 */

const engine = require('./engine');

const runtime = 'globalThis[Symbol.for("dx-compat.loader")]';
const scripts = new Set(['js', 'jsx', 'ts', 'tsx']);

/**
 * @param {string} filename
 * @returns {{ code: string, esm: boolean } | undefined} `undefined` when Node may load the file as it is
 */
function loadScript(filename) {
  const loader = engine.loaderOf(filename);
  if (!scripts.has(loader)) return undefined;
  if (loader === 'js' && isInPackage(filename)) return undefined;
  return engine.get().load(filename, loader);
}

/** Packages are published as JavaScript: Node loads them untouched. @param {string} filename */
function isInPackage(filename) {
  return filename.includes('/node_modules/') || filename.includes('\\node_modules\\');
}

/**
 * Writes an ECMAScript module that hands out what an expression gives.
 *
 * @param {string} expression
 * @param {string[]} names the named exports
 * @returns {string}
 */
function facade(expression, names) {
  let code = `const $=${expression};\nexport default ${runtime}.defaultExport($);\n`;
  const list = [];
  names.forEach((name, index) => {
    if (name === 'default') return;
    code += `const $${index}=$[${JSON.stringify(name)}];\n`;
    list.push(`$${index} as ${JSON.stringify(name)}`);
  });
  return `${code}export{${list.join(',')}};\n`;
}

/** @param {string} name `bun`, `bun:sqlite`, … @param {string[]} names */
function builtinFacade(name, names) {
  return facade(`${runtime}.namespaceOf(${JSON.stringify(name)})`, names);
}

/** @param {string} filename @param {string[]} names @param {boolean} isMain */
function commonJsFacade(filename, names, isMain) {
  return facade(`${runtime}.load(${JSON.stringify(filename)},${isMain})`, names);
}

/** @param {unknown} exports @returns {string[]} */
function namesOf(exports) {
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return [];
  const names = Object.keys(exports);
  return names.filter((name) => name !== 'default' && isWellFormed(name));
}

/** @param {string} name */
function isWellFormed(name) {
  return /** @type {any} */ (name).isWellFormed();
}

module.exports = { loadScript, builtinFacade, commonJsFacade, namesOf, scripts };
