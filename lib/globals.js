'use strict';

/**
 * The table of contents of the globals that Bun has and Node has not, or has otherwise.
 * `installGlobals` puts lazy getters on `globalThis`; a second call changes nothing.
 */

const { defineLazy } = require('./internal/lazy');
const { remember: rememberNodes } = require('./web/node-classes');

const installed = Symbol.for('dx-compat.globals');

/** @param {object} Bun */
function installGlobals(Bun) {
  if (/** @type {any} */ (globalThis)[installed]) return;
  Object.defineProperty(globalThis, installed, { value: true });
  rememberNodes(['Headers', 'Request', 'Response', 'fetch']);
  Object.defineProperty(globalThis, 'Bun', { value: Bun, enumerable: false, writable: true, configurable: true });
  require('./internal/identity').assumeIdentity();
  require('./language').installLanguage();
  installConsoleLines();
  defineLazy(globalThis, {
    alert: () => require('./web/dialogs').alert,
    confirm: () => require('./web/dialogs').confirm,
    prompt: () => require('./web/dialogs').prompt,
    reportError: () => require('./web/report-error'),
    Headers: () => require('./web/headers').Headers,
    Request: () => require('./web/request').Request,
    Response: () => require('./web/response').Response,
    fetch: () => require('./web/fetch'),
  }, { enumerable: false });
  if (!('URLPattern' in globalThis)) {
    defineLazy(globalThis, { URLPattern: () => require('urlpattern-polyfill/urlpattern').URLPattern }, { enumerable: false });
  }
}

/** `for await (const line of console)` and `console.write`, loaded when they are used. */
function installConsoleLines() {
  const load = () => require('./bun/console-lines');
  const own = { writable: true, configurable: true };
  Object.defineProperty(console, Symbol.asyncIterator, { value: () => load().lines(), ...own });
  Object.defineProperty(console, 'write', { value: (/** @type {any[]} */ ...chunks) => load().write(...chunks), enumerable: true, ...own });
}

module.exports = { installGlobals };
