'use strict';

/**
 * `fetch`: our classes in and out, Bun's options (`proxy`, `tls`, `unix`, `decompress`, `keepalive`, `verbose`) and errors.
 *
 * @see https://bun.com/docs/runtime/networking/fetch
 */

const { codeError, ERR_MISSING_ARGS } = require('../../internal/errors');
const { isHeaders, Headers } = require('../headers');
const { isRequest } = require('../request');
const { isResponse, made } = require('../response');
const { Kind } = require('../body');
const nodeClasses = require('../node-classes');
const alternative = require('./alternative');
const { makePlan } = require('./plan');
const { fetchLocal } = require('./local');
const { exchange } = require('./exchange');
const { failure, translate, reasonOf } = require('./failure');
const { decoded } = require('./decode');
const { Download } = require('./download');

nodeClasses.join('Headers', isHeaders);
nodeClasses.join('Request', isRequest);
nodeClasses.join('Response', isResponse);

const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', (message) => message);
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const MOST_REDIRECTS = 127;
const redirects = new Set([301, 302, 303, 307, 308]);
/** Not for another origin. */
const secret = /^(?:authorization|proxy-authorization|cookie)$/i;
const ofBody = /^(?:content-(?:type|length|encoding|language|location)|transfer-encoding)$/i;

/**
 * @param {any} input a URL, a `Request`, or an object with `url`
 * @param {any} [init]
 * @returns {Promise<InstanceType<typeof import('../response').Response>>}
 */
async function fetch(input, init = undefined) {
  if (arguments.length === 0) throw ERR_MISSING_ARGS('fetch() expects a string but received no arguments.');
  const plan = makePlan(input, init);
  const { url, signal } = plan;
  if (signal?.aborted) throw reasonOf(signal);
  const local = fetchLocal(url);
  if (local) return local;
  if (!/^https?:$/.test(url.protocol)) throw unreachable(url);
  return follow(plan);
}

/** @param {URL} url */
function unreachable(url) {
  if (/^(?:ftp|ws|wss|s3):$/.test(url.protocol)) return ERR_INVALID_ARG_VALUE('protocol must be http:, https: or s3:');
  if (url.protocol === 'blob:') return ERR_INVALID_ARG_VALUE(`Failed to resolve ${url.href}`);
  const hostname = url.protocol.slice(0, -1);
  return failure('ENOTFOUND', url.href, `getaddrinfo ENOTFOUND ${hostname}`, { syscall: 'getaddrinfo', hostname });
}

