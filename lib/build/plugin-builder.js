'use strict';

/**
 * Runs `setup` of the plugins and keeps the callbacks that they register.
 *
 * @see bun-types/docs/bundler/plugins.mdx
 */

const { codeError } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * @typedef {{ filter: RegExp, namespace: string | undefined, callback: Function }} Hook
 * @typedef {object} Plugins
 * @property {Function[]} onStart
 * @property {Function[]} onEnd
 * @property {Hook[]} onResolve
 * @property {Hook[]} onLoad
 * @property {Promise<unknown>} [pending] when a `setup` is asynchronous
 */

/**
 * @param {any} config
 * @returns {Plugins}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE; what a `setup` throws
 */
function setUp(config) {
  if (config === null || typeof config !== 'object') {
    throw ERR_INVALID_ARG_TYPE('Expected a config object to be passed to Bun.build');
  }
  /** @type {Plugins} */
  const plugins = { onStart: [], onEnd: [], onResolve: [], onLoad: [] };
  const pending = [];
  for (const plugin of listed(config)) {
    const result = plugin.setup(builder(config, plugins));
    if (typeof result?.then === 'function') pending.push(result);
  }
  if (pending.length) plugins.pending = Promise.all(pending);
  return plugins;
}

/** @param {any} config @returns {any[]} */
function listed({ plugins }) {
  if (plugins === undefined || plugins === null) return [];
  if (!Array.isArray(plugins)) throw ERR_INVALID_ARG_TYPE('plugins must be an array');
  for (const plugin of plugins) {
    if (plugin === null || typeof plugin !== 'object') throw ERR_INVALID_ARG_TYPE('Expected plugin to be an object');
    if (!plugin.name) throw ERR_INVALID_ARG_TYPE('Expected plugin to have a name');
    if (typeof plugin.setup !== 'function') throw ERR_INVALID_ARG_TYPE('Expected plugin to have a setup() function');
  }
  return plugins;
}

/** @param {any} config @param {Plugins} plugins */
function builder(config, plugins) {
  const build = {
    config,
    /** @param {Function} callback */
    onStart: (callback) => (plugins.onStart.push(checked(callback)), build),
    /** @param {Function} callback */
    onEnd: (callback) => (plugins.onEnd.push(checked(callback)), build),
    /** @param {any} constraints @param {Function} callback */
    onResolve: (constraints, callback) => (plugins.onResolve.push(hook(constraints, callback)), build),
    /** @param {any} constraints @param {Function} callback */
    onLoad: (constraints, callback) => (plugins.onLoad.push(hook(constraints, callback)), build),
    onBeforeParse: absent('onBeforeParse() is not supported by dx-compat: its callbacks are native code for Bun'),
    onDispose: absent('On-dispose callbacks is not implemented yet. See https://github.com/oven-sh/bun/issues/2771'),
    resolve: absent('build.resolve() is not implemented yet. See https://github.com/oven-sh/bun/issues/2771'),
    module: absent('module() is not supported in Bun.build() yet. Only via Bun.plugin() at runtime'),
    initialOptions: { ...config },
    esbuild: {},
  };
  return build;
}

/** @param {string} message */
function absent(message) {
  return () => {
    throw new TypeError(message);
  };
}

/** @param {unknown} callback @returns {Function} */
function checked(callback) {
  if (typeof callback !== 'function') throw new TypeError('callback must be a function');
  return callback;
}

/** @param {any} constraints @param {unknown} callback @returns {Hook} */
function hook(constraints, callback) {
  if (constraints === null || typeof constraints !== 'object') {
    throw new TypeError('Expected an object with "filter" RegExp');
  }
  if (typeof callback !== 'function') throw new TypeError('lmao callback must be a function');
  const { filter, namespace } = constraints;
  if (!(filter instanceof RegExp)) throw new TypeError('filter must be a RegExp');
  if (namespace !== undefined && typeof namespace !== 'string') throw new TypeError('namespace must be a string');
  return { filter, namespace: namespace || undefined, callback };
}

module.exports = { setUp };
