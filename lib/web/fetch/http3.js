'use strict';

/** One request and its answer over HTTP/3: the engine's QUIC (crates/web/src/client) behind what Node's `http` looks like. */

const { chunkBytes } = require('../body');
const { engine } = require('../../bun/serve/native');
const { failure } = require('./failure');
const { Answer, END_BROKEN, END_WHOLE } = require('./http3-answer');
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

const nothing = new Uint8Array(0);

/** The calls under way, by sequence number. @type {Map<number, Call>} */
const calls = new Map();

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
  const lines = Buffer.from(head, 'latin1');
  const body = bytes === undefined ? nothing : chunkBytes(bytes);
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
