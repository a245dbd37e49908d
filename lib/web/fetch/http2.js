'use strict';

/** One request and its answer over HTTP/2: a stream of Node's, which looks like what its `http` gives. */

const { constants } = require('node:http2');
const runtime = require('../../internal/runtime');
const { failure, translate } = require('./failure');
const { sessionFor, keepAlive } = require('./http2-session');
const { proxyFor } = require('./proxy');

/** How often a request is sent again that the server has not looked at. */
const RETRIES = 5;
const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/** Bun's codes for those of the protocol. @type {Record<number, string>} */
const codes = {
  [constants.NGHTTP2_PROTOCOL_ERROR]: 'HTTP2ProtocolError',
  [constants.NGHTTP2_FLOW_CONTROL_ERROR]: 'HTTP2FlowControlError',
  [constants.NGHTTP2_FRAME_SIZE_ERROR]: 'HTTP2FrameSizeError',
  [NGHTTP2_REFUSED_STREAM]: 'HTTP2RefusedStream',
  [constants.NGHTTP2_COMPRESSION_ERROR]: 'HTTP2CompressionError',
};
/** And for those of nghttp2, when it finds that the server breaks the rules. @type {Record<number, string>} */
const violations = {
  '-505': 'HTTP2ProtocolError',
  '-522': 'HTTP2FrameSizeError',
  '-523': 'HTTP2CompressionError',
  '-524': 'HTTP2FlowControlError',
};

/** Fields of HTTP/1's connections. */
const ofConnections = /^(?:connection|host|keep-alive|proxy-connection|transfer-encoding|upgrade|http2-settings)$/;

/** @typedef {import('node:http2').ClientHttp2Stream} Stream */

/**
 * Whether a request is to go over HTTP/2: because the program says so, or because it has asked for that wherever a
 * server can (`--experimental-http2-fetch`).
 *
 * @param {URL} url
 * @param {any} options of the plan
 * @returns {'only' | 'offered' | undefined}
 */
function wanted(url, options) {
  const { protocol, unix, proxy } = options;
  const direct = url.protocol === 'https:' && unix === undefined && proxyFor(url, proxy) === undefined;
  if (/^(?:http2|h2)$/.test(protocol)) {
    if (!direct) throw failure('HTTP2Unsupported', url.href);
    return 'only';
  }
  return protocol === undefined && direct && isHonoured() ? 'offered' : undefined;
}

function isHonoured() {
  return runtime.http2 || /^(?:1|true)$/.test(process.env.BUN_FEATURE_FLAG_EXPERIMENTAL_HTTP2_CLIENT ?? '');
}

/** @param {URL} url @param {string} method @param {string[][]} list */
function headersOf(url, method, list) {
  /** @type {Record<string, string>} */
  const headers = {
    // @ts-expect-error TypeScript takes it for a field
    __proto__: null,
    ':method': method,
    ':scheme': 'https',
    ':authority': list.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? url.host,
    ':path': `${url.pathname}${url.search}`,
  };
  for (const [given, value] of list) {
    const name = given.toLowerCase();
    if (ofConnections.test(name) || (name === 'te' && value !== 'trailers')) continue;
    headers[name] = name in headers ? `${headers[name]}${name === 'cookie' ? '; ' : ', '}${value}` : value;
  }
  return headers;
}

/** Gives a stream what `index.js`, `decode.js` and `download.js` need of Node's `IncomingMessage`. @param {Stream} stream @param {any} fields */
function respond(stream, fields) {
  const rawHeaders = [];
  /** @type {Record<string, string>} */
  const headers = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(':')) continue;
    const values = [value].flat().map(String);
    for (const each of values) rawHeaders.push(name, each);
    headers[name] = values.join(', ');
  }
  let complete = false;
  stream.on('end', () => {
    complete = stream.rstCode === NGHTTP2_NO_ERROR;
  });
  const facts = { statusCode: fields[':status'], statusMessage: '', rawHeaders, headers };
  return Object.defineProperty(Object.assign(stream, facts), 'complete', { get: () => complete });
}

/** @param {any} error of a stream @param {Stream} stream @param {string} url */
function reasonOf(error, stream, url) {
  const code = violations[error?.errno] ?? (error?.code?.startsWith('ERR_HTTP2_') ? codes[stream.rstCode] : undefined);
  if (code !== undefined) return failure(code, url);
  return error?.code?.startsWith('ERR_HTTP2_') ? failure('HTTP2StreamReset', url) : translate(error, url);
}

/**
 * @typedef {object} What
 * @property {string} method
 * @property {string[][]} list header fields
 * @property {Uint8Array | string | undefined} bytes
 * @property {AsyncIterable<any> | undefined} stream
 * @property {any} options of the plan
 * @property {boolean} only whether HTTP/1 will not do
 * @property {(target: any, stream: AsyncIterable<any>) => Promise<void>} send
 */

/**
 * @param {URL} url
 * @param {What} what
 * @param {(abort: (reason: unknown) => void) => void} onAbort to be told how the exchange is ended
 * @returns {Promise<any>} undefined: the server speaks HTTP/1 only
 */
async function exchange(url, what, onAbort) {
  for (let attempt = 0; ; attempt++) {
    /** @type {Promise<never>} */
    const aborted = new Promise((_, reject) => onAbort(reject));
    const session = await sessionFor(url, what.options.tls, what.only, aborted).catch((error) => {
      throw translate(error, url.href);
    });
    if (session === null) return undefined;
    const again = attempt < RETRIES && what.stream === undefined;
    const got = await once(session, url, what, onAbort, again);
    if (got !== null) return got;
  }
}

/**
 * @param {import('node:http2').ClientHttp2Session} session
 * @param {URL} url
 * @param {What} what
 * @param {(abort: (reason: unknown) => void) => void} onAbort
 * @param {boolean} again whether it may be sent again
 * @returns {Promise<any>} null: the server has not looked at it
 */
function once(session, url, { method, list, bytes, stream: body, send }, onAbort, again) {
  return new Promise((resolve, reject) => {
    const headers = headersOf(url, method, list);
    const bodiless = body === undefined && (bytes === undefined || bytes.length === 0);
    if (session.closed || session.destroyed)
      return again ? resolve(null) : reject(failure('HTTP2StreamReset', url.href));
    const stream = session.request(headers, { endStream: bodiless });
    keepAlive(session, stream);
    let answered = false;
    let waits = !bodiless && /^100-continue$/i.test(headers.expect ?? '');
    const request = { destroy: () => stream.close(NGHTTP2_CANCEL), on: () => request };
    const fail = (/** @type {unknown} */ error) => {
      if (!answered && again && stream.rstCode === NGHTTP2_REFUSED_STREAM) resolve(null);
      else reject(error);
    };
    onAbort((reason) => {
      stream.close(NGHTTP2_CANCEL);
      reject(reason);
    });
    stream.on('error', (error) => fail(reasonOf(error, stream, url.href)));
    stream.on('close', () => fail(failure(codes[stream.rstCode] ?? 'HTTP2StreamReset', url.href)));
    stream.on('response', (fields) => {
      answered = true;
      resolve({ response: respond(stream, fields), request });
      if (waits) stream.end();
    });
    if (bodiless) return;
    const give = () => {
      if (body === undefined) return void stream.end(bytes);
      send(stream, body).catch((error) => {
        stream.close(NGHTTP2_CANCEL);
        reject(error);
      });
    };
    if (!waits) return give();
    stream.once('continue', () => {
      waits = false;
      give();
    });
  });
}

module.exports = { exchange, wanted };