/** @param {import('./plan').Plan} plan */
async function follow(plan) {
  const { signal, options } = plan;
  let { url, method, headers, body } = plan;
  for (let count = 0; ; count++) {
    const link = new Link(signal);
    const { response, request, socket, failed } = await exchange(
      url,
      { method, headers, body, options, signal },
      link.onAbort,
    ).catch((error) => {
      link.release();
      throw error;
    });
    const status = /** @type {number} */ (response.statusCode);
    if (options.verbose) require('./verbose').response(status, response.statusMessage ?? '', response.rawHeaders);
    const location = redirects.has(status) && plan.redirect !== 'manual' ? response.headers.location : undefined;
    if (location === undefined)
      return answer(url, { response, request, socket, failed, link, options, method, redirected: count > 0 });
    await left(response, request);
    link.release();
    if (plan.redirect === 'error') throw failure('UnexpectedRedirect', plan.url.href);
    if (count >= MOST_REDIRECTS) throw failure('TooManyRedirects', url.href);
    const next = nextUrl(location, url);
    if ((status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST')) {
      method = 'GET';
      body = { kind: Kind.NULL, source: null };
      headers = headers.filter(([name]) => !ofBody.test(name));
    } else if (body.kind === Kind.STREAM || body.kind === Kind.ITERABLE || body.kind === Kind.UPLOAD) {
      throw new TypeError('Request body is a ReadableStream and cannot be replayed for this redirect');
    }
    if (next.origin !== url.origin) headers = headers.filter(([name]) => !secret.test(name));
    headers = headers.filter(([name]) => name.toLowerCase() !== 'host');
    url = next;
  }
}

/**
 * Nobody reads the body of a redirection. If there is none, and the request has left, the next one finds the connection,
 * as in Bun. Over HTTP/2 and 3 the stream ends alone.
 *
 * @param {import('node:http').IncomingMessage} response
 * @param {import('node:http').ClientRequest} request
 */
async function left(response, request) {
  response.on('error', () => {});
  if (response.headers['content-length'] !== '0' || !request.writableFinished) return void request.destroy();
  await new Promise((resolve) => {
    request.on('close', resolve);
    response.resume();
  });
}

/** @param {string} location @param {URL} from @returns {URL} */
function nextUrl(location, from) {
  let next;
  try {
    next = new URL(Buffer.from(location, 'latin1').toString(), from);
  } catch {
    throw failure('RedirectURLInvalid', from.href);
  }
  if (!/^https?:$/.test(next.protocol)) throw failure('UnsupportedRedirectProtocol', from.href);
  if (next.hash === '') next.hash = from.hash;
  return next;
}

/** What ends an exchange when the program's signal says so. */
class Link {
  #signal;
  /** @type {((reason: unknown) => void) | undefined} */
  #abort;

  /** @param {AbortSignal | undefined} signal */
  constructor(signal) {
    this.#signal = signal;
    signal?.addEventListener('abort', this.#listener, { once: true });
  }

  #listener = () => this.#abort?.(reasonOf(/** @type {AbortSignal} */ (this.#signal)));

  /** @param {(reason: unknown) => void} abort */
  onAbort = (abort) => {
    this.#abort = abort;
    if (this.#signal?.aborted) this.#listener();
  };

  release() {
    this.#signal?.removeEventListener('abort', this.#listener);
  }
}

/**
 * @param {URL} url
 * @param {import('./exchange').Exchanged & { link: Link, options: any, method: string, redirected: boolean }} got
 */
function answer(url, { response, request, socket, failed, link, options, method, redirected }) {
  const headers = new Headers();
  const raw = response.rawHeaders;
  for (let at = 0; at < raw.length; at += 2)
    headers.append(raw[at], raw[at + 1].replace(/[^\t\x20-\x7e\x80-\xff]/g, ''));
  alternative.note(url, headers.get('alt-svc'));
  const facts = {
    status: /** @type {number} */ (response.statusCode),
    statusText: response.statusMessage ?? '',
    headers,
    url: url.href,
    redirected,
  };
  const { status } = facts;
  if (!socket && (method === 'HEAD' || status === 204 || status === 304 || (status >= 100 && status < 200))) {
    response.resume();
    link.release();
    return made({
      kind: status === 204 || status === 304 ? Kind.NULL : Kind.BYTES,
      source: new Uint8Array(0),
      ...facts,
    });
  }
  const coding = options.decompress === false ? undefined : response.headers['content-encoding'];
  const stop = () => {
    link.release();
    request.destroy();
    socket?.destroy();
  };
  const source = socket ?? decoded(response, coding, (error) => fail(translate(error, url.href)));
  const download = new Download(source, stop);
  const fail = (/** @type {unknown} */ error) => {
    stop();
    download.fail(error);
  };
  link.onAbort(fail);
  (socket ?? response).on('error', (error) => fail(translate(error, url.href)));
  // What comes after the body is nobody's: it ends the connection, not the answer.
  const broken = (/** @type {unknown} */ error) => {
    if (socket || !response.complete) fail(translate(error, url.href));
  };
  request.on('error', broken);
  const early = failed?.();
  if (early) broken(early);
  (socket ?? response).on('close', () => {
    link.release();
    if (!(socket ? socket.readableEnded : response.complete)) fail(failure('ECONNRESET', url.href));
  });
  return made({ kind: Kind.UPLOAD, source: download, ...facts });
}

/** Opens a connection that a later `fetch` will find. @param {any} url @param {any} [options] */
function preconnect(url, options = undefined) {
  void options;
  if (arguments.length === 0) throw ERR_MISSING_ARGS("Not enough arguments to 'fetch.preconnect'. Expected 1, got 0.");
  let target;
  try {
    target = new URL(String(isRequest(url) ? url.url : url));
  } catch {
    throw ERR_INVALID_ARG_TYPE('Invalid URL');
  }
  if (!/^https?:$/.test(target.protocol)) throw ERR_INVALID_ARG_TYPE('URL must be HTTP or HTTPS');
  // Bun wants to be told, and a port that is the default one is none in a URL.
  if (!(Number(target.port) > 0)) throw ERR_INVALID_ARG_TYPE('Invalid port');
  require('./preconnect')(target);
}

Object.defineProperty(fetch, 'length', { value: 1, configurable: true });
Object.defineProperty(fetch, 'preconnect', { value: preconnect, writable: true, enumerable: true, configurable: true });

module.exports = fetch;
