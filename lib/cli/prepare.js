'use strict';

/**
 * Makes this process a runtime for a Bun program: directory, configuration, environment, polyfill,
 * module hooks, preloads. The program then runs in the same process, so that exit codes, signals
 * and stdio are its own.
 */

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { UsageError, given } = require('./flags');

/** A module to be loaded before the program is not there: nothing is run. */
class PreloadMissing extends Error {}

let chosen = false;

/** Honours `--cwd`, once. @param {Record<string, any>} flags */
function chooseDirectory(flags) {
  if (chosen || flags.cwd === undefined) return;
  chosen = true;
  try {
    process.chdir(flags.cwd);
  } catch {
    process.stderr.write(`ENOENT: No such file or directory: Could not change directory to "${flags.cwd}" (chdir)\n`);
    process.exit(1);
  }
}

/**
 * @typedef {object} Program
 * @property {string} [main] the entry's path
 * @property {string[]} [argv] what stands after the executable in `process.argv`
 * @property {{ url: string, code: string }} [evaluated] the entry, when it is no file
 * @property {boolean} [mockable] modules get setters, for `mock.module`
 * @property {Record<string, any>} [section] settings that go before bunfig's top level: `[test]`
 */

/**
 * @param {Record<string | symbol, any>} flags
 * @param {Program} [program]
 * @returns {Promise<Record<string, any>>} the bunfig.toml
 */
async function prepare(flags, { main, argv = [], evaluated, mockable, section } = {}) {
  chooseDirectory(flags);
  const bunfig = require('./bunfig').loadBunfig(flags);
  const settings = { ...bunfig, ...section };
  loadEnvironment(flags, bunfig);
  require('../polyfill').install();
  const depth = consoleDepth(flags, bunfig);
  require('../web/console').install({ depth });
  const runtime = require('../internal/runtime');
  runtime.port = defaultPort(flags, bunfig);
  runtime.main = main;
  if (flags.hot) runtime.hotServers = new Map();
  runtime.http3 = flags['experimental-http3-fetch'] === true;
  runtime.http2 = flags['experimental-http2-fetch'] === true;
  require('./node-flags').apply(flags);
  require('./process-face').install(/** @type {any} */ (flags)[given] ?? []);
  process.argv.splice(1, process.argv.length, ...argv);
  if (main) require('../loader/main').set(main);
  const options = { ...loaderOptions(flags, settings), mockable };
  require('../loader').install({
    ...options,
    main,
    evaluated,
    reportTo: flags.hot ? require('./hot').reportTo() : flags.watch ? require('./watch').reportTo() : undefined,
  });
  require('./workers').inherit(options);
  for (const url of flags['fetch-preconnect'] ?? []) /** @type {any} */ (fetch).preconnect(url);
  await preload([
    ...toList(settings.preload),
    ...(flags.preload ?? []),
    ...(flags.require ?? []),
    ...(flags.import ?? []),
  ]);
  return bunfig;
}

/** @param {Record<string, any>} flags @param {Record<string, any>} bunfig */
function loadEnvironment(flags, { env }) {
  const automatic = !flags['no-env-file'] && env !== false && env?.file !== false;
  require('./environment').loadEnvironment({ explicit: flags['env-file'], automatic });
}

/** @param {Record<string, any>} flags @param {Record<string, any>} bunfig @returns {number | undefined} */
function defaultPort(flags, bunfig) {
  if (flags.port === undefined) return bunfig.serve?.port;
  if (/^\d{1,5}$/.test(flags.port) && Number(flags.port) < 65536) return Number(flags.port);
  throw new UsageError(`The value of "--port" is out of range. It must be >= 0 and <= 65535. Received ${flags.port}`);
}

/** How many levels of objects the console prints; 0 means all. @param {Record<string, any>} flags @param {Record<string, any>} bunfig @returns {number | undefined} */
function consoleDepth(flags, bunfig) {
  const given = flags['console-depth'];
  if (given === undefined) return bunfig.console?.depth;
  if (/^\d{1,5}$/.test(given) && Number(given) < 65536) return Number(given);
  throw new UsageError(`Invalid value for --console-depth: "${given}". Must be a positive integer`);
}

/** @param {Record<string, any>} flags @param {Record<string, any>} settings */
function loaderOptions(flags, settings) {
  return {
    conditions: flags.conditions?.flatMap((/** @type {string} */ list) => list.split(',')),
    tsconfig: flags['tsconfig-override'],
    loader: flags.loader ? loadersOf(flags.loader) : settings.loader,
    define: flags.define ? pairs(flags.define, 'define') : settings.define,
    jsx: jsxOptions(flags, settings),
  };
}

/** As in bunfig.toml -> as the engine calls it. @type {Record<string, string>} */
const jsxRuntimes = { react: 'classic', 'react-jsx': 'automatic', 'react-jsxDEV': 'automatic-dev' };

/** Any flag about JSX means the runtime of production. @param {Record<string, any>} flags @param {Record<string, any>} settings */
function jsxOptions(flags, settings) {
  const runtime = flags['jsx-runtime'];
  if (runtime !== undefined && runtime !== 'automatic' && runtime !== 'classic') {
    throw new UsageError(`Invalid --jsx-runtime: "${runtime}", expected "automatic" or "classic"`);
  }
  const given = ['jsx-runtime', 'jsx-import-source', 'jsx-factory', 'jsx-fragment'].some(
    (flag) => flags[flag] !== undefined,
  );
  return {
    runtime: runtime ?? (given ? 'automatic' : jsxRuntimes[settings.jsx]),
    importSource: flags['jsx-import-source'] ?? settings.jsxImportSource,
    factory: flags['jsx-factory'] ?? settings.jsxFactory,
    fragment: flags['jsx-fragment'] ?? settings.jsxFragment,
  };
}

/** `["K:V", "K=V"]` as an object. @param {string[]} list @param {string} flag */
function pairs(list, flag) {
  return Object.fromEntries(
    list.map((item) => {
      const at = item.search(/[:=]/);
      if (at < 1) throw new UsageError(`The argument '--${flag}' needs a key and a value, "${item}" has not`);
      return [item.slice(0, at), item.slice(at + 1)];
    }),
  );
}

/** @param {string[]} list @throws {UsageError} */
function loadersOf(list) {
  const given = pairs(list, 'loader');
  const { loaders } = require('./bunfig');
  for (const name of Object.values(given))
    if (!loaders.has(name))
      throw new UsageError(`invalid loader "${name}", expected one of: ${[...loaders].join(', ')}`);
  return given;
}

/** @param {unknown} value @returns {string[]} */
function toList(value) {
  return value === undefined ? [] : Array.isArray(value) ? value : [/** @type {string} */ (value)];
}

/** Loads modules one after the other before the program. @param {string[]} specifiers */
async function preload(specifiers) {
  if (specifiers.length === 0) return;
  require('../loader/esm').ready();
  const { resolve, urlOf } = require('../loader/resolve');
  const referrer = path.join(process.cwd(), '[preload]');
  for (const specifier of specifiers) {
    const found = find(specifier);
    if (!found) throw new PreloadMissing(`preload not found "${specifier}"`);
    await import(found);
  }

  /** @param {string} specifier */
  function find(specifier) {
    try {
      const found = resolve(path.isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier, referrer, false);
      return found && (found.kind === 'file' ? urlOf(found) : found.name);
    } catch {
      return undefined;
    }
  }
}

module.exports = { prepare, chooseDirectory, loaderOptions, loadEnvironment, PreloadMissing };
