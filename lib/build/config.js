'use strict';

/**
 * Reads what `Bun.build` is called with: checks in Bun's order and words, and gives one shape.
 */

const fs = require('node:fs');
const path = require('node:path');
const { codeError, ERR_OPTION_UNSUPPORTED } = require('../internal/errors');
const { readNaming } = require('./naming');
const { choice, list, object, objectOf, optionalString } = require('./read');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * @typedef {object} Settings
 * @property {string[]} entrypoints
 * @property {string} directory the working directory
 * @property {string | undefined} root absolute
 * @property {string | undefined} outdir absolute; files are written when there is one
 * @property {'browser' | 'bun' | 'node'} target
 * @property {'esm' | 'cjs' | 'iife'} format
 * @property {import('./naming').Naming} naming
 * @property {boolean} splitting
 * @property {string[]} external
 * @property {'bundle' | 'external'} packages
 * @property {string} publicPath
 * @property {Record<string, string>} define
 * @property {Record<string, string>} loader extension -> Bun's loader
 * @property {'none' | 'linked' | 'inline' | 'external'} sourcemap
 * @property {string[]} conditions
 * @property {string} env `inline`, `disable` or a prefix and `*`
 * @property {{ whitespace: boolean, syntax: boolean, identifiers: boolean, keepNames: boolean }} minify
 * @property {boolean} ignoreAnnotations
 * @property {boolean} emitAnnotations
 * @property {boolean} treeShaking
 * @property {string} banner
 * @property {string} footer
 * @property {string[]} drop
 * @property {Set<string>} features
 * @property {boolean} throws
 * @property {string | undefined} tsconfig
 * @property {any} jsx
 * @property {Map<string, any> | undefined} files absolute path -> contents
 * @property {boolean} metafile
 * @property {string | undefined} [metafileName] of the file that it is written to
 */

/** Options that would change the output and that nothing here can do. */
const unsupported = ['compile', 'bytecode', 'reactFastRefresh', 'reactCompiler', 'check'];

const loaders = new Set(
  'js jsx ts tsx css file json jsonc json5 toml yaml xml md wasm napi base64 dataurl text html'.split(' '),
);

/**
 * @param {any} config
 * @returns {Settings}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, ERR_OPTION_UNSUPPORTED
 */
function readConfig(config) {
  const directory = process.cwd();
  const target = readTarget(config);
  refuse(config, target);
  const outdir = optionalString(config, 'outdir');
  return {
    entrypoints: readEntrypoints(config),
    directory,
    root: readRoot(config, directory),
    outdir: outdir ? path.resolve(directory, outdir) : undefined,
    target,
    format: choice(config, 'format', ['esm', 'cjs', 'iife']) ?? 'esm',
    naming: readNaming(config.naming, target),
    splitting: Boolean(config.splitting),
    external: list(config, 'external'),
    packages: choice(config, 'packages', ['bundle', 'external']) ?? 'bundle',
    publicPath: optionalString(config, 'publicPath') ?? '',
    define: readDefine(config),
    loader: readLoaders(config),
    sourcemap: readSourcemap(config),
    conditions: readConditions(config),
    env: readEnv(config),
    minify: readMinify(config),
    ignoreAnnotations: Boolean(config.ignoreDCEAnnotations),
    emitAnnotations: Boolean(config.emitDCEAnnotations),
    treeShaking: config.treeShaking !== false,
    banner: optionalString(config, 'banner') ?? '',
    footer: optionalString(config, 'footer') ?? '',
    drop: list(config, 'drop'),
    features: new Set(list(config, 'features')),
    throws: readThrow(config),
    tsconfig: optionalString(config, 'tsconfig'),
    jsx: readJsx(config),
    files: readFiles(config, directory),
    ...readMetafile(config),
  };
}

