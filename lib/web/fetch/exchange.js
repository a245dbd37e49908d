'use strict';

/** One request and its answer, over Node's `http`, `https` and `http2`, or the engine's HTTP/3. */

const runtime = require('../../internal/runtime');
const { version } = require('../../bun/version');
const { Kind, chunkBytes } = require('../body');
const alternative = require('./alternative');
const { connectionTo, moduleFor, preconnecting } = require('./connection');
const { failure, timedOut, translate } = require('./failure');

const IDLE = 300_000;
const lost = new Set(['ECONNRESET', 'EPIPE']);
/** Bytes of a response's head. */
const MOST_HEAD = 1024 * 1024;
/** Bytes of a blob up to which it is read at once. */
const WHOLE = 1024 * 1024;

/** @typedef {{ response: import('node:http').IncomingMessage, request: import('node:http').ClientRequest, socket?: import('node:stream').Duplex, failed?: () => unknown }} Exchanged `socket` after an upgrade, `failed` says what went wrong since the head came */
/** @typedef {{ bytes?: Uint8Array | string, stream?: AsyncIterable<any>, length?: number }} Ready */

/** @param {{ kind: number, source: any }} body @returns {Ready | Promise<Ready>} at once unless it has to be read */
function readied({ kind, source }) {
  switch (kind) {
    case Kind.NULL:
      return {};
    case Kind.TEXT:
      return { bytes: Buffer.from(source.toWellFormed()) };
    case Kind.LATIN1:
      return { bytes: Buffer.from(source, 'latin1') };
    case Kind.BYTES:
      return { bytes: source };
    case Kind.UPLOAD:
      return { stream: source.stream() };
    case Kind.BLOB: {
      const { size } = source;
      if (size <= WHOLE || !Number.isFinite(size))
        return source.arrayBuffer().then((/** @type {ArrayBuffer} */ buffer) => ({ bytes: new Uint8Array(buffer) }));
      return { stream: source.stream(), length: size };
    }
    default:
      return { stream: source };
  }
}

/**
 * @param {string[][]} given
 * @param {{ url: URL, method: string, keepAlive: boolean, decompress: boolean, length: number | undefined, chunked: boolean }} facts
 * @returns {string[][]} in the order of Bun
 */
function heads(given, { url, method, keepAlive, decompress, length, chunked }) {
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const list = given.filter(
    ([name]) => !/^(?:content-length|transfer-encoding)$/i.test(name) || (length === undefined && !chunked),
  );
  const add = (/** @type {string} */ name, /** @type {string} */ value) => {
    if (!names.has(name.toLowerCase())) list.push([name, value]);
  };
  const { username, password } = url;
  if (username !== '' || password !== '') {
    const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    add('Authorization', `Basic ${Buffer.from(text).toString('base64')}`);
  }
  if (keepAlive) add('Connection', 'keep-alive');
  add('User-Agent', `Bun/${version}`);
  add('Accept', '*/*');
  add('Host', url.host);
  if (decompress) add('Accept-Encoding', 'gzip, deflate, br, zstd');
  if (length !== undefined) list.push(['Content-Length', String(length)]);
  else if (chunked) list.push(['Transfer-Encoding', 'chunked']);
  else if (method !== 'GET' && method !== 'HEAD') add('Content-Length', '0');
  return list;
}

/** @type {typeof import('./http3') | undefined} loaded by the first request over HTTP/3 */
let http3;

/** @type {typeof import('./http2') | undefined} loaded by the first request that may go over HTTP/2 */
let http2;

/** @param {URL} url @param {any} options @returns {'only' | 'offered' | undefined} */
function http2Wanted(url, options) {
  if (options.protocol === undefined && !runtime.http2 && !process.env.BUN_FEATURE_FLAG_EXPERIMENTAL_HTTP2_CLIENT)
    return undefined;
  return (http2 ??= require('./http2')).wanted(url, options);
}

/** Where a request goes over HTTP/3: because it has to, or because the server has said so. @param {URL} url @param {any} options */
function http3Port(url, options) {
  if (/^(?:http3|h3)$/.test(options.protocol)) return url.port === '' ? 443 : Number(url.port);
  const port = options.protocol === undefined ? alternative.portOf(url) : undefined;
  return port !== undefined && (http3 ??= require('./http3')).isSupported(url, options) ? port : undefined;
}

/**
 * @param {URL} url
 * @param {{ method: string, headers: string[][], body: { kind: number, source: any }, options: any, signal: AbortSignal | undefined }} what
 * @param {(abort: (reason: unknown) => void) => void} onAbort to be told how the exchange is ended
 * @returns {Promise<Exchanged>}
 */
