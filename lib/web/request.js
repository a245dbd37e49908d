'use strict';

/**
 * `Request`, light: one that the server makes keeps a stretch of the batch's text and slices it
 * when it is asked for something.
 *
 * @see https://fetch.spec.whatwg.org/#request-class
 */

const { Body, Kind, extract, duplicate } = require('./body');
const { Headers, TEXT, isHeaders } = require('./headers');
const { codeError } = require('../internal/errors');
const nodeClasses = require('./node-classes');
const { METHODS, known } = require('./methods');
const { urlIn } = require('./request-url');

const ERR_INVALID_URL = codeError(
  TypeError,
  'ERR_INVALID_URL',
  (url) => `Failed to construct 'Request': Invalid URL "${url}"`,
);

/** Marks the constructor calls of the server: `new Request(SERVED, call, text, …)`. */
const SERVED = Symbol('served');

class Request extends Body {
  /** @type {string | null} */
  #url = null;
  /** @type {string} */
  #method = 'GET';
  /** @type {any} */
  #headers = null;
  /** @type {AbortSignal | null} */
  #signal = null;
  /** @type {any} what `init` had beside url, method, headers, body, signal */
  #options = null;
  /** The batch's text and where this request is in it; '' for a request made by a program. */
  #text = '';
  #start = 0;
  #targetEnd = 0;
  #headEnd = 0;
  /** @type {any} the server's side of a served request */
  #call = null;

  /**
   * @param {any} input a URL, or SERVED
   * @param {any} [init] a `RequestInit`, or the call
   * @param {string} [text] and, of a served request: where it is in the text, kind and source of its body
   * @param {number} [code]
   * @param {number} [start]
   * @param {number} [targetEnd]
   * @param {number} [headEnd]
   * @param {number} [kind]
   * @param {any} [source]
   */
  constructor(input, init, text, code, start, targetEnd, headEnd, kind, source) {
    if (input === SERVED) {
      super(/** @type {number} */ (kind), source);
      this.#call = init;
      this.#text = /** @type {string} */ (text);
      this.#start = /** @type {number} */ (start);
      this.#targetEnd = /** @type {number} */ (targetEnd);
      this.#headEnd = /** @type {number} */ (headEnd);
      const method = METHODS[/** @type {number} */ (code)];
      if (method === undefined) this.#takeMethod();
      else this.#method = method;
      return;
    }
    if (arguments.length === 0)
      throw new Error("Failed to construct 'Request': 1 argument required, but only 0 present.");
    const from =
      typeof input === 'object' && input !== null && (isRequest(input) || nodeClasses.isGenuine('Request', input))
        ? input
        : null;
    const options =
      init ?? (from === null && typeof input === 'object' && input !== null && !(input instanceof URL) ? input : {});
    const [bodyKind, bodySource, type] = requestBody(options.body, from);
    super(bodyKind, bodySource);
    this.#url = requestUrl(from, input);
    const method = options.method ?? from?.method;
    if (method !== undefined) this.#method = methodOf(method);
    const headers = options.headers ?? from?.headers;
    if (headers !== undefined)
      this.#headers = new Headers(isHeaders(headers) || typeof headers.entries !== 'function' ? headers : [...headers]);
    if (type !== null) {
      this.#headers ??= new Headers();
      if (!this.#headers.has('content-type')) this.#headers.set('content-type', type);
    }
    const signal = options.signal === undefined ? from?.signal : options.signal;
    if (signal != null) {
      if (!(signal instanceof AbortSignal))
        throw new TypeError("Failed to construct 'Request': signal is not of type AbortSignal.");
      this.#signal = signal;
    }
    this.#options = options;
  }

  /** A method that has no number precedes the target. */
  #takeMethod() {
    const space = this.#text.indexOf(' ', this.#start);
    this.#method = this.#text.slice(this.#start, space);
    this.#start = space + 1;
  }

  get method() {
    return this.#method;
  }

