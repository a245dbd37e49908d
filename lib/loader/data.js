'use strict';

/**
 * Data files as values: what `import config from './config.toml'` and `require` give.
 *
 * @see https://bun.com/docs/bundler/loaders
 */

const fs = require('node:fs');
const engine = require('./engine');

/** What an import of an HTML file gives: a route of `Bun.serve`. */
class HTMLBundle {
  /** @param {string} index */
  constructor(index) {
    this.index = index;
  }
}

/** @type {Record<string, (filename: string) => unknown>} Bun's loader -> the default export */
const readers = {
  json: readJson,
  jsonc: (filename) => readExpression(filename, 'jsonc'),
  json5: (filename) => readExpression(filename, 'json5'),
  toml: (filename) => readExpression(filename, 'toml'),
  yaml: (filename) => readExpression(filename, 'yaml'),
  text: (filename) => fs.readFileSync(filename, 'utf8'),
  css: () => ({}),
  html: (filename) => new HTMLBundle(filename),
  sqlite: (filename) => require('../sqlite/load').loadDatabase(filename).db,
  sqlite_embedded: (filename) => readers.sqlite(filename),
  md: () => unsupported('md'),
  markdown: () => unsupported('markdown'),
  xml: () => unsupported('xml'),
  napi() {
    throw new TypeError('To load Node-API modules, use require() or process.dlopen instead of import.');
  },
};

/** Bun would give HTML or an object: the path of the file would be taken for it. @param {string} loader @returns {never} */
function unsupported(loader) {
  throw require('../internal/errors').ERR_OPTION_UNSUPPORTED('import', `loader: ${loader}`);
}

/** Loaders of other names give the file's path, as Bun does. */
const byPath = new Set(['file', 'wasm', 'dataurl', 'base64']);

/** @param {string} loader */
function isDataLoader(loader) {
  return loader in readers || byPath.has(loader);
}

/**
 * @param {string} filename
 * @param {string} loader
 * @returns {unknown} the default export
 */
function readData(filename, loader) {
  return (readers[loader] ?? ((/** @type {string} */ name) => name))(filename);
}

/** @param {string} loader @param {unknown} value @returns {string[]} the named exports besides `default` */
function dataNames(loader, value) {
  if (loader === 'text') return [];
  if (loader === 'sqlite' || loader === 'sqlite_embedded') return ['db', '__esModule'];
  if (
    value === null ||
    typeof value !== 'object' ||
    Array.isArray(value) ||
    value instanceof HTMLBundle ||
    loader === 'css'
  )
    return ['__esModule'];
  return Object.keys(value).filter((name) => name !== 'default' && /** @type {any} */ (name).isWellFormed());
}

/** What `require` gives. @param {string} loader @param {unknown} value */
function requiredData(loader, value) {
  if (loader === 'text') return Object.defineProperty({ default: value }, Symbol.toStringTag, { value: 'Module' });
  if (loader.startsWith('sqlite')) return { __esModule: true, db: value, default: value };
  return value;
}

/** @param {string} filename */
function readJson(filename) {
  const text = stripMark(fs.readFileSync(filename, 'utf8'));
  try {
    return require('../bun/parse-json').parseJson(text);
  } catch (error) {
    if (/(?:^|[\\/])(?:[jt]sconfig(?:\.[^\\/]*)?|package)\.json$/.test(filename))
      return readExpression(filename, 'jsonc');
    throw error;
  }
}

/** @param {string} filename @param {string} format */
function readExpression(filename, format) {
  const source = fs.readFileSync(filename, 'utf8');
  // A configuration that is empty configures nothing.
  return format === 'jsonc' && source.trim() === '' ? {} : parse(source, filename, format);
}

/**
 * Parses JSON with comments, JSON5, TOML or YAML.
 *
 * @param {string} source
 * @param {string} filename for messages
 * @param {string} format `jsonc`, `json5`, `toml` or `yaml`
 * @returns {any}
 * @throws {BuildMessage}
 */
function parse(source, filename, format) {
  let expression;
  try {
    expression = engine.binding().dataExpression(source, filename, format);
  } catch (error) {
    throw require('./messages').complete(error);
  }
  if (expression.isJson) return JSON.parse(expression.text);
  return require('node:vm').compileFunction(`return (${expression.text})`, ['$datetime'])(datetime);
}

/** A TOML date or time as Bun gives it; a string where the engine has no `Temporal`. @param {string} text */
function datetime(text) {
  const { Temporal } = /** @type {any} */ (globalThis);
  if (!Temporal) return /[Tt ].*(?:[Zz]|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : text;
  if (/[Zz]$|\d[+-]\d\d:\d\d$/.test(text) && /[Tt ]/.test(text)) return Temporal.Instant.from(text);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return Temporal.PlainDate.from(text);
  return /^\d\d:/.test(text) ? Temporal.PlainTime.from(text) : Temporal.PlainDateTime.from(text);
}

/** @param {string} text */
function stripMark(text) {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

module.exports = { isDataLoader, readData, dataNames, requiredData, parse, HTMLBundle };
