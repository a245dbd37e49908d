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
  const script = peek(file);
  // With `--hot` it may have run before: Node remembers what a URL resolves to, and runs it once.
  const again = require('../internal/runtime').hotServers && require('../loader/stand-ins').urlFor(file);
  if (!script || (script.esm && (again || !standsAlone(script)))) return runModule(again ?? pathToFileURL(file).href);
  let exports;
  try {
    exports = Module._load(file, null, !script.esm);
  } catch (error) {
    return require('./uncaught').entryFailed(error, script.esm);
  }
  serveDefault(exports?.__esModule ? exports.default : exports);
}

/** @param {string} file */
function peek(file) {
  try {
    return require('../loader/load').peekScript(file);
  } catch {
    return undefined; // loading it says what is wrong
  }
}

/**
 * Whether a module imports nothing and waits for nothing: on older Node `require` runs it without the
 * hooks thread, which `import` would need.
 *
 * @param {import('../loader/load').Script} script
 */
function standsAlone(script) {
  if (Module.registerHooks || !script.esm || !script.requests || script.requests.length > 0) return false;
  return !/\bawait\b|\bimport\s*\(/.test(script.code);
}

/** @param {string} url */
async function runModule(url) {
  require('../loader/esm').ready();
  const settled = expectToSettle();
  let namespace;
  try {
    namespace = await import(url);
  } catch (error) {
    settled();
    return require('./uncaught').entryFailed(error, true);
  }
  settled();
  serveDefault(namespace.default);
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