/** @param {any} config @param {string} target */
function refuse(config, target) {
  if (config.bytecode && target !== 'bun') {
    throw ERR_INVALID_ARG_TYPE("target must be 'bun' when bytecode is true");
  }
  if (typeof config.compile === 'string' && !config.compile.startsWith('bun-')) {
    throw ERR_INVALID_ARG_TYPE(`Expected compile target to start with 'bun-', got ${config.compile}`);
  }
  refuseShapes(config, target);
  for (const name of unsupported) if (config[name]) throw ERR_OPTION_UNSUPPORTED('Bun.build', name);
}

/** Options that are taken where they ask for what is done anyway. @param {any} config @param {string} target */
function refuseShapes(config, target) {
  const { splitting, splitRequire, modulePreload, minChunkSize } = config;
  const allowed = list(config, 'allowUnresolved');
  if (config.allowUnresolved && !allowed.includes('*')) throw ERR_OPTION_UNSUPPORTED('Bun.build', 'allowUnresolved');
  if (list(config, 'optimizeImports').length) throw ERR_OPTION_UNSUPPORTED('Bun.build', 'optimizeImports');
  if (minChunkSize !== undefined && minChunkSize !== null && typeof minChunkSize !== 'number') {
    throw ERR_INVALID_ARG_TYPE(`The "minChunkSize" property must be of type number. Received ${typeof minChunkSize}`);
  }
  if (minChunkSize && !splitting) throw ERR_INVALID_ARG_TYPE('minChunkSize requires splitting to be true.');
  if (minChunkSize) throw ERR_OPTION_UNSUPPORTED('Bun.build', 'minChunkSize');
  if (splitRequire && splitting && target === 'bun') throw ERR_OPTION_UNSUPPORTED('Bun.build', 'splitRequire');
  if (modulePreload && splitting && target === 'browser') throw ERR_OPTION_UNSUPPORTED('Bun.build', 'modulePreload');
}

/** @param {any} config @returns {string[]} */
function readEntrypoints({ entrypoints }) {
  if (entrypoints !== undefined && !Array.isArray(entrypoints)) {
    throw ERR_INVALID_ARG_TYPE('entrypoints must be an array');
  }
  if (!entrypoints?.length) throw ERR_INVALID_ARG_TYPE('Expected entrypoints to be an array of strings');
  return entrypoints.map(String);
}

/** @param {any} config @returns {'browser' | 'bun' | 'node'} */
function readTarget(config) {
  const target = optionalString(config, 'target') ?? 'browser';
  if (target === 'macro') throw ERR_OPTION_UNSUPPORTED('Bun.build', 'target: macro');
  if (target === 'browser' || target === 'bun' || target === 'node') return target;
  if (target.startsWith('bun-')) throw ERR_OPTION_UNSUPPORTED('Bun.build', 'compile');
  throw ERR_INVALID_ARG_TYPE(
    `Expected target to be one of 'browser', 'node', 'bun', 'macro', or 'bun-<target>', got ${target}`,
  );
}

