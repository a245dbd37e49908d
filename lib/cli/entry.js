'use strict';

const Module = /** @type {any} */ (require('node:module'));
const { pathToFileURL } = require('node:url');

/**
 * Runs the program: loads its first module, and serves its default export if that is a server's
 * configuration.
 *
 * @param {string} file absolute
 */
async function runEntry(file) {
  if (!Module.registerHooks && isCommonJs(file)) return serveDefault(defaultOf(Module._load(file, null, true)));
  await runModule(pathToFileURL(file).href);
}

/** Without synchronous hooks an `import` of a CommonJS file does not make it the main module. @param {string} file */
function isCommonJs(file) {
  return require('../loader/load').loadScript(file)?.esm === false;
}

/** @param {any} exports */
function defaultOf(exports) {
  return exports?.__esModule ? exports.default : exports;
}

/** @param {string} url */
async function runModule(url) {
  const settled = expectToSettle();
  const { default: exported } = await import(url);
  settled();
  serveDefault(exported);
}

/** Node's ending for a top-level `await` that never comes back: a warning and exit code 13. */
function expectToSettle() {
  let drained = false;
  const drain = () => (drained = true);
  const warn = (/** @type {number} */ code) => {
    if (code !== 0 || !drained) return;
    process.stderr.write('Warning: Detected unsettled top-level await\n');
    process.exitCode = 13;
  };
  process.on('beforeExit', drain).on('exit', warn);
  return () => process.off('beforeExit', drain).off('exit', warn);
}

/**
 * `export default { fetch, port, … }`, a Hono application, a class with a static `fetch`: served by
 * Bun.serve. A running server is not (`export default Bun.serve(…)`): it has `stop`.
 *
 * @see bun-types/docs/runtime/http/server.mdx "export default syntax"
 * @param {any} exported
 */
function serveDefault(exported) {
  if (!exported || (typeof exported !== 'object' && typeof exported !== 'function')) return;
  if (typeof exported.fetch !== 'function' || typeof exported.stop === 'function') return;
  const server = /** @type {any} */ (globalThis).Bun.serve(exported);
  const kind = server.development ? 'development ' : '';
  console.debug(`Started ${kind}server: ${server.protocol}://${server.hostname}:${server.port}`);
}

module.exports = { runEntry, runModule, serveDefault };
