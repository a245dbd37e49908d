'use strict';

/**
 * `-e CODE`, `-p CODE` and `-` (stdin): TypeScript with JSX, `import` and `require` side by side.
 *
 * @see bun-types/docs/runtime/index.mdx "bun run - to pipe code from stdin"
 */

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { prepare, chooseDirectory, loaderOptions } = require('./prepare');

/** Where `--print` finds the value of a program. */
const result = Symbol.for('dx-compat.print');
const store = 'globalThis[globalThis.Symbol.for("dx-compat.print")]';

/**
 * @param {Record<string, any>} flags
 * @param {string[]} args
 */
async function evaluate(flags, args) {
  const print = flags.print !== undefined;
  const separator = args.indexOf('--');
  if (separator !== -1) args.splice(separator, 1);
  await runSource({ name: '[eval]', source: print ? flags.print : flags.eval, print, args, flags });
  if (print) console.log(await /** @type {any} */ (globalThis)[result]?.value);
}

/** @param {Record<string, any>} flags @param {string[]} args */
async function evaluateInput(flags, args) {
  const source = require('node:fs').readFileSync(0, 'utf8');
  await runSource({ name: '[stdin]', source, print: false, args: ['-', ...args], flags });
}

/** @param {{ name: string, source: string, print: boolean, args: string[], flags: Record<string, any> }} program */
async function runSource({ name, source, print, args, flags }) {
  chooseDirectory(flags);
  if (flags.watch && name === '[eval]' && require('./watch').superviseOnce(flags, [])) return;
  const main = path.join(process.cwd(), name);
  const { url, code, kind } = emit(main, source, print, flags);
  await prepare(flags, { main, argv: args, evaluated: kind === 'module' ? { url, code } : undefined });
  if (kind === 'module') await require('./entry').runModule(url);
  else runScript(main, code);
}

/** @param {string} main @param {string} code */
function runScript(main, code) {
  let exports;
  try {
    exports = runCommonJs(main, code);
  } catch (error) {
    return require('./uncaught').entryFailed(error, false);
  }
  require('./entry').serveDefault(exports);
}

/**
 * @param {string} main
 * @param {string} source
 * @param {boolean} print
 * @param {Record<string, any>} flags
 * @returns {{ url: string, code: string, kind: 'module' | 'commonjs' }}
 */
function emit(main, source, print, flags) {
  const engine = require('../loader/engine');
  engine.configure(loaderOptions(flags, require('./bunfig').loadBunfig(flags)));
  engine.binding().setModuleSource(main, source);
  const { code, esm } = engine.load(main, 'tsx', false);
  const url = pathToFileURL(main).href;
  if (!print) return { url, code, kind: esm ? 'module' : 'commonjs' };
  if (!esm || isScript(code)) return { url, code: storeValue(main, code), kind: 'commonjs' };
  return {
    url,
    code: engine.binding().wrapCompletion(code, `(value => ${store} = { value })`) ?? code,
    kind: 'module',
  };
}

/** Code with nothing in it that only a module has. @param {string} code */
function isScript(code) {
  try {
    return new (require('node:vm').Script)(code) instanceof Object;
  } catch {
    return false;
  }
}

/** `eval` gives the value of any statement. @param {string} main @param {string} code */
function storeValue(main, code) {
  return `${store} = { value: eval(${JSON.stringify(`${code}\n//# sourceURL=${main}`)}) }`;
}

/** @param {string} filename @param {string} code @returns {any} `module.exports` */
function runCommonJs(filename, code) {
  const Module = /** @type {any} */ (require('node:module'));
  const module = new Module('.', null);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(path.dirname(filename));
  process.mainModule = module;
  module._compile(code, filename);
  return module.exports;
}

module.exports = { evaluate, evaluateInput };
