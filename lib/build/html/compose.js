'use strict';

/**
 * Writes pages anew: with the bundles that stand for their scripts and style sheets, and the names
 * that their files got.
 */

const path = require('node:path');
const { attempt } = require('../bundle');
const { engineOptions } = require('../engine');
const { slashed } = require('../arrange');
const { namespaces } = require('../hooks/namespaces');
const { applied, spell } = require('../naming');
const { specifierOf } = require('./pages');

/**
 * @typedef {import('./pages').Page} Page
 * @typedef {import('../outputs').Output} Output
 */

/**
 * @param {Page[]} pages
 * @param {Output[]} outputs named; those of a page get it, and files that only pages refer to are added
 * @param {import('../config').Settings} settings
 * @param {any} inputs of the engine's metafile: gets what only pages refer to
 * @returns {Promise<any[]>} what the engine complains of
 */
async function compose(pages, outputs, settings, inputs) {
  const { copies, errors } = await copy(pages, settings);
  if (errors.length) return errors;
  for (const { about, bytes } of copies.values())
    inputs[Object.keys(about.inputs)[0]] ??= { bytes: bytes.length, imports: [] };
  for (const { file, html } of pages) inputs[`${namespaces.page}:${file}`].bytes = Buffer.byteLength(html);
  for (const copied of copies.values()) if (!outputs.some(({ name }) => name === copied.name)) outputs.push(copied);
  const base = settings.root ?? commonFolder(settings);
  for (const page of pages) {
    const name = slashed(path.relative(settings.directory, page.file));
    const script = /** @type {Output} */ (
      outputs.find(({ about, kind }) => about.entryPoint === name && kind === 'entry-point')
    );
    const sheet = outputs.find(({ owner }) => owner === name);
    script.page = written(page, { script, sheet, copies, base, settings });
  }
  return [];
}

/**
 * @param {Page} page
 * @param {{ script: Output, sheet: Output | undefined, copies: Map<string, Output>, base: string, settings: import('../config').Settings }} known
 * @returns {Output}
 */
function written({ file, html, found }, { script, sheet, copies, base, settings }) {
  const folder = slashed(path.relative(base, path.dirname(file))).replaceAll('..', '_.._');
  const name = (/** @type {string} */ hash) =>
    applied(settings.naming.entry, { dir: folder, name: path.parse(file).name, ext: 'html', hash });
  const from = path.posix.dirname(name('00000000'));
  const address = (/** @type {Output} */ output) =>
    settings.publicPath ? settings.publicPath + output.name : relative(from, output.name);
  const tags = `${sheet ? `<link rel="stylesheet" crossorigin href="${address(sheet)}">` : ''}<script type="module" crossorigin src="${address(script)}"></script>`;
  const changes = found.references.map(({ kind, url, start, end }) => {
    const copied = kind === 'file' ? copies.get(target(url, file, settings)) : undefined;
    return { start, end, text: kind === 'file' ? (copied ? address(copied) : url) : '' };
  });
  const bytes = Buffer.from(edited(html, [...changes, { start: found.injectAt, end: found.injectAt, text: tags }]));
  const digest = require('node:crypto').createHash('sha1').update(bytes).digest();
  const hash = spell(digest).slice(0, settings.naming.entry.hash || 8);
  const entryPoint = slashed(path.relative(settings.directory, file));
  const about = { imports: [], inputs: { [entryPoint]: { bytesInOutput: bytes.length } }, exports: [], entryPoint };
  return { name: name(hash), key: name(hash), bytes, kind: 'entry-point', loader: 'html', hash, about };
}

/** @param {string} text @param {{ start: number, end: number, text: string }[]} changes */
function edited(text, changes) {
  let result = '';
  let at = 0;
  for (const { start, end, text: put } of changes.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, start) + put;
    at = end;
  }
  return result + text.slice(at);
}

/** @param {string} from a folder @param {string} to */
function relative(from, to) {
  const way = path.posix.relative(from, to);
  return way.startsWith('.') ? way : `./${way}`;
}

/** The file that an address means. @param {string} url @param {string} file the page @param {import('../config').Settings} settings */
function target(url, file, { directory }) {
  return path.resolve(path.dirname(file), specifierOf(url, directory));
}

/**
 * Lets the engine name the files, so that one that a script imports, too, is the same file.
 *
 * @param {Page[]} pages
 * @param {import('../config').Settings} settings
 * @returns {Promise<{ copies: Map<string, Output>, errors: any[] }>} by absolute path
 */
async function copy(pages, settings) {
  const files = new Set(
    pages.flatMap(({ file, found }) =>
      found.references.filter(({ kind }) => kind === 'file').map(({ url }) => target(url, file, settings)),
    ),
  );
  if (!files.size) return { copies: new Map(), errors: [] };
  const entrypoints = [...files];
  const loader = Object.fromEntries(entrypoints.map((file) => [path.extname(file), 'copy']));
  const options = engineOptions(
    { ...settings, entrypoints, sourcemap: 'none' },
    { copied: [], declared: {}, sources: false, metadata: false },
    [],
  );
  const answer = await attempt({ ...options, loader, entryNames: settings.naming.asset.engine });
  if (answer.errors.length) return { copies: new Map(), errors: answer.errors };
  const { collect } = require('../outputs');
  const { rename } = require('../rename');
  const copied = rename(collect(answer, settings, 'asset'), settings);
  const copies = new Map(
    copied.map((output) => [path.resolve(settings.directory, Object.keys(output.about.inputs)[0]), output]),
  );
  return { copies, errors: [] };
}

/** The folder that all entry points are in. @param {import('../config').Settings} settings */
function commonFolder({ entrypoints, directory }) {
  const folders = entrypoints.map((entry) => path.dirname(path.resolve(directory, entry)).split(path.sep));
  const [first] = folders;
  const same = first.findIndex((part, index) => folders.some((folder) => folder[index] !== part));
  return first.slice(0, same === -1 ? first.length : same).join(path.sep) || path.sep;
}

module.exports = { compose };
