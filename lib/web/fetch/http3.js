'use strict';

/** One request and its answer over HTTP/3: the engine's QUIC (crates/web/src/client) behind what Node's `http` looks like. */

const { EventEmitter } = require('node:events');
const { chunkBytes } = require('../body');
const { engine } = require('../../bun/serve/native');
const { failure } = require('./failure');
const { sessionFor, sessionOver } = require('./http3-session');

/** Codes of the engine's news; `event` in crates/web/src/server/inbound.rs. */
const FETCH_HEAD = 80;
const FETCH_BODY = 81;
const FETCH_DRAIN = 82;
const FETCH_FAILED = 83;
const SESSION_OVER = 84;

/** How a request's body begins; src/web/fetch.rs. */
const NO_BODY = 0;
const WHOLE = 1;
const STREAM = 2;

/** How far the body of an answer is; `End` in crates/web/src/client/call.rs. */
const END_WHOLE = 1;
const END_BROKEN = 2;

/** Why there is no answer; `Failure` in crates/web/src/client/call.rs. @type {Record<number, string>} */
const failures = {
  1: 'HTTP3HandshakeFailed',
  2: 'HTTP3StreamReset',
  3: 'HTTP3StreamReset',
  4: 'HTTP3HeaderEncodingError',
};
const LOST = 2;

/** What `write` answers. */
const GONE = -1;
const FULL = 0;

/** Fields of HTTP/1's connections. */
const ofConnections = /^(?:connection|host|keep-alive|proxy-connection|te|transfer-encoding|upgrade)$/;

/** The calls under way, by sequence number. @type {Map<number, Call>} */
const calls = new Map();

/** The answer of a call: as much of Node's `IncomingMessage` as `index.js`, `decode.js` and `download.js` need. */
class Answer extends EventEmitter {
  #call;
  /** What has arrived before anybody took it. @type {Buffer[]} */
  #waiting = [];
  #flowing = false;
  #ended = false;
  #closed = false;
  complete = false;
  statusMessage = '';
  /** @type {string[]} names and values by turns */
  rawHeaders = [];
  /** @type {Record<string, string>} */
  headers = {};

  /** @param {Call} call @param {number} statusCode @param {string} lines */
  constructor(call, statusCode, lines) {
    super();
    this.#call = call;
    this.statusCode = statusCode;
    for (let at = 0; at < lines.length;) {
      const end = lines.indexOf('\n', at);
      const colon = lines.indexOf(':', at);
      const [name, value] = [lines.slice(at, colon), lines.slice(colon + 1, end)];
      this.rawHeaders.push(name, value);
      this.headers[name] = name in this.headers ? `${this.headers[name]}, ${value}` : value;
      at = end + 1;
    }
  }

