'use strict';

/**
 * What a build read and wrote, in the shape that Bun and the engine share.
 *
 * @see https://bun.com/reference/bun/BuildMetafile
 */

const { plain, shown } = require('./hooks/namespaces');
const { loaderOf } = require('./loaders');

/**
 * @param {any} metafile the engine's
 * @param {import('./outputs').Output[]} outputs
 * @param {import('./config').Settings} settings
 */
function metafile({ inputs }, outputs, settings) {
  /** @type {Map<string, string>} the engine's name -> ours */
  const names = new Map(outputs.map(({ key, name }) => [key, `./${name}`]));
  /** @type {Map<string, string>} */
  const entries = new Map(
    outputs.flatMap(({ about, key }) => (about.entryPoint === undefined ? [] : [[about.entryPoint, key]])),
  );
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        shown(name, settings.directory),
        inputOf(name, /** @type {any} */ (input), names, entries, settings),
      ]),
    ),
    outputs: Object.fromEntries(
      outputs
        .filter(({ kind }) => kind !== 'sourcemap')
        .map((output) => [`./${output.name}`, outputOf(output, names, settings)]),
    ),
  };
}

/**
 * @param {string} name
 * @param {any} input
 * @param {Map<string, string>} names
 * @param {Map<string, string>} entries
 * @param {import('./config').Settings} settings
 */
function inputOf(name, { bytes, imports, format }, names, entries, settings) {
  const loader = loaderOf(plain(name), settings.loader);
  const shape = format ?? (loader === 'css' || loader === 'json' ? loader : undefined);
  return {
    bytes,
    imports: imports
      .filter((/** @type {any} */ one) => one.path !== '<runtime>')
      .map((/** @type {any} */ one) => importOf(one, names, entries, settings)),
    ...(shape === undefined ? {} : { format: shape }),
  };
}

/** @param {any} one @param {Map<string, string>} names @param {Map<string, string>} entries @param {import('./config').Settings} settings */
function importOf(one, names, entries, settings) {
  const { path: module, with: attributes, ...facts } = one;
  const chunk = settings.splitting && one.kind === 'dynamic-import' ? entries.get(module) : undefined;
  if (chunk !== undefined) return { path: names.get(chunk), ...facts, entryPoint: module, external: true };
  const loader = loaderOf(plain(module), settings.loader);
  const type =
    attributes ?? (['json', 'text', 'toml', 'yaml', 'jsonc', 'json5'].includes(loader) ? { type: loader } : undefined);
  return { path: shown(module, settings.directory), ...facts, ...(type && !facts.external ? { with: type } : {}) };
}

/** @param {import('./outputs').Output} output @param {Map<string, string>} names @param {import('./config').Settings} settings */
function outputOf({ bytes, about, kind, owner }, names, settings) {
  const { inputs, imports, exports, entryPoint = owner, cssBundle } = about;
  return {
    bytes: bytes.length,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, facts]) => [shown(name, settings.directory), facts])),
    imports: imports
      .filter((/** @type {any} */ one) => one.path !== '<runtime>' && !one.path.startsWith('data:'))
      .map((/** @type {any} */ one) => ({ ...one, path: names.get(one.path) ?? one.path })),
    exports: kind === 'chunk' && entryPoint === undefined ? [] : (exports ?? []), // what chunks share has no names of its own
    ...(entryPoint === undefined ? {} : { entryPoint: shown(entryPoint, settings.directory) }),
    ...(cssBundle ? { cssBundle: names.get(cssBundle) } : {}),
  };
}

/** As one of the files of the build. @param {any} made @param {string} name @returns {import('./outputs').Output} */
function written(made, name) {
  const bytes = Buffer.from(JSON.stringify(made, null, 2));
  return { name, key: name, bytes, kind: 'metafile-json', loader: 'json', hash: '00000000', about: {} };
}

module.exports = { metafile, written };
