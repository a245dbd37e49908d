'use strict';

/**
 * Data files that the bundler does not read itself: TOML, YAML, JSON with comments, JSON5, ….
 *
 * @see bun-types/docs/bundler/loaders.mdx
 */

const fs = require('node:fs');
const path = require('node:path');
const { parse } = require('../../loader/data');

/** Extension -> Bun's loader. @type {Record<string, string>} */
const formats = {
  '.jsonc': 'jsonc',
  '.json5': 'json5',
  '.toml': 'toml',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

/** @param {import('../config').Settings} settings @returns {import('esbuild').Plugin} */
function plugin({ loader }) {
  /** @type {Record<string, string>} */
  const chosen = { ...formats };
  for (const [extension, name] of Object.entries(loader)) {
    if (isData(name)) chosen[extension] = name;
    else delete chosen[extension];
  }
  return {
    name: 'dx-compat:data',
    setup(build) {
      const endings = Object.keys(chosen).map((extension) => extension.slice(1).replaceAll('.', '\\.'));
      if (!endings.length) return;
      build.onLoad(
        { filter: new RegExp(`\\.(?:${endings.join('|')})$`), namespace: 'file' },
        async ({ path: file }) => {
          const extension = Object.keys(chosen).find((ending) => file.endsWith(ending)) ?? path.extname(file);
          return load(await fs.promises.readFile(file, 'utf8'), file, chosen[extension]);
        },
      );
    },
  };
}

/** @param {string} loader Bun's */
function isData(loader) {
  return Object.values(formats).includes(loader);
}

/**
 * @param {string} source
 * @param {string} file for messages
 * @param {string} format
 * @returns {import('esbuild').OnLoadResult}
 */
function load(source, file, format) {
  try {
    return { contents: JSON.stringify(parse(source, file, format)), loader: 'json' };
  } catch (error) {
    return { errors: [{ text: String(error), detail: { say: () => error } }] };
  }
}

module.exports = { plugin, isData, load };
