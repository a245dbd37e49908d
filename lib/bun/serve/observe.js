'use strict';

/**
 * Who watches requests: `AsyncLocalStorage`, `async_hooks`, `diagnostics_channel`. A request gets a context of its own
 * when one of them is in use; while none is, that costs a look at a flag.
 */

const hooks = require('node:async_hooks');
const { channel } = require('node:diagnostics_channel');

/** `{ request, server }`: a handler is about to run; stores that are bound to the channel hold for it. */
const started = channel('dx-compat:serve.request.start');
/** `{ request, response, server }`: the answer is on its way. */
const finished = channel('dx-compat:serve.request.finish');
/** `{ request, error, server }`: the handler failed; `finish` follows with what is answered instead. */
const failed = channel('dx-compat:serve.request.error');

/** Contexts are in use. */
let used = false;

/** Watches for the first use of what makes contexts matter, then steps aside. */
function watch() {
  const restore = [
    shim(hooks.AsyncLocalStorage.prototype, 'run'),
    shim(hooks.AsyncLocalStorage.prototype, 'enterWith'),
    shim(hooks, 'createHook'),
  ];
  /** @param {any} owner @param {string} name */
  function shim(owner, name) {
    const original = owner[name];
    /** @this {any} @param {...any} rest */
    function first(...rest) {
      used = true;
      for (const each of restore) each();
      return original.apply(this, rest);
    }
    owner[name] = first;
    return () => {
      if (owner[name] === first) owner[name] = original;
    };
  }
}
let watching = false;

/** Whether a resource carries somebody's store: one was entered where it was made. @param {any} resource */
function carriesStore(resource) {
  return Object.getOwnPropertySymbols(resource).some(
    (symbol) => /store|frame/i.test(symbol.description ?? '') && resource[symbol] !== undefined,
  );
}

/**
 * The context in which a server was started: its requests begin there, as in Bun.
 *
 * @returns {hooks.AsyncResource}
 */
function serverContext() {
  const context = new hooks.AsyncResource('BUNSERVE', { requireManualDestroy: true });
  if (!watching) {
    watching = true;
    used = carriesStore(context);
    if (!used) watch();
  } else used ||= carriesStore(context);
  return context;
}

/** Whether a request has to be run with {@link inContext}. */
function isObserved() {
  return used || started.hasSubscribers;
}

/**
 * Runs a handler in a context of its own.
 *
 * @param {any} state the server's
 * @param {any} request
 * @param {() => void} work
 */
function inContext(state, request, work) {
  state.context.runInAsyncScope(() => {
    const own = new hooks.AsyncResource('BUNSERVEREQUEST');
    if (started.hasSubscribers) {
      const message = { request, server: state.server };
      own.runInAsyncScope(() => /** @type {any} */ (started).runStores(message, work));
    } else own.runInAsyncScope(work);
  });
}

/** Runs work in a context that ends with it. @param {() => void} work */
function inOwnContext(work) {
  new hooks.AsyncResource('BUNSERVEWEBSOCKET').runInAsyncScope(work);
}

/** @param {any} state @param {any} request @param {any} response */
function finish(state, request, response) {
  finished.publish({ request, response, server: state.server });
}

/** @param {any} state @param {any} request @param {any} error */
function fail(state, request, error) {
  failed.publish({ request, error, server: state.server });
}

module.exports = { serverContext, isObserved, inContext, inOwnContext, finish, fail, finished, failed };
