'use strict';

/**
 * Imports of one specifier with different `type` attributes, on Node < 22.15: it keeps the modules that
 * a module imports by specifier alone, gives all of them the last one, and aborts the process when it
 * comes to the others. So the specifiers are made different.
 */

const engine = require('./engine');
const { isImportable } = require('./load');

/**
 * @param {string} code an emitted module
 * @returns {string} the code with the type as a query, as `route` of `hooks.js` writes it
 */
function separateTypes(code) {
  if (!/\bwith\s*\{/.test(code)) return code;
  const imports = engine.binding().moduleImports(code);
  /** @type {Map<string, Set<string | undefined>>} */
  const types = new Map();
  for (const { specifier, loader } of imports) types.set(specifier, (types.get(specifier) ?? new Set()).add(loader));
  let separated = '';
  let at = 0;
  for (const { specifier, loader, start, end } of imports) {
    if (loader === undefined || types.get(specifier)?.size === 1 || !isImportable(loader)) continue;
    const query = `${specifier.includes('?') ? '&' : '?'}dx-type=${loader}`;
    separated += code.slice(at, start) + JSON.stringify(specifier + query);
    at = end;
  }
  return separated + code.slice(at);
}

module.exports = { separateTypes };
