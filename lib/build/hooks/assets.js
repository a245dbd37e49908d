'use strict';

/**
 * Files that style sheets refer to: small ones become a part of the sheet.
 *
 * @see bun-types/docs/bundler/css.mdx
 */

const fs = require('node:fs');
const { namespaces } = require('./namespaces');

/** In bytes; larger files are copied. */
const limit = 128 * 1024;

/** Marks what this hook asks itself. */
const asking = Symbol('asking');

/** @param {import('../config').Settings} settings @returns {import('esbuild').Plugin} */
function plugin({ loader }) {
  return {
    name: 'dx-compat:assets',
    setup(build) {
      const filter = /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot)(?:[?#].*)?$/i;
      build.onResolve({ filter }, async (args) => {
        if (args.kind !== 'url-token' || args.pluginData === asking) return undefined;
        const { resolveDir, kind, importer } = args;
        const found = await build.resolve(args.path, { resolveDir, kind, importer, pluginData: asking });
        if (found.errors.length || found.external || found.namespace !== 'file') return undefined;
        if (Object.keys(loader).some((extension) => found.path.endsWith(extension))) return undefined;
        return fs.statSync(found.path).size < limit
          ? { path: found.path, namespace: namespaces.inlined, watchFiles: [found.path] }
          : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: namespaces.inlined }, async (args) => ({
        contents: await fs.promises.readFile(args.path),
        loader: 'dataurl',
      }));
    },
  };
}

module.exports = { plugin };
