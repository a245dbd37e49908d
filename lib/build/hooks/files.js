'use strict';

/**
 * `files` of the config: files that are in memory, before those on disk.
 *
 * @see https://bun.com/docs/bundler#files
 */

const path = require('node:path');

/** @param {import('../config').Settings} settings @returns {import('esbuild').Plugin} */
function plugin({ files, loader, directory }) {
  const held = /** @type {Map<string, any>} */ (files);
  return {
    name: 'dx-compat:files',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path: specifier, resolveDir, kind, namespace }) => {
        if (namespace !== 'file' && namespace !== '') return undefined;
        const isPath = kind === 'entry-point' || path.isAbsolute(specifier) || /^\.\.?(?:\/|$)/.test(specifier);
        if (!isPath) return undefined;
        const file = path.resolve(resolveDir || directory, specifier);
        return held.has(file) ? { path: file, namespace: 'file' } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path: file }) => {
        if (!held.has(file)) return undefined;
        const contents = await bytesOf(held.get(file));
        const { loaded } = require('./loaded');
        return loaded(contents, file, undefined, { loader }, path.dirname(file));
      });
    },
  };
}

/** @param {any} contents @returns {Promise<string | Uint8Array>} */
async function bytesOf(contents) {
  if (typeof contents === 'string') return contents;
  if (contents instanceof Blob) return new Uint8Array(await contents.arrayBuffer());
  if (ArrayBuffer.isView(contents)) return new Uint8Array(contents.buffer, contents.byteOffset, contents.byteLength);
  return new Uint8Array(contents);
}

module.exports = { plugin };
