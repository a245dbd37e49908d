'use strict';

/**
 * Contents and Bun's loader for them -> what the engine takes.
 */

const path = require('node:path');
const { engineLoaders } = require('../engine');
const { loaderOf } = require('../loaders');
const { isData, load } = require('./data');

/**
 * @param {string | Uint8Array} contents
 * @param {string} file
 * @param {string | undefined} given Bun's loader; none: as the extension says
 * @param {{ loader: Record<string, string> }} settings
 * @param {string} [resolveDir]
 * @returns {import('esbuild').OnLoadResult}
 */
function loaded(contents, file, given, settings, resolveDir = path.dirname(file)) {
  const loader = given ?? loaderOf(file, settings.loader);
  if (isData(loader)) return load(Buffer.from(contents).toString(), file, loader);
  const known = /** @type {any} */ (engineLoaders[loader] ?? 'file');
  return { contents, resolveDir, loader: known === 'css' && /\.module\.css$/.test(file) ? 'local-css' : known };
}

module.exports = { loaded };