  get url() {
    return (this.#url ??= this.#makeUrl());
  }

  #makeUrl() {
    const hostOf = () => this.headers.get('host') ?? '';
    return urlIn(this.#call.scheme, this.#text, this.#start, this.#targetEnd, hostOf);
  }

  get headers() {
    return (this.#headers ??=
      this.#call === null ? new Headers() : new Headers(TEXT, this.#text.slice(this.#targetEnd, this.#headEnd)));
  }

  get signal() {
    return (this.#signal ??= this.#call === null ? new AbortController().signal : this.#call.signal());
  }

  get cache() {
    return this.#options?.cache ?? 'default';
  }

  get credentials() {
    return this.#options?.credentials ?? 'include';
  }

  get destination() {
    return '';
  }

  get integrity() {
    return this.#options?.integrity ?? '';
  }

  get mode() {
    return this.#options?.mode ?? 'cors';
  }

  get redirect() {
    return this.#options?.redirect ?? 'follow';
  }

  get referrer() {
    return '';
  }

  get referrerPolicy() {
    return '';
  }

  /** What the route's pattern found; undefined without a route. @returns {Record<string, string> | undefined} */
  get params() {
    return this.#call?.params;
  }

  set params(value) {
    this.#put('params', value);
  }

  /** The cookies; changes go out with the answer. Undefined without a route. @returns {any} */
  get cookies() {
    const call = this.#call;
    if (call === null || call.route === null) return undefined;
    if (call.cookies === null) {
      const CookieMap = require('../bun/cookie-map');
      call.cookies = new CookieMap(this.headers.get('cookie') ?? '');
    }
    return call.cookies;
  }

  set cookies(value) {
    this.#put('cookies', value);
  }

  /** Only what a route answers has these two in Bun; routers of packages put their own on other requests. @param {string} name @param {unknown} value */
  #put(name, value) {
    if (this.#call?.route) throw new TypeError('Attempted to assign to readonly property.');
    Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
  }

  /** @returns {Request} */
  clone() {
    const [kind, source] = duplicate(this);
    const copy = new Request(SERVED, this.#call, '', 0, 0, 0, 0, kind, source);
    copy.#url = this.url;
    copy.#method = this.#method;
    copy.#headers = new Headers(this.headers);
    copy.#signal = this.signal;
    copy.#options = this.#options;
    return copy;
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    /** @type {number} */ depth,
    /** @type {any} */ options,
    /** @type {any} */ inspect,
  ) {
    const { method, url, headers } = this;
    return `Request ${inspect({ method, url, headers }, options)}`;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    if (this !== Request) return Function.prototype[Symbol.hasInstance].call(this, value);
    return (
      isRequest(value) ||
      Function.prototype[Symbol.hasInstance].call(this, value) ||
      nodeClasses.isNodes('Request', value)
    );
  }

  static {
    isRequest = (value) => typeof value === 'object' && value !== null && #call in value;
    callOf = (request) => request.#call;
    targetOf = (request) => request.#text.slice(request.#start, request.#targetEnd);
    routeOf = (request, router, values) =>
      router.find(request.#method, request.#text, request.#start, request.#targetEnd, values);
  }
}

/** Whether a value is one of our requests. @type {(value: any) => boolean} */
var isRequest;
/** The server's side of a served request. @type {(request: Request) => any} */
var callOf;
/** The target as the client sent it. @type {(request: Request) => string} */
var targetOf;
/** The route of a served request. @type {(request: Request, router: any, values: string[]) => any} */
var routeOf;

/** @param {any} body @param {any} from @returns {[number, any, string | null]} */
function requestBody(body, from) {
  if (typeof body === 'string') return [Kind.TEXT, body, null];
  if (body != null) return extract(body);
  if (from === null) return [Kind.NULL, null, null];
  if (!isRequest(from)) return from.body === null ? [Kind.NULL, null, null] : [Kind.STREAM, from.body, null];
  const [kind, source] = duplicate(from);
  return [kind, source, null];
}

/** @param {any} from @param {any} input @returns {string} */
function requestUrl(from, input) {
  if (from !== null) return from.url;
  const text =
    typeof input === 'object' && input !== null && !(input instanceof URL) && input.url !== undefined
      ? String(input.url)
      : String(input);
  if (text === '') throw new Error("Failed to construct 'Request': url is required.");
  try {
    return new URL(text).href;
  } catch {
    throw ERR_INVALID_URL(text);
  }
}

/** @param {unknown} method */
function methodOf(method) {
  const upper = String(method).toUpperCase();
  return known.has(upper) ? upper : 'GET';
}

Object.defineProperty(Request.prototype, Symbol.toStringTag, { value: 'Request', configurable: true });
for (const name of [
  'cache',
  'clone',
  'credentials',
  'destination',
  'headers',
  'integrity',
  'method',
  'mode',
  'redirect',
  'referrer',
  'referrerPolicy',
  'signal',
  'url',
]) {
  Object.defineProperty(Request.prototype, name, { enumerable: true });
}

module.exports = { Request, SERVED, isRequest, callOf, targetOf, routeOf };
