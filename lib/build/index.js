'use strict';

/**
 * `Bun.build`: bundles JavaScript, TypeScript, CSS and what they import.
 *
 * How the parts fit:
 *
 * - `config.js`      what the caller gave, checked, in one shape
 * - `plugin-builder.js` runs `setup` of the plugins and keeps their callbacks
 * - `bundle.js`      one build: asks the engine, again where the first answer shows what else it needs
 * - `engine.js`      the bundler and the options that it takes
 * - `hooks/`         what is hooked into the bundler: the plugins, built-in modules, data files, `files`, …
 * - `outputs.js`     the bundler's files -> `BuildArtifact`s, named, hashed and ordered as in Bun
 * - `diagnostics.js` the bundler's messages -> `BuildMessage` and `ResolveMessage`
 *
 * @see bun-types/docs/bundler/index.mdx
 */

const { readConfig } = require('./config');
const { setUp } = require('./plugin-builder');

/**
 * @param {any} config
 * @returns {Promise<{ outputs: any[], success: boolean, logs: any[], metafile?: any }>}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE at once; the promise rejects with an `AggregateError` of
 *   messages when the build fails, unless `throw` is `false`
 */
function build(config) {
  const plugins = setUp(config);
  if (plugins.pending) return plugins.pending.then(() => start(config, plugins));
  return start(config, plugins);
}

/** A plugin may have changed the config: it is read after their `setup`. @param {any} config @param {any} plugins */
function start(config, plugins) {
  return require('./bundle').bundle(readConfig(config), plugins);
}

module.exports = build;
