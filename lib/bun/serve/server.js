'use strict';

/**
 * What `Bun.serve` returns.
 *
 * @see node_modules/bun-types/docs/runtime/http/server.mdx
 */

const { codeError } = require('../../internal/errors');
const { Request, isRequest, callOf } = require('../../web/request');
const { isResponse, setUrl } = require('../../web/response');
const { engine } = require('./native');
const { servers } = require('./dispatch');
const { setLook } = require('./look');
const { reloaded, ERR_INVALID_ARG_TYPE } = require('./options');
const { Topics } = require('./topics');
const { upgrade } = require('./upgrade');
const { serverContext } = require('./observe');
const { publish } = require('./websocket');

const ERR_MISSING_ARGS = codeError(TypeError, 'ERR_MISSING_ARGS', (message) => message);

/** Flags of the engine's `listen`. */
const UNIX = 1;
const REUSE_PORT = 2;
const IPV6_ONLY = 4;

/** Not the prototype, nor what was made from a server. @type {(value: object) => boolean} */
let isServer;

class Server {
  /** What the hot path needs of this server. @type {any} */
  #state;
  #options;
  /** @type {URL | undefined} */
  #url;
  /** @type {PromiseWithResolvers<void> | any} */
  #stopped = null;

  static {
    isServer = (value) => #state in value;
  }

  /** @param {ReturnType<typeof import('./options').serveOptions>} options */
  constructor(options) {
    this.#options = options;
    const { unix, hostname, port, reusePort, ipv6Only, idleTimeout, maxRequestBodySize } = options;
    const { tls, versions } = options;
    const flags =
      (unix === undefined ? 0 : UNIX) |
      (reusePort ? REUSE_PORT : 0) |
      (ipv6Only ? IPV6_ONLY : 0) |
      (tls === null ? 0 : tls.flags) |
      versions;
    const listening = engine().listen(unix ?? hostname ?? '', port, flags, idleTimeout, maxRequestBodySize, tls?.bytes);
    const [id, address, bound] = listening.split('\n');
    this.#state = {
      server: this,
      id: Number(id),
      fetch: options.fetch,
      error: options.error,
      router: options.router,
      websocket: options.websocket,
      topics: new Topics(),
      development: options.development,
      scheme: tls === null ? 'http' : 'https',
      address:
        unix === undefined ? { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port: Number(bound) } : unix,
      context: serverContext(),
      listening: true,
      stopped: () => this.#onStopped(),
    };
    servers[this.#state.id] = this.#state;
    this.#setRoutes();
  }

