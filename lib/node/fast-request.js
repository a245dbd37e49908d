'use strict';

/** What `fast-connection.js` asks of an `IncomingMessage`, and how one ends that nobody has read or listened to. */

const { IncomingMessage } = require('node:http');

/** @param {object} holder @param {string} description @returns {symbol | undefined} */
function symbolOf(holder, description) {
  return Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === description);
}

/** @type {any} */
const detachAbortSignal = symbolOf(IncomingMessage.prototype, 'kDetachAbortSignal');

/** How a request that was not read flows in the end: `_dump` of newer releases does not let it. @type {true | null} */
const flowing = (() => {
  const request = /** @type {any} */ (new IncomingMessage(/** @type {any} */ (undefined)));
  request.complete = true;
  request.push(null);
  request._dump();
  request._readableState.endEmitted = true; // else it ends in turns of the program's, whose hooks would see it
  return request.readableFlowing;
})();

/** @type {any} */
const requests = IncomingMessage.prototype;
const { destroy, emit, on, push, read, removeAllListeners, resume, _destroy, _dump, _read } = requests;

/** Whether a head asks for more than an answer, or lacks what it has to have. @param {string[]} raw names and values */
function asksForMore(raw) {
  let host = false;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at];
    if (name.length === 4) host ||= name === 'Host' || name.toLowerCase() === 'host';
    else if (name.length === 6 && name.toLowerCase() === 'expect') return true;
  }
  return !host;
}

/** Whether the methods that Node calls to end a request are its own. @param {any} request */
function isUnpatched(request) {
  return (
    request.emit === emit &&
    request.on === on &&
    request.removeAllListeners === removeAllListeners &&
    request.push === push &&
    request.read === read &&
    request.resume === resume &&
    request.destroy === destroy &&
    request._read === _read &&
    request._dump === _dump &&
    request._destroy === _destroy
  );
}

/**
 * Whether nobody has looked at a body that is not there, or has replaced what would be called.
 *
 * @param {any} request
 * @param {true | null} flows how it does by now
 */
function isUntouched(request, flows) {
  const state = request._readableState;
  return (
    request._eventsCount === 0 &&
    state.flowing === flows &&
    state.length === 0 &&
    !request.destroyed &&
    isUnpatched(request)
  );
}

/** Whether a request that has come wholly is one that nobody has read or listened to. @param {any} request */
const isUnheard = (request) =>
  request.complete && !request._consuming && !request._dumped && isUntouched(request, null);

/** @param {any} response */
function emitClose(response) {
  if (response._closed) return;
  response.destroyed = true;
  response._closed = true;
  response.emit('close');
}

/** @param {any} request */
function dumpUnread(request) {
  if (!request._consuming && !request._readableState.resumeScheduled) request._dump();
}

/** What `_dump` does at once for a request that is unheard. @param {any} request */
function dumpUnheard(request) {
  request._dumped = true;
  if (!flowing) return;
  request._readableState.flowing = true;
  request._readableState.resumeScheduled = true;
}

/**
 * What Node does in two turns, one after the other, that it asks for when a response is finished: a dumped request flows,
 * or in newer releases ends, and the response closes.
 *
 * @param {any} request
 * @param {any} response
 */
function closeBoth(request, response) {
  let threw = true;
  try {
    if (!flowing) end(request);
    else if (isUntouched(request, flowing)) {
      // Nothing comes of it but the next turn.
      request._readableState.resumeScheduled = false;
      process.nextTick(end, request);
    } else flow(request);
    threw = false;
  } finally {
    if (threw) process.nextTick(emitClose, response);
    else emitClose(response);
  }
}

/** What Node does in the turn after `resume()`. @param {any} request */
function flow(request) {
  const state = request._readableState;
  if (!state.reading) request.read(0);
  state.resumeScheduled = false;
  request.emit('resume');
  while (state.flowing && request.read() !== null);
  if (state.flowing && !state.reading) request.read(0);
}

/** What Node does in the turn after all has been read. @param {any} request */
function end(request) {
  const state = request._readableState;
  if (state.errored || state.closeEmitted || state.endEmitted || state.length > 0) return;
  state.endEmitted = true;
  request.emit('end');
  if (state.autoDestroy) request.destroy();
}

/** @this {any} */
function clearIncoming() {
  const { socket } = this;
  if (socket?.parser?.incoming === this) socket.parser.incoming = null;
}

module.exports = {
  asksForMore,
  clearIncoming,
  closeBoth,
  detachAbortSignal,
  dumpUnheard,
  dumpUnread,
  emitClose,
  isUnheard,
  isUnpatched,
  symbolOf,
};
