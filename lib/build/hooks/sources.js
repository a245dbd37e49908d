'use strict';

/**
 * What needs the source of every module: import attributes, `__dirname` and `__filename`, `feature()`
 * of `bun:bundle`. Hooked in only where a first attempt shows that a build has any of it.
 */

const fs = require('node:fs');
const path = require('node:path');
const { loaderOf } = require('../loaders');
const { loaded } = require('./loaded');

const scripts = new Set(['js', 'jsx', 'ts', 'tsx']);
const locals = /\b__(?:dir|file)name\b/;

/**
 * @param {import('../config').Settings} settings
 * @param {import('../bundle').Need} need
 * @returns {import('esbuild').Plugin}
 */
function plugin(settings, need) {
  return {
    name: 'dx-compat:sources',
    setup(build) {
      if (!need.sources) return;
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path: file, with: attributes }) => {
        const loader = attributes.type ?? loaderOf(file, settings.loader);
        if (attributes.type) return loaded(await fs.promises.readFile(file), file, attributes.type, settings);
        if (!scripts.has(loader)) return undefined;
        const source = await fs.promises.readFile(file, 'utf8');
        const changed = rewritten(source, file, settings);
        return changed === source ? undefined : loaded(changed, file, loader, settings);
      });
    },
  };
}

/**
 * Whether a build that went well has what only this hook replaces.
 *
 * @param {{ contents: Uint8Array }[]} outputFiles
 * @param {import('../config').Settings} settings
 */
function wanted(outputFiles, { format }) {
  return format !== 'cjs' && outputFiles.some(({ contents }) => mentions(contents));
}

/** @param {Uint8Array} contents */
function mentions(contents) {
  const bytes = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  return bytes.includes('__dirname') || bytes.includes('__filename');
}

/** @param {string} source @param {string} file @param {import('../config').Settings} settings */
function rewritten(source, file, { features }) {
  let text = source;
  if (text.includes('bun:bundle')) text = require('./features').decide(text, features);
  if (locals.test(text)) text = withLocals(text, file);
  return text;
}

/** On the first line, so that positions stay. @param {string} source @param {string} file */
function withLocals(source, file) {
  const [line] = /^#!.*\n/.exec(source) ?? [''];
  const names = [
    ['__dirname', path.dirname(file)],
    ['__filename', file],
  ].filter(([name]) => source.includes(name) && !new RegExp(`\\b(?:var|let|const)\\s+${name}\\b`).test(source));
  const text = names.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(', ');
  return text ? `${line}var ${text};${source.slice(line.length)}` : source;
}

module.exports = { plugin, wanted };
