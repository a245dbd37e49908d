'use strict';

/**
 * The loader: makes Node load TypeScript, JSX, data files and Bun's built-in modules the way Bun does.
 *
 * `install(options)` is called by `register.js`, by the command line and by the test runner; a second
 * call changes nothing. It works in every environment (main thread and workers) on its own.
 *
 * How the parts fit:
 *
 * - `engine.js`     the native resolver and transpiler, with the options of this environment
 * - `resolve.js`    specifier + referrer -> built-in, Node module or file; the same for `require` and `import`
 * - `load.js`       file -> what to run: JavaScript, a facade for CommonJS, data or a built-in
 * - `commonjs.js`   patches `node:module`, so that `require` goes through the two
 * - `esm.js`        synchronous hooks (`module.registerHooks`, Node >= 22.15), so that `import` does
 * - `esm-thread.mjs` the same on a hooks thread (`module.register`) for older Node
 * - `runtime.js`    what emitted code calls: `globalThis[Symbol.for('dx-compat.loader')]`
 */

const installed = Symbol.for('dx-compat.loader.installed');

/**
 * @typedef {object} LoaderOptions
 * @property {string[]} [conditions] further conditions of package `exports` (`--conditions`)
 * @property {string} [tsconfig] path of the tsconfig.json that holds for all files (`--tsconfig-override`)
 * @property {Record<string, string>} [loader] extension (with the dot) -> Bun's loader name (`[loader]` of bunfig.toml, `--loader`)
 * @property {Record<string, string>} [define] expression -> its replacement, as source text (`[define]` of bunfig.toml, `--define`)
 * @property {{ runtime?: string, importSource?: string, factory?: string, fragment?: string }} [jsx] what holds where tsconfig.json says nothing (`jsx*` of bunfig.toml, `--jsx-*`)
 * @property {string} [main] what runs as the program, which `bun:main` imports
 * @property {{ url: string, code: string }} [evaluated] a module that is no file: what `--eval` and stdin give, emitted
 * @property {number} [reportTo] file descriptor of the watcher, which is told what is loaded (`--watch`)
 * @property {boolean} [mockable] give every module setters for its exports, so that `mock.module` reaches modules that are already imported
 */

/**
 * Makes `require` and `import` of this environment load what Bun loads.
 *
 * @param {LoaderOptions} [options]
 */
function install(options = {}) {
  if (/** @type {any} */ (globalThis)[installed]) return;
  Object.defineProperty(globalThis, installed, { value: true });
  require('./engine').configure(options);
  require('./runtime').install();
  /** @type {any} */ (require('./commonjs')).install();
  require('./esm').install(options);
  require('./stack').install();
  // In Bun each buffer has memory of its own: programs take `buffer.buffer` for its bytes and nothing else.
  Buffer.poolSize = 0;
  require('./file-data').install(typeof (/** @type {any} */ (require('node:module')).registerHooks) !== 'function');
}

module.exports = {
  install,
  /** `mock.module`: see `mock.js`. */
  mockModule: (
    /** @type {string} */ specifier,
    /** @type {string | undefined} */ referrer,
    /** @type {() => any} */ factory,
  ) => require('./mock').mockModule(specifier, referrer, factory),
  /** `spyOn` of a module's namespace: see `mock.js`. */
  replaceExport: (/** @type {any} */ namespace, /** @type {string} */ name, /** @type {unknown} */ value) =>
    require('./mock').replaceExport(namespace, name, value),
};
