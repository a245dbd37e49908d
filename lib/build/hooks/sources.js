'use strict';

/**
 * What needs the source of every module: macros, import attributes, where it is (`__dirname`),
 * `feature()` of `bun:bundle`. Hooked in only where a first attempt shows that a build has any of it.
 */

const fs = require('node:fs');
const path = require('node:path');
const { loaderOf } = require('../loaders');
const { mentionsPlace, withPlace } = require('../import-meta');
const { expand, mayHaveMacros } = require('../macros');
const { withMetadata } = require('../metadata');
const { loaded } = require('./loaded');

const scripts = new Set(['js', 'jsx', 'ts', 'tsx']);

/**
 * @param {import('../config').Settings} settings
 * @param {import('../bundle').Need} need
 * @returns {import('esbuild').Plugin}
 */
function plugin(settings, need) {
  /** @type {Map<string, Promise<any>>} of macros, which run once a build */
  const modules = new Map();
  return {
    name: 'dx-compat:sources',
    setup(build) {
      if (!need.sources) return;
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path: file, with: attributes }) => {
        const loader = attributes.type ?? loaderOf(file, settings.loader);
        if (attributes.type) return loaded(await fs.promises.readFile(file), file, attributes.type, settings);
        if (!scripts.has(loader)) return undefined;
        const source = await fs.promises.readFile(file, 'utf8');
        try {
          const expanded = mayHaveMacros(source) ? await expand(source, file, loader, moduleOf(file)) : source;
          const changed = rewritten(expanded, file, loader, settings, need);
          return changed === source ? undefined : loaded(changed, file, loader, settings);
        } catch (error) {
          return { errors: [{ text: String(error), detail: { say: () => error } }] };
        }
      });
      /** The modules of the macros in a file. @param {string} importer @returns {import('../macros').Load} */
      function moduleOf(importer) {
        return async (specifier) => {
          const asked = {
            resolveDir: path.dirname(importer),
            importer,
            kind: /** @type {const} */ ('import-statement'),
          };
          const { path: file, errors } = await build.resolve(specifier, asked);
          if (errors.length) return undefined;
          if (!modules.has(file)) modules.set(file, require('../macros/module').run(file, settings.directory));
          return modules.get(file);
        };
      }
    },
  };
}

/** Whether a build that went well has what only this hook replaces. @param {{ contents: Uint8Array }[]} outputFiles */
function wanted(outputFiles) {
  return outputFiles.some(({ contents }) =>
    mentionsPlace(Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength)),
  );
}

/**
 * @param {string} source
 * @param {string} file
 * @param {string} loader
 * @param {import('../config').Settings} settings
 * @param {import('../bundle').Need} need
 */
function rewritten(source, file, loader, { features, format, directory }, { metadata, declared }) {
  let text = metadata && loader === 'ts' && source.includes('@') ? withMetadata(source) : source;
  if (text.includes('bun:bundle')) text = require('./features').decide(text, features);
  return withPlace(text, file, format, declared[path.relative(directory, file)] ?? []);
}

module.exports = { plugin, wanted };
