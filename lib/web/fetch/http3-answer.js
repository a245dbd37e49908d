'use strict';

/** What comes back over HTTP/3. */

const { EventEmitter } = require('node:events');
const { failure } = require('./failure');

/**
 * What an answer needs of its call.
 *
 * @typedef {{ url: string, demand: () => void, take: (into: Uint8Array) => void, cancel: () => void }} Call
 */

/** How far the body of an answer is; `End` in crates/web/src/client/call.rs. */
const END_WHOLE = 1;
const END_BROKEN = 2;

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

module.exports = { Answer, END_WHOLE, END_BROKEN };
