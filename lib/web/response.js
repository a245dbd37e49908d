'use strict';

/**
 * `Response`, light: `new Response('hi')` stores two values and makes nothing else.
 *
 * @see https://fetch.spec.whatwg.org/#response-class
 */

const { Body, Kind, extract, duplicate } = require('./body');
const { Headers, triples } = require('./headers');
const { codeError } = require('../internal/errors');
const nodeClasses = require('./node-classes');

const ERR_INVALID_INIT = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  () => "Failed to construct 'Response': The provided body value is not of type 'ResponseInit'",
);

const JSON_TYPE = 'application/json;charset=utf-8';
const REDIRECTS = [301, 302, 303, 307, 308];
/** Marks the constructor calls of this package: `new Response(MADE, { kind, source, … })`. */
const MADE = Symbol('made');

/** @param {unknown} value @returns {number} */
function statusOf(value) {
  const status = Math.trunc(Number(value)) & 0xffff;
  if (status !== 101 && !(status >= 200 && status <= 599)) {
    throw new RangeError(`The status provided (${status}) must be 101 or in the range of [200, 599]`);
  }
  return status;
}

class Response extends Body {
  #status = 200;
  #statusText = '';
  /** @type {any} made on first use */
  #headers = null;
  /** Of `Response.json`, as long as nobody has looked at the headers: they are that one type. */
  #bareJson = false;
  /** @type {{ url: string, redirected: boolean, type: string } | null} of a response that `fetch` gave */
  #origin = null;

  /** @param {any} [body] @param {any} [init] */
  constructor(body, init) {
    /** @type {number} */
    let kind = Kind.NULL;
    /** @type {any} */
    let source = null;
    /** @type {string | null} */
    let type = null;
    if (typeof body === 'string') {
      kind = Kind.TEXT;
      source = body;
    } else if (body === MADE) {
      super(init.kind, init.source);
      this.#status = init.status;
      this.#statusText = init.statusText;
      this.#headers = init.headers;
      this.#bareJson = init.bareJson === true;
      this.#origin = init.origin;
      return;
    } else if (body != null) {
      [kind, source, type] = extract(body);
    }
    super(kind, source);
    if (init != null) this.#init(init);
    if (type !== null) {
      this.#headers ??= new Headers();
      if (!this.#headers.has('content-type')) this.#headers.set('content-type', type);
    }
  }

  /** @param {any} init */
  #init(init) {
    if (typeof init !== 'object') throw ERR_INVALID_INIT();
    const { status, statusText, headers } = init;
    if (status !== undefined) this.#status = statusOf(status);
    if (statusText !== undefined) this.#statusText = String(statusText);
    if (headers !== undefined) this.#headers = new Headers(headers);
  }

  get status() {
    return this.#status;
  }

  get statusText() {
    return this.#statusText;
  }

  get ok() {
    return this.#status >= 200 && this.#status <= 299;
  }