  /** Gives the engine the routes that need no JavaScript. */
  #setRoutes() {
    const { id, router } = this.#state;
    engine().clearRoutes(id);
    for (const { path, methods, status, lines, bytes, file } of router?.natives ?? []) {
      const head = new Uint8Array(Buffer.from(lines, 'latin1'));
      const stretch = [file?.offset ?? 0, file?.end ?? -1];
      engine().addRoute(id, path, methods, status, head, bytes, file?.path ?? '', ...stretch);
    }
  }

  /** The address that the server is bound to. */
  get address() {
    return this.#state.address;
  }

  /** @returns {number | undefined} */
  get port() {
    if (this.#options.unix !== undefined) return undefined;
    return this.#stopped === null ? this.#state.address.port : 0;
  }

  /** @returns {string | undefined} */
  get hostname() {
    return this.#options.unix === undefined ? (this.#options.hostname ?? 'localhost') : undefined;
  }

  /** @returns {'http' | 'https'} */
  get protocol() {
    return this.#state.scheme;
  }

  get url() {
    return (this.#url ??= this.#makeUrl());
  }

  #makeUrl() {
    const { unix } = this.#options;
    if (unix !== undefined) return new URL(unix.startsWith('\0') ? `abstract://${unix.slice(1)}` : `unix://${unix}`);
    const hostname = /** @type {string} */ (this.hostname);
    return new URL(
      `${this.protocol}://${hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname}:${this.#state.address.port}/`,
    );
  }

  get development() {
    return this.#options.development;
  }

  get id() {
    return this.#options.id;
  }

  get pendingRequests() {
    return engine().pending(this.#state.id);
  }

  get pendingWebSockets() {
    return engine().webSockets(this.#state.id);
  }

  /**
   * Stops listening; requests under way are answered first unless they are to be cut off.
   *
   * @param {boolean} [closeActiveConnections]
   * @returns {Promise<void>} when every connection has ended
   */
  stop(closeActiveConnections = false) {
    const first = this.#stopped === null;
    if (first) {
      this.#forget();
      let resolve;
      const promise = new Promise((settle) => {
        resolve = settle;
      });
      this.#stopped = { promise, resolve };
    }
    if (first || (closeActiveConnections && this.#state.listening))
      engine().stop(this.#state.id, Boolean(closeActiveConnections));
    return this.#stopped.promise;
  }

  /** With `--hot`: the address can be served anew. */
  #forget() {
    const { hotServers } = require('../../internal/runtime');
    for (const [served, server] of hotServers ?? []) if (server === this) hotServers?.delete(served);
  }

  #onStopped() {
    this.#state.listening = false;
    this.#stopped?.resolve();
  }

  /** @returns {number} the connections that were closed */
  closeIdleConnections() {
    return engine().closeIdle(this.#state.id);
  }

  /** @param {any} options the handlers to replace; the others stay @returns {this} */
  reload(options) {
    Object.assign(this.#state, reloaded(options));
    this.#setRoutes();
    return this;
  }

  /** Runs the handler without a socket. @param {any} request a `Request` or a URL @returns {Promise<any>} */
  fetch(request) {
    return this.#answer(arguments.length, request);
  }

  /** @param {number} given @param {any} request */
  async #answer(given, request) {
    const made = isRequest(request) ? request : new Request(this.#urlOf(given, request));
    const { fetch } = this.#state;
    if (fetch === undefined) throw new Error('fetch() requires the server to have a fetch handler');
    const answer = await fetch.call(this, made, this);
    if (isResponse(answer)) setUrl(answer, made.url);
    return answer;
  }

  /** @param {number} given @param {unknown} input */
  #urlOf(given, input) {
    if (given === 0) throw new Error('fetch() expects a string but received no arguments.');
    if (typeof input !== 'string') {
      const type = typeof input;
      throw ERR_INVALID_ARG_TYPE(
        `fetch() expects a string, but received ${input === null ? 'Null' : type[0].toUpperCase() + type.slice(1)}`,
      );
    }
    if (input === '') throw new Error('fetch() URL must not be a blank string.');
    return new URL(input, this.url);
  }

  /** @param {any} request @returns {{ address: string, family: 'IPv4' | 'IPv6', port: number } | null} */
  requestIP(request) {
    const call = isRequest(request) ? callOf(request) : null;
    const peer = call === null ? undefined : engine().peer(call.slot, call.seq);
    if (peer === undefined) return null;
    const [address, port] = peer.split('\n');
    return { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port: Number(port) };
  }

  /** @param {any} request @param {number} seconds */
  timeout(request, seconds) {
    if (arguments.length < 2 || request == null) {
      throw ERR_MISSING_ARGS(`Not enough arguments to 'timeout'. Expected 2, got ${arguments.length}.`);
    }
    if (!isRequest(request)) throw ERR_INVALID_ARG_TYPE('timeout() requires a Request object');
    if (typeof seconds !== 'number') throw new Error('timeout() requires a number');
    const call = callOf(request);
    if (call !== null) engine().timeout(call.slot, call.seq, seconds);
  }

  /** @returns {this} */
  ref() {
    engine().reference(this.#state.id, true);
    return this;
  }

  /** @returns {this} */
  unref() {
    engine().reference(this.#state.id, false);
    return this;
  }

  /** @param {any} request @param {any} [options] `{ data, headers }` @returns {boolean} */
  upgrade(request, options) {
    return upgrade(this.#state, request, options);
  }

  /** @param {string} topic @param {any} data @param {boolean} [compress] @returns {number} bytes sent; -1 when they wait; 0 when nobody got all */
  publish(topic, data, compress = true) {
    if (data == null) throw new Error('publish requires a non-empty message');
    return publish(this.#state, String(topic), data, compress, null);
  }

  /** @param {string} topic @returns {number} */
  subscriberCount(topic) {
    return this.#state.topics.count(String(topic));
  }

  /** As Bun calls it; its prototype is a server that nothing is known of. */
  get [Symbol.toStringTag]() {
    if (!isServer(this)) return 'DebugHTTPServer';
    return `${this.development ? 'Debug' : ''}HTTP${this.protocol === 'https' ? 'S' : ''}Server`;
  }

  [Symbol.dispose]() {
    void this.stop(true);
  }

  [Symbol.asyncDispose]() {
    return this.stop(true);
  }
}

setLook(Server.prototype, isServer);

module.exports = { Server };
