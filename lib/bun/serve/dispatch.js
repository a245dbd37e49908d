'use strict';

/** What comes in from the engine: requests for the handlers, and news of those under way. */

const { Request, SERVED } = require('../../web/request');
const { Kind } = require('../../web/body');
const { Call, liveCall } = require('./call');
const { Upload } = require('./upload');
const { incoming, RECORD } = require('./native');
const { handle } = require('./handle');
const { Received, received } = require('./websocket');

/** Codes above every method; `event` in crates/web/src/server/inbound.rs. The first of them that are of `fetch`. */
const FETCH = 80;
/** And of the servers. */
const ABORT = 64;
const BODY = 65;
const DRAIN = 66;
const STOPPED = 67;
/** The index of HEAD in `METHODS`. */
const HEAD = 5;
/** `bodyEnd` of a request without a body, and of one whose body is still to come. */
const NO_BODY = -1;
const BODY_TO_COME = -2;

/** The states of the servers of this environment, by the engine's number. @type {any[]} */
const servers = [];

/**
 * Called by the engine with a batch. Nothing is thrown from here: handlers' errors are answers.
 *
 * @param {number} count
 * @param {string} text
 */
function dispatch(count, text) {
  for (let at = 0, end = count * RECORD; at < end; at += RECORD) {
    const code = incoming[at + 2];
    if (code < ABORT) request(at, code, text);
    else if (code >= FETCH) fetched(at, code, text);
    else if (code >= Received.TEXT)
      received(incoming[at], incoming[at + 1], code, text.slice(incoming[at + 3], incoming[at + 4]), incoming[at + 5]);
    else happened(code, incoming[at], incoming[at + 1], incoming[at + 3], incoming[at + 4], incoming[at + 7]);
  }
}

/** @type {typeof import('../../web/fetch/http3') | undefined} */
let http3;

/** @param {number} at @param {number} code @param {string} text */
function fetched(at, code, text) {
  http3 ??= require('../../web/fetch/http3');
  http3.happened(code, incoming[at], incoming[at + 1], incoming[at + 3], incoming[at + 4], incoming[at + 5], text);
}

/** @param {number} at @param {number} code @param {string} text */
function request(at, code, text) {
  const call = new Call(servers[incoming[at + 7]], incoming[at], incoming[at + 1], code === HEAD);
  const headEnd = incoming[at + 5];
  const bodyEnd = incoming[at + 6];
  /** @type {number} */
  let kind = Kind.NULL;
  /** @type {any} */
  let source = null;
  if (bodyEnd === BODY_TO_COME) {
    kind = Kind.UPLOAD;
    source = new Upload(call);
  } else if (bodyEnd !== NO_BODY) {
    kind = Kind.LATIN1;
    source = text.slice(headEnd, bodyEnd);
  }
  handle(call, new Request(SERVED, call, text, code, incoming[at + 3], incoming[at + 4], headEnd, kind, source));
}

/**
 * @param {number} code
 * @param {number} slot
 * @param {number} seq
 * @param {number} first
 * @param {number} second
 * @param {number} server
 */
function happened(code, slot, seq, first, second, server) {
  if (code === STOPPED) {
    const state = servers[server];
    servers[server] = undefined;
    state.stopped();
    return;
  }
  const call = liveCall(slot, seq);
  if (call === undefined) return;
  if (code === ABORT) call.abort();
  else if (code === BODY) call.upload?.receive(first, second);
  else if (code === DRAIN) call.onDrain?.();
}

module.exports = { dispatch, servers };
