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

/** As `callHandler` of `message`, without a list of arguments. @param {any} state @param {any} socket @param {unknown} message */
function callMessage(state, socket, message) {
  const { websocket } = state;
  if (websocket.message === undefined) return;
  if (observe.isObserved()) return callHandler(state, socket, 'message', [message]);
  try {
    websocket.message(socket, message);
  } catch (error) {
    failed(websocket, socket, error);
  }
}

/** @param {any} state @param {any} socket @param {string} name @param {any[]} rest */
function call({ websocket }, socket, name, rest) {
  try {
    websocket[name].call(websocket, socket, ...rest);
  } catch (error) {
    failed(websocket, socket, error);
  }
}

/** What a handler throws goes to `error`, or is uncaught. @param {any} websocket @param {any} socket @param {unknown} error */
function failed(websocket, socket, error) {
  if (websocket.error === undefined)
    queueMicrotask(() => {
      throw error;
    });
  else websocket.error.call(websocket, error, socket);
}

module.exports = { callHandler, callMessage };
