'use strict';

/** What a program asked for: the arguments of `fetch`, checked and sorted. */

const { codeError } = require('../../internal/errors');
const { Headers, triples } = require('../headers');
const { isRequest } = require('../request');
const { Kind, extract, kindOf, sourceOf, isUsed, markUsed, ERR_BODY_ALREADY_USED } = require('../body');
const { known } = require('../methods');
const nodeClasses = require('../node-classes');

const ERR_INVALID_URL = codeError(TypeError, 'ERR_INVALID_URL', (message) => message);
const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * @typedef {object} Plan
 * @property {URL} url
 * @property {string} method
 * @property {string[][]} headers names as they were given, and values
 * @property {{ kind: number, source: any }} body
 * @property {string} redirect
 * @property {AbortSignal | undefined} signal
 * @property {any} options what was given beside these: `tls`, `proxy`, `unix`, `decompress`, `keepalive`, `verbose`, `timeout`, `protocol`
 */

/** @param {any} input @param {any} init @returns {Plan} */
function makePlan(input, init) {
  const options = typeof init === 'object' && init !== null ? init : {};
  const request = isRequest(input) || nodeClasses.isNodes('Request', input) ? input : undefined;
  const given = request ?? (isPlainOptions(input) ? input : undefined);
  const url = urlOf(given ? given.url : input);
  const { protocol } = options;
  if (typeof protocol === 'string' && !protocols.test(protocol))
    throw ERR_INVALID_ARG_TYPE('fetch: \'protocol\' must be "http2", "h2", "http3", "h3", "http1.1", or "h1"');
  const method = methodOf(options.method ?? given?.method);
  const headers = headersOf(options.headers === undefined ? given?.headers : options.headers);
  let { body, type } = bodyOf(options.body === undefined ? undefined : options.body, request, given);
  // After an upgrade the body is what goes out over the new protocol.
  const upgrades = headers.some(([name]) => name.toLowerCase() === 'upgrade');
  if ((method === 'GET' || method === 'HEAD') && !upgrades) {
    if (!isNothing(body)) throw ERR_INVALID_ARG_VALUE('fetch() request with GET/HEAD method cannot have body.');
    if (body.kind !== Kind.NULL) [body, type] = [{ kind: Kind.NULL, source: null }, null];
  }
  if (type && !headers.some(([name]) => name.toLowerCase() === 'content-type')) headers.push(['Content-Type', type]);
  const redirect = options.redirect ?? given?.redirect ?? 'follow';
  if (!['follow', 'manual', 'error'].includes(redirect))
    throw ERR_INVALID_ARG_TYPE("redirect must be one of 'follow', 'manual' or 'error'");
  const signal = options.signal === undefined ? given?.signal : options.signal;
  if (signal != null && !(signal instanceof AbortSignal))
    throw ERR_INVALID_ARG_TYPE('signal is not of type AbortSignal.');
  return {
    url,
    method,
    headers,
    body,
    redirect,
    signal: signal ?? undefined,
    options: { ...(request ? {} : given), ...options },
  };
}

const protocols = /^(?:http2|h2|http3|h3|http1\.1|h1)$/;

/** @param {any} input */
const isPlainOptions = (input) =>
  typeof input === 'object' && input !== null && !(input instanceof URL) && input.url !== undefined;

/** @param {unknown} input @returns {URL} */
function urlOf(input) {
  const isText = typeof input === 'string' || (typeof input === 'object' && input !== null);
  const text = isText ? String(input) : '';
  if (text === '') throw ERR_INVALID_URL('fetch() URL must not be a blank string.');
  try {
    return new URL(text);
  } catch {
    throw ERR_INVALID_URL('fetch() URL is invalid');
  }
}

/** @param {unknown} method */
function methodOf(method) {
  if (method === undefined) return 'GET';
  const upper = String(method).toUpperCase();
  return known.has(upper) ? upper : 'GET';
}

/** As in Bun, a request carries so many headers of the program's; it drops the others without a word. */
const MOST_HEADERS = 250;

/** @param {any} headers @returns {string[][]} */
function headersOf(headers) {
  if (headers === undefined) return [];
  const list = triples(
    new Headers(headers !== null && typeof headers?.entries === 'function' ? [...headers] : headers),
  );
  /** @type {string[][]} */
  const pairs = [];
  for (let at = 0; at < list.length && pairs.length < MOST_HEADERS; at += 3) pairs.push([list[at + 2], list[at + 1]]);
  return pairs;
}

/** @param {any} body @param {any} request ours or Node's @param {any} given @returns {{ body: { kind: number, source: any }, type: string | null }} */
function bodyOf(body, request, given) {
  if (body === undefined && request) return { body: takeBody(request), type: null };
  const value = body === undefined ? given?.body : body;
  if (value === undefined || value === null) return { body: { kind: Kind.NULL, source: null }, type: null };
  if (typeof value === 'string') return { body: { kind: Kind.TEXT, source: value }, type: null };
  const [kind, source, type] = extract(value);
  return { body: { kind, source }, type };
}

/** What a GET may have for a body: none, or one with nothing in it. @param {{ kind: number, source: any }} body */
const isNothing = ({ kind, source }) => kind === Kind.NULL || (source.length ?? source.size) === 0;

/** @param {any} request */
function takeBody(request) {
  if (!isRequest(request)) return { kind: request.body === null ? Kind.NULL : Kind.STREAM, source: request.body };
  const body = { kind: kindOf(request), source: sourceOf(request) };
  if (body.kind === Kind.NULL) return body;
  if (isUsed(request)) throw ERR_BODY_ALREADY_USED('Request body already used');
  markUsed(request);
  return body;
}

module.exports = { makePlan };