async function exchange(url, { method, headers, body, options, signal }, onAbort) {
  const ready = readied(body);
  // Without a wait the request is on its way when `fetch` returns.
  const { bytes, stream, length = bytes?.length } = ready instanceof Promise ? await ready : ready;
  if (preconnecting.size > 0) await preconnecting.get(url.origin);
  const port = http3Port(url, options);
  const keepAlive =
    port === undefined &&
    options.keepalive !== false &&
    !headers.some(([name, value]) => name.toLowerCase() === 'connection' && value === 'close');
  const upgrades = headers.some(([name]) => name.toLowerCase() === 'upgrade');
  const chunked = stream !== undefined && length === undefined && !upgrades;
  const known = { url, method, keepAlive, decompress: options.decompress !== false, length, chunked };
  if (port !== undefined) {
    http3 ??= require('./http3');
    const list = heads(headers, known);
    if (options.verbose) require('./verbose').request(method, url, list, options.verbose);
    const sent = http3.exchange(url, { method, list, bytes, stream, options, port }, onAbort);
    if (options.protocol !== undefined || stream) return sent;
    return sent.catch((error) => {
      if (error?.code !== 'HTTP3HandshakeFailed') throw error;
      alternative.forget(url);
      return exchange(url, { method, headers, body: again(bytes), options, signal }, onAbort);
    });
  }
  const second = upgrades ? undefined : http2Wanted(url, options);
  if (second !== undefined) {
    http2 ??= require('./http2');
    const list = heads(headers, known);
    if (options.verbose) require('./verbose').request(method, url, list, options.verbose);
    const what = { method, list, bytes, stream, options, only: second === 'only', send };
    const got = await http2.exchange(url, what, onAbort);
    if (got !== undefined) return got;
  }
  // A stream cannot be sent again if a connection of the pool turns out to be closed: it gets a new one.
  const way = connectionTo(url, options, keepAlive && !stream);
  const list = [...way.headers, ...heads(headers, known)];
  if (options.verbose) require('./verbose').request(method, url, list, options.verbose);
  return new Promise((resolve, reject) => {
    const request = moduleFor(way.secure).request({
      ...way.options,
      method,
      path: way.target ?? `${url.pathname.replace(/^\/{2,}/, '/')}${url.search}`,
      setHost: false,
      insecureHTTPParser: true,
      maxHeaderSize: MOST_HEAD,
      timeout: options.timeout === false ? 0 : IDLE,
    });
    for (const [name, value] of list) request.appendHeader(name, value);
    if (!keepAlive && !request.hasHeader('connection')) request.removeHeader('connection'); // or Node adds one
    /** @type {{ reason: unknown } | undefined} */
    let aborted;
    let answered = false;
    /** @type {unknown} */
    let failed;
    onAbort((reason) => {
      aborted = { reason };
      request.destroy();
      reject(reason);
    });
    request.on('timeout', () => {
      aborted = { reason: timedOut() };
      request.destroy();
      reject(aborted.reason);
    });
    request.on('error', (/** @type {any} */ error) => {
      if (aborted) return reject(aborted.reason);
      failed = error;
      // The server had closed a connection of the pool: the request never reached it.
      if (request.reusedSocket && lost.has(error.code) && !stream && !answered)
        return exchange(url, { method, headers, body: again(bytes), options, signal }, onAbort).then(resolve, reject);
      reject(translate(error, url.href));
    });
    request.on('response', (response) => {
      answered = true;
      resolve({ response, request, failed: () => failed });
    });
    request.on('upgrade', (response, socket, head) => {
      if (!upgrades) {
        socket.destroy();
        return reject(failure('UnexpectedUpgrade', url.href));
      }
      if (head.length > 0) socket.unshift(head);
      resolve({ response, request, socket });
      // What fails here ends the connection, which the reader is told.
      send(socket, stream ?? (bytes === undefined ? [] : [bytes])).catch((error) => socket.destroy(error));
    });
    if (upgrades) request.end();
    else if (stream) {
      request.flushHeaders();
      send(request, stream).catch((error) => {
        aborted ??= { reason: error };
        request.destroy();
        reject(error);
      });
    } else request.end(bytes);
  });
}

/** @param {Uint8Array | string | undefined} bytes @returns {{ kind: number, source: any }} */
const again = (bytes) =>
  bytes === undefined ? { kind: Kind.NULL, source: null } : { kind: Kind.BYTES, source: bytes };

/** @param {import('node:http').ClientRequest | import('node:stream').Duplex} request @param {AsyncIterable<any> | Iterable<any>} stream */
async function send(request, stream) {
  let open = true;
  /** @type {(() => void) | undefined} */
  let wake;
  const done = () => {
    open = false;
    wake?.();
  };
  request.on('close', done);
  request.on('drain', () => wake?.());
  for await (const chunk of stream) {
    if (!open) break;
    const bytes = chunkBytes(chunk);
    if (bytes.byteLength === 0 || request.write(bytes)) continue;
    await new Promise((resolve) => {
      wake = () => resolve(undefined);
      if (!open) resolve(undefined);
    });
    if (!open) break;
  }
  if (open) request.end();
}

module.exports = { exchange };
