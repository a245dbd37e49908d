'use strict';

/**
 * The table of contents of the globals that Bun has and Node has not, or has otherwise.
 * `installGlobals` puts lazy getters on `globalThis`; a second call changes nothing.
 */

const { defineLazy } = require('./internal/lazy');
const { isMainThread } = require('./internal/thread');
const { remember: rememberNodes } = require('./web/node-classes');

const installed = Symbol.for('dx-compat.globals');

/** @param {object} Bun */
function installGlobals(Bun) {
  if (/** @type {any} */ (globalThis)[installed]) return;
  Object.defineProperty(globalThis, installed, { value: true });
  rememberNodes(['Headers', 'Request', 'Response', 'fetch']);
  // An assignment changes nothing and does not throw, in strict code either: so is Bun's.
  Object.defineProperty(globalThis, 'Bun', { get: () => Bun, set() {}, enumerable: true, configurable: false });
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
    ReadableStream: () => require('./web/readable-stream'),
    FormData: () => require('./web/form-data').FormData,
    Blob: () => require('./web/blob').Blob,
    File: () => require('./web/blob').File,
    atob: () => require('./web/base64').atob,
    btoa: () => require('./web/base64').btoa,
    crypto: () => require('./web/crypto'),
    CompressionStream: () => require('./web/compression-stream').extended('CompressionStream'),
    DecompressionStream: () => require('./web/compression-stream').extended('DecompressionStream'),
    WebSocket: () => require('./web/websocket').WebSocket,
    Worker: () => require('./web/worker').Worker,
    addEventListener: () => require('./web/global-events').addEventListener,
    removeEventListener: () => require('./web/global-events').removeEventListener,
    dispatchEvent: () => require('./web/global-events').dispatchEvent,
    postMessage: () => require('./web/global-events').postMessage,
  }, { enumerable: false });
  defineLazy(globalThis, {
    BuildError: () => require('./loader/messages').BuildMessage,
    BuildMessage: () => require('./loader/messages').BuildMessage,
    ResolveError: () => require('./loader/messages').ResolveMessage,
    ResolveMessage: () => require('./loader/messages').ResolveMessage,
  });
  const { structuredClone } = globalThis;
  defineLazy(globalThis, {
    structuredClone: () => require('./web/structured-clone').structuredCloneOver(structuredClone),
  });
  defineLazy(WebAssembly, {
    compileStreaming: () => require('./web/wasm-streaming').compileStreaming,
    instantiateStreaming: () => require('./web/wasm-streaming').instantiateStreaming,
  });
  defineMissing({
    URLPattern: () => require('urlpattern-polyfill/urlpattern').URLPattern,
    CloseEvent: () => require('./web/event-classes').CloseEvent,
    ErrorEvent: () => require('./web/event-classes').ErrorEvent,
    PerformanceTiming: () => require('./web/performance-timing').PerformanceTiming,
    PerformanceServerTiming: () => require('./web/performance-timing').PerformanceServerTiming,
  });
  if (process.channel && isMainThread()) require('./bun/ipc-parent').meetParent();
  installSelf();
  installAbort();
  installPerformance();
  require('./web/extensions').installExtensions();
}

/** What newer Node has itself. @param {Record<string, () => unknown>} loaders */
function defineMissing(loaders) {
  const missing = Object.entries(loaders).filter(([name]) => !(name in globalThis));
  defineLazy(globalThis, Object.fromEntries(missing), { enumerable: false });
}

/** Node's classes, which are loaded when one of them is used, with Bun's reasons. */
function installAbort() {
  const names = /** @type {const} */ (['AbortController', 'AbortSignal']);
  const own = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  /** @type {Record<string, any> | undefined} */
  let classes;
  const load = () => {
    const values = own.map((descriptor) => (descriptor?.get ? descriptor.get.call(globalThis) : descriptor?.value));
    classes ??= require('./web/abort').withReasons({ AbortController: values[0], AbortSignal: values[1] });
    return /** @type {Record<string, any>} */ (classes);
  };
  const loaders = names.map((name) => [name, () => load()[name]]);
  defineLazy(globalThis, Object.fromEntries(loaders), { enumerable: false });
}

/** Node's `performance`, which is loaded when it is used, with Bun's `timing`. */
function installPerformance() {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'performance');
  const load = () => require('./web/performance-timing').withTiming(own?.get ? own.get.call(globalThis) : own?.value);
  defineLazy(globalThis, { performance: load }, { enumerable: own?.enumerable });
}

/** `self`, and the handlers of events that reach it. */
function installSelf() {
  const own = { enumerable: true, configurable: true };
  Object.defineProperty(globalThis, 'self', {
    get: () => globalThis,
    set(value) {
      Object.defineProperty(globalThis, 'self', { value, writable: true, ...own });
    },
    ...own,
  });
  const target = () => require('./web/global-events');
  for (const type of ['message', 'error']) {
    const handler = () => require('./web/event-handlers').handlerOf(type, target);
    Object.defineProperty(globalThis, `on${type}`, {
      get: () => Reflect.apply(/** @type {any} */ (handler().get), globalThis, []),
      set(value) {
        Reflect.apply(/** @type {any} */ (handler().set), globalThis, [value]);
      },
      ...own,
    });
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
