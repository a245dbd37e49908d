'use strict';

const { bytesOf } = require('./file-sink');

const CLOSED =
  'This ArrayBufferSink has already been closed. A "direct" ReadableStream terminates its underlying socket once `async pull()` returns.';

/**
 * `Bun.ArrayBufferSink`: gathers chunks into one `ArrayBuffer` (or `Uint8Array`).
 *
 * @see https://bun.com/docs/runtime/streams#bun-arraybuffersink
 */
class ArrayBufferSink {
  sinkId = 0;
  /** @type {Buffer[]} */
  #chunks = [];
  #size = 0;
  #stream = false;
  #views = false;
  #ended = false;
  #closed = false;

  /**
   * Starts anew, without what was gathered.
   *
   * @param {{ asUint8Array?: boolean, highWaterMark?: number, stream?: boolean }} [options] with `stream`, `flush` gives
   *   what was gathered since the last one
   */
  start(options) {
    this.#check();
    this.#take();
    this.#ended = false;
    this.#stream = options?.stream === true;
    this.#views = options?.asUint8Array === true;
  }

  /** @param {string | ArrayBufferView | ArrayBufferLike} chunk @returns {number} bytes of the chunk */
  write(chunk) {
    this.#check();
    const bytes = bytesOf(chunk, arguments.length);
    if (bytes.byteLength > 0) this.#chunks.push(typeof chunk === 'string' ? bytes : Buffer.from(bytes));
    this.#size += bytes.byteLength;
    return bytes.byteLength;
  }

  /** @returns {number | ArrayBuffer | Uint8Array} 0, or with `stream` what was gathered */
  flush() {
    this.#check();
    return this.#stream ? this.#wrap(this.#take()) : 0;
  }

  /** @returns {ArrayBuffer | Uint8Array} what was gathered; nothing when it has ended before */
  end() {
    this.#check();
    const bytes = this.#take();
    if (this.#ended) return new ArrayBuffer(0);
    this.#ended = true;
    return this.#wrap(bytes);
  }

  /** Ends it for good. */
  close() {
    this.#take();
    this.#closed = true;
  }

  #check() {
    if (this.#closed) throw new Error(CLOSED);
  }

  ref() {}

  unref() {}

  _getFd() {
    return -1;
  }

  /** @param {Uint8Array} bytes */
  #wrap(bytes) {
    return this.#views ? bytes : /** @type {ArrayBuffer} */ (bytes.buffer);
  }

  #take() {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#chunks = [];
    this.#size = 0;
    return bytes;
  }
}

Object.defineProperty(ArrayBufferSink.prototype, Symbol.toStringTag, { value: 'ArrayBufferSink', configurable: true });

module.exports = ArrayBufferSink;
