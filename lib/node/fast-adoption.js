'use strict';

/**
 * How a request that `fast-connection.js` serves becomes one that Node's own function has had from the start: that is
 * called with it now, makes no second response and says nothing of it to the program.
 */

const { channel } = require('node:diagnostics_channel');
const { ServerResponse } = require('node:http');

/** @type {any} */
const started = channel('http.server.request.start');

/** Node's listener for the end of a socket whose answer is under way. @type {any} */
const onSocketClose = (() => {
  /** @type {any} */
  let found;
  const socket = {
    on(/** @type {string} */ _event, /** @type {Function} */ listener) {
      found = listener;
    },
  };
  new ServerResponse(/** @type {any} */ ({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 })).assignSocket(
    /** @type {any} */ (socket),
  );
  return found;
})();

/** Thrown through Node's function when it has done what is wanted of it. */
const TAKEN = {};
/** @type {any} */
let adopted;
/** @type {any} */
let onFinish;

/** Stands where Node makes a response. */
function Adopt() {
  return adopted;
}

/** @this {any} @param {any} socket */
function assignQuietly(socket) {
  socket._httpMessage = this;
  socket.on('close', onSocketClose);
}

/** @param {string} _event @param {Function} listener */
function takeFinish(_event, listener) {
  onFinish = listener;
  throw TAKEN;
}

/** Puts a member over that of the prototype, and gives what takes it away again. @param {any} target @param {string} name @param {unknown} value */
function shadow(target, name, value) {
  const own = Object.getOwnPropertyDescriptor(target, name);
  target[name] = value;
  return () => {
    if (own) Object.defineProperty(target, name, own);
    else delete target[name];
  };
}

/**
 * @param {import('./fast-connection').Connection} connection
 * @param {any} request
 * @param {any} response
 * @returns {() => void} Node's listener for the response's `finish`
 */
function adopt(connection, request, response) {
  const { server, socket, kind } = connection;
  const { shouldKeepAlive, _keepAliveTimeout, _maxRequestsPerSocket } = response;
  const { _httpMessage: current, _paused: paused } = socket;
  const unassign = shadow(response, 'assignSocket', assignQuietly);
  const untake = shadow(response, 'on', takeFinish);
  // Nobody had subscribed when the request came.
  const unhush = shadow(started, 'publish', () => {});
  adopted = response;
  onFinish = undefined;
  const Response = server[kind];
  server[kind] = Adopt;
  socket._httpMessage = null;
  socket._paused = true; // what the handler has written is no reason to wait before it
  try {
    connection.nodes(request, true);
  } catch (error) {
    if (error !== TAKEN) throw error;
  } finally {
    adopted = undefined;
    server[kind] = Response;
    socket._paused = paused;
    unhush();
    untake();
    unassign();
  }
  if (current !== response) {
    socket.removeListener('close', onSocketClose);
    socket._httpMessage = current;
  } else if (connection.attached) {
    socket.removeListener('close', onSocketClose); // the later of two
  } else {
    // Those that the handler has added come after Node's; all that were there it may have taken away.
    const listeners = socket._events.close;
    const at = Array.isArray(listeners) ? listeners.indexOf(connection.onClose) : -1;
    if (at < 0) socket.removeListener('close', onSocketClose);
    else listeners.splice(at + 1, 0, listeners.pop());
  }
  response.shouldKeepAlive = shouldKeepAlive;
  response._keepAliveTimeout = _keepAliveTimeout;
  response._maxRequestsPerSocket = _maxRequestsPerSocket;
  const listeners = response._events.finish;
  if (listeners === connection.onFinish) response._events.finish = onFinish;
  else if (Array.isArray(listeners)) {
    const at = listeners.indexOf(connection.onFinish);
    if (at >= 0) listeners[at] = onFinish;
  }
  const listener = onFinish;
  onFinish = undefined;
  return listener;
}

module.exports = { adopt, onSocketClose };
