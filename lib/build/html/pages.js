'use strict';

/**
 * Pages as entry points: their scripts are one bundle, their style sheets another, and what else
 * they refer to is copied.
 *
 * @see bun-types/docs/bundler/html-static.mdx
 */

const fs = require('node:fs');
const path = require('node:path');
const { missingFile } = require('../diagnostics');
const { namespaces } = require('../hooks/namespaces');
const { loaderOf } = require('../loaders');
const { scan } = require('./scan');

/**
 * @typedef {object} Page
 * @property {string} entry as given
 * @property {string} file absolute
 * @property {string} html
 * @property {ReturnType<typeof scan>} found
 * @property {string} out what the engine is to call its bundle
 */

/**
 * The entry points that are pages and can be read; the engine complains of others.
 *
 * @param {import('../config').Settings} settings
 * @returns {Promise<Page[]>}
 */
async function readPages({ entrypoints, directory, loader, files }) {
  /** @type {Page[]} */
  const pages = [];
  for (const entry of new Set(entrypoints)) {
    const file = path.resolve(directory, entry);
    if (loaderOf(entry, loader) !== 'html' || pages.some((page) => page.file === file)) continue;
    const held = files?.get(file);
    if (held === undefined && !fs.existsSync(file)) continue;
    const html = held === undefined ? await fs.promises.readFile(file, 'utf8') : await new Blob([held]).text();
    pages.push({ entry, file, html, found: scan(html), out: `dx-compat-page-${pages.length}` });
  }
  return pages;
}

/** What the engine is to bundle. @param {import('../config').Settings} settings @param {Page[]} pages */
function entryPoints({ entrypoints }, pages) {
  const byEntry = new Map(pages.map((page) => [page.entry, page]));
  const known = new Set(pages.map(({ file }) => file));
  return entrypoints
    .filter((entry) => byEntry.has(entry) || !known.has(path.resolve(entry)))
    .map((entry) => {
      const page = byEntry.get(entry);
      return page ? { in: `${namespaces.page}:${page.file}`, out: page.out } : entry;
    });
}

/** @param {Page[]} pages @param {import('../config').Settings} settings @returns {import('esbuild').Plugin} */
function plugin(pages, { directory }) {
  return {
    name: 'dx-compat:pages',
    setup(build) {
      const prefix = `${namespaces.page}:`;
      build.onResolve({ filter: new RegExp(`^${prefix}`) }, ({ path: name }) => ({
        path: name.slice(prefix.length),
        namespace: namespaces.page,
      }));
      build.onLoad({ filter: /.*/, namespace: namespaces.page }, ({ path: file }) => {
        const page = pages.find((one) => one.file === file);
        const lines = (page?.found.references ?? [])
          .filter(({ kind }) => kind !== 'file')
          .map(({ url }) => `import ${JSON.stringify(specifierOf(url, directory))};`);
        return { contents: lines.join('\n'), loader: 'js', resolveDir: path.dirname(file) };
      });
    },
  };
}

/** An address as a module: what starts with `/` is under the working directory. @param {string} url @param {string} directory */
function specifierOf(url, directory) {
  const bare = url.trim().replace(/[?#].*$/, '');
  if (bare.startsWith('/')) return path.join(directory, bare);
  return /^\.\.?\//.test(bare) ? bare : `./${bare}`;
}

/**
 * What the engine is not asked for: files that are not there.
 *
 * @param {Page[]} pages
 * @param {import('../config').Settings} settings
 */
function missing(pages, { directory }) {
  return pages.flatMap(({ file, found }) =>
    found.references
      .filter(({ kind }) => kind === 'file')
      .filter(({ url }) => !isFile(path.resolve(path.dirname(file), specifierOf(url, directory))))
      .map(({ url }) => ({
        id: '',
        text: url,
        location: null,
        notes: [],
        detail: { say: () => missingFile(url, file) },
      })),
  );
}

/** @param {string} file */
function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

module.exports = { missing, readPages, entryPoints, plugin, specifierOf };
