'use strict';

/**
 * Which of the engine's files are entry points, and the order in which Bun gives them.
 */

const path = require('node:path');

/** @typedef {import('./outputs').Output} Output */

/**
 * The modules that the caller asked for; what only `import()` asks for are chunks.
 *
 * @param {any} metafile
 * @param {import('./config').Settings} settings
 * @returns {Set<string>}
 */
function entryModules({ inputs, outputs }, settings) {
  /** @type {string[]} */
  const all = Object.values(outputs).flatMap(({ entryPoint }) => (entryPoint === undefined ? [] : [entryPoint]));
  if (!settings.splitting) return new Set(all);
  const dynamic = new Set(
    Object.values(inputs).flatMap(({ imports }) =>
      imports.flatMap((/** @type {any} */ one) => (one.kind === 'dynamic-import' ? [one.path] : [])),
    ),
  );
  const asked = new Set(settings.entrypoints.map((name) => moduleName(name, settings)));
  return new Set(all.filter((name) => !dynamic.has(name) || asked.has(withoutExtension(name))));
}

/** An entry point may be given without its extension. @param {string} entry @param {import('./config').Settings} settings */
function moduleName(entry, { directory }) {
  return withoutExtension(slashed(path.relative(directory, path.resolve(directory, entry))));
}

/** @param {string} name */
function withoutExtension(name) {
  return name.replace(/(?:\/index)?\.[cm]?[jt]sx?$/, '');
}

/**
 * Entry points with the chunks that they load, further chunks, style sheets, source maps, files.
 *
 * @param {Output[]} found
 * @param {import('./config').Settings} settings
 */
function arrange(found, settings) {
  const isStyle = (/** @type {Output} */ { key }) => key.endsWith('.css');
  const scripts = found.filter(({ kind }) => kind === 'entry-point' || kind === 'chunk');
  const others = found.filter(({ kind }) => kind === 'asset');
  const main = [...withChunks(scripts, settings), ...others.filter(isStyle)];
  return [...main, ...main.flatMap(({ map }) => (map ? [map] : [])), ...others.filter((made) => !isStyle(made))];
}

/** @param {Output[]} scripts @param {import('./config').Settings} settings @returns {Set<Output>} */
function withChunks(scripts, settings) {
  const byKey = new Map(scripts.map((made) => [made.key, made]));
  const asked = settings.entrypoints.map((name) => moduleName(name, settings));
  const position = (/** @type {Output} */ { about }) => {
    const index = asked.indexOf(withoutExtension(about.entryPoint));
    return index === -1 ? asked.length : index;
  };
  /** @type {Set<Output>} */
  const ordered = new Set();
  const visit = (/** @type {Output} */ made) => {
    if (ordered.has(made)) return;
    ordered.add(made);
    if (made.page) ordered.add(made.page);
    for (const { path: key, kind } of made.about.imports) {
      const next = kind === 'import-statement' ? byKey.get(key) : undefined;
      if (next?.kind === 'chunk') visit(next);
    }
  };
  const roots = scripts.filter(({ kind }) => kind === 'entry-point').sort((a, b) => position(a) - position(b));
  for (const made of [...roots, ...scripts]) visit(made);
  return ordered;
}

/** @param {string} name */
function slashed(name) {
  return path.sep === '/' ? name : name.replaceAll(path.sep, '/');
}

module.exports = { entryModules, arrange, slashed };
