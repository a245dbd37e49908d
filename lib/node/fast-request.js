'use strict';

/** What `fast-connection.js` asks of an `IncomingMessage`, and how one ends that nobody has read or listened to. */

const { IncomingMessage } = require('node:http');

/** @param {object} holder @param {string} description @returns {symbol | undefined} */
function symbolOf(holder, description) {
  return Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === description);
}

/** @type {any} */
const detachAbortSignal = symbolOf(IncomingMessage.prototype, 'kDetachAbortSignal');

/** Whether a request that was not read flows in the end: `_dump` of newer releases does not let it. */
const flowing = (() => {
  const request = /** @type {any} */ (new IncomingMessage(/** @type {any} */ (undefined)));
  request.complete = true;
  request.push(null);
  request._dump();
  return request.readableFlowing;
})();

/** What a head asks for: more than an answer, an answer, or an answer to a body. */
const MORE = 0;
const BODILESS = 1;
const BODY = 2;

/** @param {string[]} raw names and values @returns {number} */
function kindOf(raw) {
  let host = false;
  let kind = BODILESS;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at];
    switch (name.length) {
      case 4:
        host ||= name === 'Host' || name.toLowerCase() === 'host';
        break;
      case 6:
        if (name.toLowerCase() === 'expect') return MORE;
        break;
      case 14:
        if (name.toLowerCase() === 'content-length') kind = BODY;
        break;
      case 17:
        if (name.toLowerCase() === 'transfer-encoding') kind = BODY;
        break;
    }
  }
  return host ? kind : MORE;
}

/** Whether nobody has looked at a body that is not there. @param {any} request */
function isUntouched(request) {
  const state = request._readableState;
  return (
    request._eventsCount === 0 &&
    state.flowing === null &&
    state.length === 0 &&
    !request._consuming &&
    !request._dumped &&
    !request.destroyed
  );
}

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

/** Ends a request that nobody has listened to so far. @param {any} request @param {any} response */
function closeBoth(request, response) {
  if (flowing) closeFlowing(request, response);
  else closeDumped(request, response);
}

/** A response closes before its request ends. @param {any} request @param {any} response */
function closeFlowing(request, response) {
  emitClose(response);
  if (!isUnheard(request)) {
    endHeard(request);
    return;
  }
  request._readableState.flowing = true;
  markEnded(request);
  markClosed(request);
}

/** A request ends before its response closes. @param {any} request @param {any} response */
function closeDumped(request, response) {
  if (!isUnheard(request)) {
    endHeard(request);
    process.nextTick(emitClose, response);
    return;
  }
  markEnded(request);
  emitClose(response);
  if (request._eventsCount === 0) markClosed(request);
  else request.destroy();
}

/** Somebody has come to listen since the response was finished, when Node has dumped it. @param {any} request */
function endHeard(request) {
  if (request.destroyed || request._dumped) return;
  request._dumped = true;
  if (flowing && request.readableFlowing === null) request.resume();
  else request.read(0);
}

/** @param {any} request */
const isUnheard = (request) => isUntouched(request) && request.complete;

/** @param {any} request */
function markEnded(request) {
  request._dumped = true;
  request._readableState.endEmitted = true;
}

/** @param {any} request */
function markClosed(request) {
  const state = request._readableState;
  state.destroyed = true;
  state.closed = true;
  state.closeEmitted = true;
}

/** @this {any} */
function clearIncoming() {
  const { socket } = this;
  if (socket?.parser?.incoming === this) socket.parser.incoming = null;
}

module.exports = {
  BODILESS,
  MORE,
  clearIncoming,
  closeBoth,
  detachAbortSignal,
  dumpUnread,
  emitClose,
  isUnheard,
  isUntouched,
  kindOf,
  symbolOf,
};
