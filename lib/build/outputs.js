'use strict';

/**
 * The engine's files -> `BuildArtifact`s: named, hashed, marked and ordered as in Bun, and written.
 */

const fs = require('node:fs');
const path = require('node:path');
const { arrange, entryModules, slashed } = require('./arrange');
const { artifact } = require('./artifact');
const { typeOfPath } = require('../bun/mime-type');
const { finish } = require('./finish');
const { rename } = require('./rename');
const { loaderOf } = require('./loaders');
const { plain, shown } = require('./hooks/namespaces');

/**
 * @typedef {object} Output
 * @property {string} name relative to the output folder, with `/`
 * @property {string} key the engine's name for it
 * @property {Buffer} bytes
 * @property {'entry-point' | 'chunk' | 'asset' | 'sourcemap' | 'metafile-json'} kind
 * @property {string} loader
 * @property {string} hash
 * @property {any} about what the engine knows of it
 * @property {string} [owner] of a style sheet: the module that imports it
 * @property {Output} [map]
 * @property {Output} [page] that it is the script of
 */

/**
 * @param {{ outputs: any[], success: boolean, logs: any[], metafile?: any }} output gets its artifacts
 * @param {any} answer of the engine
 * @param {import('./config').Settings} settings
 */
async function fill(output, answer, settings) {
  const found = rename(collect(answer, settings), settings);
  for (const made of found) if (made.kind !== 'sourcemap') finish(made, settings);
  if (answer.pages?.length) {
    const errors = await require('./html/compose').compose(answer.pages, found, settings, answer.metafile.inputs);
    if (errors.length) {
      output.success = false;
      output.logs.push(...require('./diagnostics').diagnostics({ errors, warnings: [] }, settings));
      return;
    }
  }
  const ordered = arrange(found, settings);
  if (settings.metafile) {
    const { metafile, written } = require('./metafile');
    output.metafile = metafile(answer.metafile, ordered, settings);
    if (settings.metafileName) ordered.push(written(output.metafile, settings.metafileName));
  }
  if (settings.outdir) await write(ordered, settings.outdir);
  output.outputs = artifacts(ordered, settings);
}

/**
 * @param {any} answer
 * @param {import('./config').Settings} settings
 * @param {Output['kind']} [only] what all of them are
 * @returns {Output[]}
 */
function collect({ outputFiles, metafile }, settings, only) {
  const base = settings.outdir ?? settings.directory;
  const entries = entryModules(metafile, settings);
  const styles = new Map(
    Object.values(metafile.outputs).flatMap((about) => (about.cssBundle ? [[about.cssBundle, about.entryPoint]] : [])),
  );
  /** @type {Output[]} */
  const found = outputFiles.map((/** @type {any} */ file) => {
    const key = slashed(path.relative(settings.directory, file.path));
    const about = metafile.outputs[key];
    const entryPoint = about.entryPoint && shown(about.entryPoint, settings.directory);
    return {
      name: slashed(path.relative(base, file.path)),
      key,
      bytes: Buffer.from(file.contents.buffer, file.contents.byteOffset, file.contents.byteLength),
      ...(only ? { kind: only, loader: 'file' } : kindOf(key, about, entries, styles, settings)),
      hash: file.hash,
      owner: styles.has(key) ? shown(/** @type {string} */ (styles.get(key)), settings.directory) : undefined,
      about: { ...about, ...(entryPoint === undefined ? {} : { entryPoint }), digest: file.hash },
    };
  });
  for (const made of found) {
    if (made.kind === 'sourcemap') continue;
    const map = found.find(({ key }) => key === `${made.key}.map`);
    if (map && !made.key.endsWith('.css')) made.map = map; // Bun makes none of style sheets
  }
  return found;
}

/**
 * @param {string} key
 * @param {any} about
 * @param {Set<string>} entries
 * @param {Map<string, string>} styles
 * @param {import('./config').Settings} settings
 * @returns {{ kind: Output['kind'], loader: string }}
 */
function kindOf(key, { entryPoint, inputs }, entries, styles, { loader }) {
  if (key.endsWith('.map') && Object.keys(inputs).length === 0) return { kind: 'sourcemap', loader: 'file' };
  if (styles.has(key)) return { kind: 'asset', loader: loaderOf(plain(styles.get(key) ?? ''), loader) };
  if (entryPoint === undefined) {
    return /\.js$/.test(key) ? { kind: 'chunk', loader: 'js' } : { kind: 'asset', loader: 'file' };
  }
  const from = loaderOf(plain(entryPoint), loader);
  if (from === 'css') return { kind: 'asset', loader: from };
  return { kind: entries.has(entryPoint) ? 'entry-point' : 'chunk', loader: from };
}

/** @param {Output[]} outputs @param {string} outdir */
async function write(outputs, outdir) {
  await Promise.all(
    outputs.map(async ({ name, bytes }) => {
      const file = path.resolve(outdir, name);
      await fs.promises.mkdir(path.dirname(file), { recursive: true });
      await fs.promises.writeFile(file, bytes);
    }),
  );
}

/** @param {Output[]} outputs @param {import('./config').Settings} settings */
function artifacts(outputs, settings) {
  const made = new Map();
  const make = (/** @type {Output} */ output) => {
    if (!made.has(output)) {
      const { bytes, kind, loader, hash, map } = output;
      const shown = pathOf(output, settings);
      made.set(
        output,
        artifact(bytes, typeOf(output), { path: shown, loader, hash, kind, sourcemap: map ? make(map) : null }),
      );
    }
    return made.get(output);
  };
  return outputs.map(make);
}

/** @param {Output} output @param {import('./config').Settings} settings */
function pathOf({ name, kind, page }, { outdir, naming }) {
  if (outdir) return path.resolve(outdir, name);
  if (kind === 'metafile-json') return name;
  const bare = naming.isDefault && name.includes('/') && kind !== 'chunk' && !page;
  return bare ? name : `./${name}`;
}

/** @param {Output} output */
function typeOf({ name, kind, loader }) {
  if (kind === 'sourcemap' || kind === 'metafile-json') return 'application/json;charset=utf-8';
  return kind === 'asset' || loader === 'html' ? typeOfPath(name) : 'text/javascript;charset=utf-8';
}

module.exports = { fill, collect };
