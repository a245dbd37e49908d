'use strict';

const nodeClasses = require('./node-classes');
const { isHeaders } = require('./headers');
const { isRequest } = require('./request');
const { isResponse, fromNodes } = require('./response');

nodeClasses.join('Headers', isHeaders);
nodeClasses.join('Request', isRequest);
nodeClasses.join('Response', isResponse);

/**
 * Node's `fetch`, taking and returning our classes.
 *
 * @see https://fetch.spec.whatwg.org/#fetch-method
 * @param {any} input
 * @param {any} [init]
 * @returns {Promise<InstanceType<typeof import('./response').Response>>}
 */
async function fetch(input, init) {
  const nodeFetch = nodeClasses.nodes('fetch');
  const options = init == null ? undefined : { ...init };
  if (options?.headers != null) options.headers = plainHeaders(options.headers);
  if (options?.body != null) nodeBody(options);
  if (options?.tls != null || options?.unix != null) options.dispatcher ??= require('./fetch-agent').agentFor(options);
  if (!isRequest(input)) return fromNodes(await nodeFetch(input, options));
  const request = /** @type {any} */ (input);
  const own = {
    method: request.method,
    headers: plainHeaders(request.headers),
    redirect: request.redirect,
    signal: request.signal,
    body: options?.body === undefined ? request.body : undefined,
  };
  if (own.body) nodeBody(own);
  return fromNodes(await nodeFetch(request.url, { ...own, ...options }));
}

/** @param {any} headers @returns {any} what Node's `Headers` takes */
function plainHeaders(headers) {
  return isHeaders(headers) ? [...headers] : headers;
}

/** Makes a body that Node's `fetch` takes. @param {any} options */
function nodeBody(options) {
  const { body } = options;
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof Blob) return;
  if (typeof body.getReader === 'function' || typeof body[Symbol.asyncIterator] === 'function') options.duplex = 'half';
}

Object.defineProperty(fetch, 'name', { value: 'fetch' });

module.exports = fetch;