  get headers() {
    return (this.#headers ??= this.#makeHeaders());
  }

  #makeHeaders() {
    const headers = new Headers();
    if (this.#bareJson) headers.set('content-type', JSON_TYPE);
    this.#bareJson = false;
    return headers;
  }

  get url() {
    return this.#origin?.url ?? '';
  }

  get redirected() {
    return this.#origin?.redirected ?? false;
  }

  get type() {
    return this.#origin?.type ?? 'default';
  }

  /** @returns {Response} */
  clone() {
    const [kind, source] = duplicate(this);
    return new Response(MADE, {
      kind,
      source,
      status: this.#status,
      statusText: this.#statusText,
      headers: this.#headers && new Headers(this.#headers),
      bareJson: this.#bareJson,
      origin: this.#origin,
    });
  }

  /** @param {any} value @param {any} [init] a status or a `ResponseInit` @returns {Response} */
  static json(value, init) {
    const text = arguments.length === 0 ? '' : JSON.stringify(value);
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    const given = typeof init === 'number' ? { status: init } : init;
    const response = new Response(text, typeof given === 'object' ? given : undefined);
    if (response.#headers === null) response.#bareJson = true;
    else if (!response.#headers.has('content-type')) response.#headers.set('content-type', JSON_TYPE);
    return response;
  }

  /**
   * @param {string} url absolute, or what the `location` is to be
   * @param {any} [init] a status or a `ResponseInit`, which has the status 200 if it names none; anything else is passed over, as in Bun
   * @returns {Response}
   */
  static redirect(url, init = undefined) {
    const isInit = (typeof init === 'object' && init !== null) || typeof init === 'function';
    const response = new Response(null, typeof init === 'function' ? { ...init } : isInit ? init : undefined);
    if (!isInit) response.#status = typeof init === 'number' ? Math.trunc(init) : REDIRECTS[1];
    if (!REDIRECTS.includes(response.#status) && !(isInit && response.#status === 200))
      throw new RangeError("Failed to execute 'redirect' on 'Response': Invalid status code");
    const location = url === undefined ? '' : `${url}`;
    if (location !== '') response.headers.set('location', URL.canParse(location) ? new URL(location).href : location);
    return response;
  }

  /** @returns {Response} */
  static error() {
    const origin = { url: '', redirected: false, type: 'error' };
    return new Response(MADE, { kind: Kind.NULL, source: null, status: 0, statusText: '', headers: null, origin });
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    /** @type {number} */ depth,
    /** @type {any} */ options,
    /** @type {any} */ inspect,
  ) {
    const { ok, url, status, statusText, headers, redirected, bodyUsed } = this;
    return `Response ${inspect({ ok, url, status, statusText, headers, redirected, bodyUsed }, options)}`;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    if (this !== Response) return Function.prototype[Symbol.hasInstance].call(this, value);
    return (
      isResponse(value) ||
      Function.prototype[Symbol.hasInstance].call(this, value) ||
      nodeClasses.isNodes('Response', value)
    );
  }

  static {
    setUrl = (response, url) => {
      response.#origin ??= { url, redirected: false, type: 'default' };
    };
    isResponse = (value) => typeof value === 'object' && value !== null && #status in value;
    isBareJson = (response) => response.#bareJson;
    headerTriples = (response) =>
      response.#headers === null && !response.#bareJson ? null : triples(response.headers);
  }
}

/** Gives a response the URL that it answers. @type {(response: Response, url: string) => void} */
var setUrl;
/** Whether a value is one of our responses. @type {(value: any) => boolean} */
var isResponse;
/** Whether the only header is the type of JSON. @type {(response: Response) => boolean} */
var isBareJson;
/** The live list of headers, or null when there are none. @type {(response: Response) => string[] | null} */
var headerTriples;

/** Whether a value is a response that can be read, ours or Node's. @param {any} value */
function isReadable(value) {
  return isResponse(value) || nodeClasses.isGenuine('Response', value);
}

/** Makes our response of one of Node's. @param {any} response @returns {Response} */
function fromNodes(response) {
  const { status, statusText, url, redirected, type, body } = response;
  return new Response(MADE, {
    kind: body === null ? Kind.NULL : Kind.STREAM,
    source: body,
    status,
    statusText,
    headers: new Headers([...response.headers]),
    origin: { url, redirected, type },
  });
}

/**
 * A response that came from somewhere.
 *
 * @param {{ kind: number, source: any, status: number, statusText: string, headers: InstanceType<typeof Headers>, url: string, redirected?: boolean }} facts
 * @returns {Response}
 */
function made({ url, redirected = false, ...facts }) {
  return new Response(MADE, { ...facts, origin: { url, redirected, type: 'default' } });
}

Object.defineProperty(Response.prototype, Symbol.toStringTag, { value: 'Response', configurable: true });
for (const name of ['clone', 'headers', 'ok', 'redirected', 'status', 'statusText', 'type', 'url']) {
  Object.defineProperty(Response.prototype, name, { enumerable: true });
}
for (const name of ['json', 'redirect', 'error']) Object.defineProperty(Response, name, { enumerable: true });

module.exports = { Response, isResponse, setUrl, isBareJson, headerTriples, isReadable, fromNodes, made };
