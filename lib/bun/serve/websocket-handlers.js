'use strict';

/** The handlers of the `websocket` option: called in the server's context, their errors given to `error`. */

const observe = require('./observe');

/** @param {any} state @param {any} socket @param {string} name @param {any[]} rest */
function callHandler(state, socket, name, rest) {
  if (state.websocket[name] === undefined) return;
  if (observe.isObserved())
    state.context.runInAsyncScope(() => observe.inOwnContext(() => call(state, socket, name, rest)));
  else call(state, socket, name, rest);
}

/** What a handler throws goes to `error`, or is uncaught. @param {any} state @param {any} socket @param {string} name @param {any[]} rest */
function call({ websocket }, socket, name, rest) {
  try {
    websocket[name].call(websocket, socket, ...rest);
  } catch (error) {
    if (websocket.error === undefined)
      queueMicrotask(() => {
        throw error;
      });
    else websocket.error.call(websocket, error, socket);
  }
}

module.exports = { callHandler };
