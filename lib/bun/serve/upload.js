'use strict';

/**
 * The body of a request that did not arrive with its head: asked for all at once, or as a stream
 * whose reader sets the pace.
 */

const { codeError } = require('../../internal/errors');
const { utf8Text } = require('../../web/body-source');
const { noteTaken } = require('./long-text');
const { engine } = require('./native');

/** From this size on memory is not filled with zeros before it is written to. */
const LARGE = 4096;

/** What Bun rejects with when the client goes away. */
const aborted = () => new DOMException('The connection was closed.', 'AbortError');
const ERR_BODY_TOO_LARGE = codeError(
  Error,
  'ERR_BODY_TOO_LARGE',
  () => 'The request body is larger than maxRequestBodySize.',
);

/** How a body ended; `UploadEnd` in crates/web/src/server/exchange.rs. */
const OPEN = 0;
const BROKEN = 2;
const TOO_LARGE = 3;
const MALFORMED = 4;

class Upload {
  /** @type {InstanceType<typeof import('./call').Call>} */
  #call;
  /** @type {((value: any, end: number) => void) | null} */
  #waiting = null;
  /** @type {((error: Error) => void) | null} */
  #fail = null;
  /** The bytes are wanted as a string, if they are ASCII. */
  #asText = false;

  /** @param {InstanceType<typeof import('./call').Call>} call */
  constructor(call) {
    this.#call = call;
  }

  /** @param {boolean} all @returns {Promise<{ value: any, end: number }>} */
  #demand(all) {
    const { slot, seq } = this.#call;
    return new Promise((resolve, reject) => {
      if (this.#call.aborted) return reject(aborted());
      this.#waiting = (value, end) => {
        if (end === TOO_LARGE) {
          this.#call.aborted = true; // the engine has answered 413 itself
          reject(ERR_BODY_TOO_LARGE());
        } else resolve({ value, end });
      };
      this.#fail = reject;
      this.#call.upload = this;
      this.#call.listen();
      if (engine().demand(slot, seq, all) === 0) this.abort();
    });
  }

  /** @returns {Promise<Uint8Array>} */
  async all() {
    return (await this.#demand(true)).value;
  }

  /** @returns {Promise<string>} */
  async text() {
    this.#asText = true;
    const { value } = await this.#demand(true);
    return typeof value === 'string' ? value : utf8Text(value);
  }

  /** @returns {ReadableStream<Uint8Array>} */
  stream() {
    return new ReadableStream(
      {
        type: 'bytes',
        pull: async (controller) => {
          const { value: bytes, end } = await this.#demand(false);
          if (bytes.byteLength > 0) controller.enqueue(/** @type {any} */ (bytes));
          if (end !== OPEN) {
            controller.close();
            /** @type {any} */ (controller).byobRequest?.respond(0);
          }
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** The engine has bytes. @param {number} length @param {number} end */
  receive(length, end) {
    const waiting = this.#waiting;
    if (waiting === null) return;
    if (end === BROKEN || end === MALFORMED) return this.#call.abort();
    this.#waiting = null;
    const value = this.#take(length);
    if (end !== OPEN) {
      this.#call.upload = null;
      this.#call.forget();
    }
    waiting(value, end);
  }

  /** @param {number} length */
  #take(length) {
    const { slot, seq } = this.#call;
    if (this.#asText) {
      const text = engine().takeText(slot, seq);
      if (text !== undefined) {
        noteTaken(text, seq);
        return text;
      }
    }
    // Not filled with zeros: all of it is written to.
    const bytes =
      length >= LARGE ? new Uint8Array(Buffer.allocUnsafeSlow(length).buffer, 0, length) : new Uint8Array(length);
    const taken = length > 0 ? engine().take(slot, seq, bytes) : 0;
    return taken === length ? bytes : bytes.slice(0, taken);
  }

  /** The client went away. */
  abort() {
    if (this.#waiting === null) return;
    this.#waiting = null;
    this.#fail?.(aborted());
  }
}

module.exports = { Upload };
