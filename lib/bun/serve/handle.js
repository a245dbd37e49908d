'use strict';

/** From a request to its answer: the handler, what it returned, and what to do when it failed. */

const { isResponse, isReadable, fromNodes, Response } = require('../../web/response');
const { routeOf } = require('../../web/request');
const observe = require('./observe');
const { respond } = require('./respond');
const { handlerFor } = require('./router');
const { THROUGH } = require('./static-route');

/** @typedef {InstanceType<typeof import('./call').Call>} Call */

/** @param {Call} call @param {any} request */
function handle(call, request) {
  call.request = request;
  if (observe.isObserved()) observe.inContext(call.state, request, () => run(call, request));
  else run(call, request);
}

/** @param {Call} call @param {any} request */
function run(call, request) {
  const { state } = call;
  let result;
  try {
    result = state.router === null ? state.fetch.call(state.server, request, state.server) : route(call, request);
  } catch (error) {
    return fail(call, request, error);
  }
  settle(call, request, result);
}

/** Finds who answers. @param {Call} call @param {any} request */
function route(call, request) {
  const { state } = call;
  /** @type {string[]} */
  const values = [];
  const found = routeOf(request, state.router, values);
  if (found !== null) {
    call.route = found;
    call.values = values;
    const answer = /** @type {any} */ (handlerFor(found, request.method)).call(state.server, request, state.server);
    if (answer !== THROUGH) return answer;
    call.route = null;
  }
  if (state.fetch === undefined) return new Response(null, { status: 404 });
  return state.fetch.call(state.server, request, state.server);
}

/** @param {Call} call @param {any} request @param {any} result */
function settle(call, request, result) {
  if (isResponse(result)) return send(call, request, result);
  try {
    if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
      result.then(
        (/** @type {any} */ value) =>
          isResponse(value) ? send(call, request, value) : settleOther(call, request, value),
        (/** @type {any} */ error) => fail(call, request, error),
      );
      return;
    }
  } catch (error) {
    return fail(call, request, error);
  }
  settleOther(call, request, result);
}

/** @param {Call} call @param {any} request @param {any} value */
function settleOther(call, request, value) {
  try {
    if (isReadable(value)) return send(call, request, fromNodes(value));
  } catch (error) {
    return fail(call, request, error);
  }
  if (call.answered) return;
  console.error(`error: Expected a Response object, but received '${describe(value)}'`);
  const { development } = call.state;
  const answer = development
    ? new Response('Welcome to Bun! To get started, return a Response object.')
    : new Response(null, { status: 204 });
  send(call, request, answer);
}

/** @param {unknown} value */
function describe(value) {
  if (typeof value === 'string') return JSON.stringify(value);
  try {
    return require('node:util').inspect(value);
  } catch {
    return Object.prototype.toString.call(value); // its inspection is what throws
  }
}

/** @param {Call} call @param {any} request @param {any} response */
function send(call, request, response) {
  if (call.answered) return;
  try {
    const sent = respond(call, response);
    if (observe.finished.hasSubscribers) observe.finish(call.state, request, response);
    if (sent !== undefined) sent.catch((error) => fail(call, request, error));
  } catch (error) {
    fail(call, request, error);
  }
}

/** The handler threw, rejected, or gave what cannot be sent. @param {Call} call @param {any} request @param {any} error */
function fail(call, request, error) {
  if (observe.failed.hasSubscribers) observe.fail(call.state, request, error);
  if (call.answered || call.failed) return giveUp(call, request, error);
  call.failed = true;
  const { state } = call;
  if (state.error === undefined) return giveUp(call, request, error);
  let result;
  try {
    result = state.error.call(state.server, error);
    if (!isReadable(result) && result !== null && typeof result === 'object' && typeof result.then === 'function') {
      result.then(
        (/** @type {any} */ value) => (isReadable(value) ? settle(call, request, value) : giveUp(call, request, error)),
        (/** @type {any} */ second) => giveUp(call, request, second),
      );
      return;
    }
  } catch (second) {
    return giveUp(call, request, second);
  }
  if (isReadable(result)) return settle(call, request, result);
  giveUp(call, request, error);
}

/** @param {Call} call @param {any} request @param {any} error */
function giveUp(call, request, error) {
  if (call.aborted) return; // there is nobody to answer, and what failed is that
  if (call.answered) return void console.error(error);
  if (!require('../../internal/handled-failure').fail(error)) console.error(error);
  const { errorPage } = require('./error-page');
  const answer = call.state.development
    ? new Response(errorPage(request, error), { status: 500, headers: { 'content-type': 'text/html;charset=utf-8' } })
    : new Response('Something went wrong!', { status: 500, headers: { 'content-type': 'text/plain' } });
  send(call, request, answer);
}

module.exports = { handle };