/** @param {any} config @param {string} directory */
function readRoot(config, directory) {
  const root = optionalString(config, 'root');
  if (!root) return undefined;
  const absolute = path.resolve(directory, root);
  if (fs.statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return absolute;
  throw new Error(`ENOENT: failed to open root directory: ${root}`);
}

/** @param {any} config */
function readDefine(config) {
  const define = objectOf(config, 'define');
  for (const [name, value] of Object.entries(define)) {
    if (typeof value !== 'string') throw ERR_INVALID_ARG_TYPE(`define "${name}" must be a JSON string`);
  }
  return define;
}

/** @param {any} config */
function readLoaders(config) {
  const given = objectOf(config, 'loader');
  for (const [extension, loader] of Object.entries(given)) {
    if (extension.length < 2 || !extension.startsWith('.')) {
      throw ERR_INVALID_ARG_TYPE("loader property names must be file extensions, such as '.txt'");
    }
    if (!loaders.has(loader)) {
      throw ERR_INVALID_ARG_TYPE(
        'loader must be one of "js", "jsx", "ts", "tsx", "css", "file", "json", "toml", "wasm", "napi", "base64", "dataurl", "text", "html"',
      );
    }
  }
  return given;
}

/** @param {any} config @returns {Settings['sourcemap']} */
function readSourcemap(config) {
  const { sourcemap } = config;
  if (sourcemap === undefined || sourcemap === null || sourcemap === false) return 'none';
  if (sourcemap === true) return 'inline';
  if (typeof sourcemap !== 'string') throw ERR_INVALID_ARG_TYPE('sourcemap must be a string');
  return choice(config, 'sourcemap', ['none', 'linked', 'inline', 'external']);
}

/** @param {any} config @returns {string[]} */
function readConditions({ conditions }) {
  if (conditions === undefined || conditions === null) return [];
  if (typeof conditions === 'string') return [conditions];
  if (Array.isArray(conditions)) return conditions.map(String);
  throw ERR_INVALID_ARG_TYPE('Expected conditions to be an array of strings');
}

/** @param {any} config */
function readEnv({ env }) {
  if (env === undefined || env === null || env === false) return 'disable';
  if (env === true) return 'inline';
  if (env === 'inline' || env === 'disable') return env;
  if (typeof env === 'string' && env.includes('*')) return env;
  throw ERR_INVALID_ARG_TYPE("env must be 'inline', 'disable', or a string with a '*' character");
}

/** @param {any} config */
function readMinify({ minify }) {
  if (minify === undefined || minify === null || typeof minify === 'boolean') {
    const all = Boolean(minify);
    return { whitespace: all, syntax: all, identifiers: all, keepNames: false };
  }
  if (typeof minify !== 'object') throw ERR_INVALID_ARG_TYPE('Expected minify to be a boolean or an object');
  const { whitespace, syntax, identifiers, keepNames } = minify;
  return {
    whitespace: Boolean(whitespace),
    syntax: Boolean(syntax),
    identifiers: Boolean(identifiers),
    keepNames: Boolean(keepNames),
  };
}

/** @param {any} config */
function readThrow(config) {
  if (config.throw === undefined) return true;
  if (typeof config.throw === 'boolean') return config.throw;
  throw ERR_INVALID_ARG_TYPE(`The "throw" property must be of type boolean, got ${typeof config.throw}`);
}

/** @param {any} config */
function readJsx(config) {
  const jsx = object(config, 'jsx') ?? {};
  const { runtime } = jsx;
  if (runtime !== undefined && !['classic', 'automatic', 'react', 'react-jsx', 'react-jsxdev'].includes(runtime)) {
    throw ERR_INVALID_ARG_TYPE(
      `Invalid jsx.runtime: '${runtime}'. Must be one of: 'classic', 'automatic', 'react', 'react-jsx', or 'react-jsxdev'`,
    );
  }
  return jsx;
}

/** @param {any} config @param {string} directory */
function readFiles(config, directory) {
  const files = object(config, 'files');
  if (!files) return undefined;
  return new Map(Object.entries(files).map(([name, contents]) => [path.resolve(directory, name), contents]));
}

/** @param {any} config */
function readMetafile({ metafile }) {
  if (['number', 'bigint', 'symbol'].includes(typeof metafile)) {
    throw ERR_INVALID_ARG_TYPE('Expected metafile to be a boolean, string, or object with json/markdown paths');
  }
  if (typeof metafile === 'string') return { metafile: true, metafileName: metafile || undefined };
  if (metafile === null || typeof metafile !== 'object') return { metafile: Boolean(metafile) };
  const metafileName = optionalString(metafile, 'json') || undefined;
  if (optionalString(metafile, 'markdown')) throw ERR_OPTION_UNSUPPORTED('Bun.build', 'metafile.markdown');
  return { metafile: true, metafileName };
}

module.exports = { readConfig };
