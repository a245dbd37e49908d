'use strict';

/**
 * A file in, what to run out: emitted JavaScript, or the source of a facade module, which hands
 * out what a CommonJS module, a data file or a built-in module of Bun has.
 */

const engine = require('./engine');

const runtime = 'globalThis[globalThis.Symbol.for("dx-compat.loader")]';
const scripts = new Set(['js', 'jsx', 'ts', 'tsx']);

/**
 * @typedef {{ esm: true, code: string, requests?: { specifier: string, names: string[] }[] } | { esm: false, code: string }} Script
 */

/**
 * @param {string} filename
 * @param {boolean} [wantRequests]
 * @param {string} [loader]
 * @returns {Script | undefined} `undefined` when the file is no script
 */
function loadScript(filename, wantRequests = false, loader = engine.loaderOf(filename)) {
  if (!scripts.has(loader)) return undefined;
  return /** @type {any} */ (engine.load(filename, loader, wantRequests));
}

/** Whether a `type` attribute means anything. @param {string} loader */
function isImportable(loader) {
  return scripts.has(loader) || require('./data').isDataLoader(loader);
}

/** @type {Map<string, Script>} what was loaded to see what it is, for who runs it */
const ahead = new Map();

/** Loads a script to see what it is. @param {string} filename */
function peekScript(filename) {
  const script = ahead.get(filename) ?? loadScript(filename, true);
  if (script) ahead.set(filename, script);
  return script;
}

/** What was loaded ahead for a module that failed: another attempt reads the files anew. */
const forgetAhead = () => ahead.clear();

/** @type {string | undefined} */
let handedOver;

/** The ES module whose code V8 was given last on this thread: the one that it complains of without saying where. */
const lastHandedOver = () => handedOver;

/** Loads a script to run it. @param {string} filename @param {boolean} [wantRequests] @param {string} [loader] */
function takeScript(filename, wantRequests = false, loader) {
  const script = loader === undefined ? ahead.get(filename) : undefined;
  ahead.delete(filename);
  const taken = script ?? loadScript(filename, wantRequests, loader);
  if (taken?.esm) handedOver = filename;
  return taken;
}

/** Published JavaScript: `require` of Node loads it untouched. @param {string} filename */
function isPublished(filename) {
  return (
    engine.loaderOf(filename) === 'js' && (filename.includes('/node_modules/') || filename.includes('\\node_modules\\'))
  );
}

/**
 * Writes an ECMAScript module that hands out what an expression gives.
 *
 * @param {string} expression
 * @param {string} defaultExport an expression over `$`
 * @param {string[]} names the named exports
 * @param {(name: string) => string} [read] an expression over `$` for a named export
 * @returns {string}
 */
function facade(expression, defaultExport, names, read = (name) => `$[${JSON.stringify(name)}]`) {
  let code = `const $=${expression};\nlet $d=${defaultExport};\n`;
  let setters = `"default":v=>{$d=v}`;
  const list = ['$d as default'];
  names.forEach((name, index) => {
    if (name === 'default') return;
    const text = JSON.stringify(name);
    code += `let $${index}=${read(name)};\n`;
    list.push(`$${index} as ${text}`);
    setters += `,${text}:v=>{$${index}=v}`;
  });
  if (engine.configured().mockable) code += `${runtime}.exportsOf(import.meta.url,{${setters}},{},[]);\n`;
  return `${code}export{${list.join(',')}};\n`;
}

/** @param {string} name `bun`, `bun:sqlite`, … @param {string[]} names */
function builtinFacade(name, names) {
  return facade(
    `${runtime}.namespaceOf(${JSON.stringify(name)})`,
    `"default" in $?$.default:$`,
    names,
    (wanted) => `${runtime}.read($,${JSON.stringify(wanted)})`,
  );
}

/** A module of Node that `mock.module` may replace. @param {string} name @param {string[]} names */
function nodeFacade(name, names) {
  return `import * as $m from ${JSON.stringify(name)};\n${facade('$m', '$.default', names)}`;
}

/** @param {string} filename @param {string[]} names */
function commonJsFacade(filename, names) {
  return facade(
    `${runtime}.load(${JSON.stringify(filename)})`,
    `${runtime}.defaultExport($,${JSON.stringify(filename)})`,
    names,
  );
}

/** The names that an importer asks for. @param {string} filename @param {string[]} names */
function wantedFacade(filename, names) {
  const text = JSON.stringify(filename);
  return facade(
    `${runtime}.load(${text})`,
    `${runtime}.defaultExport($,${text})`,
    names,
    (name) => `${runtime}.named($,${JSON.stringify(name)},${text})`,
  );
}

/** @param {string} filename @param {string} [given] loader of an import attribute */
function dataFacade(filename, given) {
  const loader = given ?? engine.loaderOf(filename);
  const { readData, dataNames } = require('./data');
  const value = readData(filename, loader);
  const names = dataNames(loader, value);
  if (value && typeof value === 'object' && 'close' in value && loader.startsWith('sqlite'))
    /** @type {any} */ (value).close();
  const expression = `${runtime}.data(${JSON.stringify(filename)},${JSON.stringify(loader)},${given !== undefined})`;
  return facade(expression, '$', names, (name) =>
    name === '__esModule' ? 'true' : loader.startsWith('sqlite') ? '$' : `$[${JSON.stringify(name)}]`,
  );
}

/** @param {string} text @param {unknown} value of it */
function jsonFacade(text, value) {
  const read = (/** @type {string} */ name) => (name === '__esModule' ? 'true' : `$[${JSON.stringify(name)}]`);
  return facade(`JSON.parse(${JSON.stringify(text)})`, '$', require('./data').dataNames('json', value), read);
}

/** @param {string} id @param {string[]} names */
function mockFacade(id, names) {
  return facade(`${runtime}.mockOf(${JSON.stringify(id)})`, '"default" in $?$.default:$', names);
}

/** @param {unknown} exports @returns {string[]} the names that a CommonJS module exports */
function namesOf(exports) {
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return [];
  return Object.keys(exports).filter((name) => name !== 'default' && /** @type {any} */ (name).isWellFormed());
}

module.exports = {
  loadScript,
  peekScript,
  takeScript,
  forgetAhead,
  lastHandedOver,
  isPublished,
  isImportable,
  builtinFacade,
  nodeFacade,
  commonJsFacade,
  wantedFacade,
  dataFacade,
  jsonFacade,
  mockFacade,
  namesOf,
};