  /** Whoever listens to data gets it, once all that belong together listen. @param {any} name @param {any} listener */
  on(name, listener) {
    super.on(name, listener);
    if (name === 'data' && !this.#flowing) queueMicrotask(() => this.resume());
    return this;
  }

  pause() {
    this.#flowing = false;
    return this;
  }

  resume() {
    if (this.#closed || this.#flowing) return this;
    this.#flowing = true;
    this.#give();
    if (this.#flowing && !this.#ended) this.#call.demand();
    return this;
  }

  /** @param {any} target a stream that is written to */
  pipe(target) {
    this.on('data', (chunk) => {
      if (target.write(chunk)) return;
      this.pause();
      target.once('drain', () => this.resume());
    });
    this.on('end', () => target.end());
    return target;
  }

  #give() {
    while (this.#flowing && this.#waiting.length > 0) this.emit('data', this.#waiting.shift());
    if (!this.#flowing || !this.#ended || this.#closed) return;
    this.complete = true;
    this.emit('end');
    this.#close();
  }

  #close() {
    this.#closed = true;
    this.emit('close');
  }

  /** @param {number} length @param {number} end */
  receive(length, end) {
    const bytes = new Uint8Array(length);
    this.#call.take(bytes);
    if (length > 0) this.#waiting.push(Buffer.from(bytes.buffer));
    if (end === END_BROKEN) return this.destroy(failure('HTTP3StreamReset', this.#call.url));
    this.#ended = end === END_WHOLE;
    this.#give();
    if (this.#flowing && !this.#ended) this.#call.demand();
  }

  /** @param {Error} [error] */
  destroy(error) {
    if (this.#closed) return;
    this.#flowing = false;
    this.#call.cancel();
    this.#closed = true;
    // Whoever has called this tells his reason first.
    queueMicrotask(() => {
      if (error !== undefined) this.emit('error', error);
      this.emit('close');
    });
  }
}

/** A request that the engine knows by slot and sequence number. */
class Call {
  #slot;
  #seq;
  #over = false;
  /** @type {Answer | null} */
  #answer = null;
  /** @type {((response: Answer) => void)} */
  #resolve;
  /** @type {((why: number) => void)} */
  #fail;
  /** @type {(() => void) | null} */
  #onDrain = null;

  /** @param {string} url @param {number} slot @param {number} seq @param {(response: Answer) => void} resolve @param {(why: number) => void} fail */
  constructor(url, slot, seq, resolve, fail) {
    this.url = url;
    this.#slot = slot;
    this.#seq = seq;
    this.#resolve = resolve;
    this.#fail = fail;
    calls.set(seq, this);
  }

  demand() {
    if (!this.#over) engine().fetchDemand(this.#slot, this.#seq);
  }

  /** @param {Uint8Array} into */
  take(into) {
    engine().fetchTake(this.#slot, this.#seq, into);
  }

  /** @param {number} status @param {string} lines */
  head(status, lines) {
    this.#answer = new Answer(this, status, lines);
    this.#resolve(this.#answer);
  }

  /** @param {number} length @param {number} end */
  body(length, end) {
    const answer = /** @type {Answer} */ (this.#answer);
    answer.receive(length, end);
    if (end === END_WHOLE || end === END_BROKEN) this.#ended();
  }

  drained() {
    this.#onDrain?.();
    this.#onDrain = null;
  }

  /** @param {number} why */
  failed(why) {
    this.#ended();
    this.#fail(why);
  }

  cancel() {
    if (this.#over) return;
    this.#ended();
    engine().fetchCancel(this.#slot, this.#seq);
  }

  /** The body of the request has failed. @param {Error} error */
  break(error) {
    this.cancel();
    this.#answer?.destroy(error);
  }

  /** As of Node's `ClientRequest`. */
  destroy() {
    if (this.#answer === null) this.cancel();
    else this.#answer.destroy();
  }

  /** As of Node's `ClientRequest`: what goes wrong is told by the answer. */
  on() {
    return this;
  }

  #ended() {
    this.#over = true;
    calls.delete(this.#seq);
    this.drained();
  }

  /** Sends a body piece by piece, at the server's pace. @param {AsyncIterable<any>} stream */
  async send(stream) {
    for await (const chunk of stream) {
      const bytes = chunkBytes(chunk);
      if (bytes.byteLength === 0) continue;
      const room = this.#over ? GONE : engine().fetchWrite(this.#slot, this.#seq, bytes);
      if (room === GONE) return; // leaving the loop cancels the stream
      if (room !== FULL) continue;
      await new Promise((resolve) => {
        this.#onDrain = () => resolve(undefined);
      });
    }
    if (!this.#over) engine().fetchEnd(this.#slot, this.#seq);
  }
}

/**
 * News of the engine's.
 *
 * @param {number} code @param {number} slot @param {number} seq @param {number} first @param {number} second @param {number} third
 * @param {string} text the batch's
 */
function happened(code, slot, seq, first, second, third, text) {
  if (code === SESSION_OVER) return sessionOver(slot);
  const call = calls.get(seq);
  if (call === undefined) return;
  if (code === FETCH_HEAD) call.head(third, text.slice(first, second));
  else if (code === FETCH_BODY) call.body(first, second);
  else if (code === FETCH_DRAIN) call.drained();
  else if (code === FETCH_FAILED) call.failed(first);
}

/**
 * Whether a request can go over HTTP/3: what Bun refuses is refused here.
 *
 * @param {URL} url
 * @param {any} options of the plan
 */
function isSupported(url, { proxy, unix, tls }) {
  if (url.protocol !== 'https:' || proxy || unix) return false;
  if (typeof tls !== 'object' || tls === null) return true;
  return Object.keys(tls).every((name) => name === 'rejectUnauthorized' || tls[name] == null);
}

/**
 * @param {URL} url
 * @param {{ method: string, list: string[][], bytes: Uint8Array | string | undefined, stream: AsyncIterable<any> | undefined, options: any, port: number }} what
 * @param {(abort: (reason: unknown) => void) => void} onAbort to be told how the exchange is ended
 * @returns {Promise<{ response: any, request: any }>}
 */
async function exchange(url, { method, list, bytes, stream, options, port }, onAbort) {
  if (!isSupported(url, options)) throw failure('HTTP3Unsupported', url.href);
  const host = list.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? url.host;
  let head = `${method}\nhttps://${host}${url.pathname}${url.search}\n`;
  for (const [name, value] of list) {
    const lower = name.toLowerCase();
    if (!ofConnections.test(lower)) head += `${lower}:${value}\n`;
  }
  const lines = new Uint8Array(Buffer.from(head, 'latin1'));
  const body = bytes === undefined ? new Uint8Array(0) : chunkBytes(bytes);
  const kind = stream ? STREAM : body.byteLength > 0 ? WHOLE : NO_BODY;
  const verify = options.tls?.rejectUnauthorized !== false;
  for (let attempt = 0; ; attempt++) {
    const session = await Promise.race([sessionFor(url, port, verify), new Promise((_, reject) => onAbort(reject))]);
    const answer = await new Promise((resolve, reject) => {
      const sent = engine().fetchSend(session, lines, kind, body);
      if (sent === undefined) return resolve(null);
      const [slot, seq] = sent.split('\n').map(Number);
      const call = new Call(
        url.href,
        slot,
        seq,
        (response) => resolve({ response, request: call }),
        (why) => (why === LOST && attempt === 0 && !stream ? resolve(null) : reject(failure(failures[why], url.href))),
      );
      onAbort((reason) => {
        call.cancel();
        reject(reason);
      });
      if (stream) {
        call.send(stream).catch((error) => {
          call.break(error);
          reject(error);
        });
      }
    });
    if (answer !== null) return answer;
    // The server had closed a session of the pool: the request never got an answer.
    sessionOver(session);
    if (attempt > 0) throw failure('HTTP3StreamReset', url.href);
  }
}

module.exports = { exchange, happened, isSupported };
