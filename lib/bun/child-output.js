'use strict';

/**
 * What a child writes, as the stream that the user reads.
 *
 * The pipe is read from the start, so that a child whose output nobody looks at can end. Once
 * somebody reads, the pipe waits for them.
 */

const { reactor, listen, hold, pipeError } = require('./child-events');
const { installReaders } = require('./stream-readers');

/** Bytes that may wait for the reader. */
const MARK = 1024 * 1024;

class ChildOutput {
  #id;
  #limit;
  #overflow;
  /** @type {Uint8Array[]} */
  #chunks = [];
  #waiting = 0;
  #total = 0;
  #ended = false;
  #errno = 0;
  #paused;
  #read = false;
  /** @type {(() => void) | undefined} */
  #wake;
  /** @type {ReadableStream<Uint8Array> | undefined} */
  #stream;

  /**
   * @param {number} id
   * @param {boolean} lazy
   * @param {number | undefined} limit
   * @param {() => void} overflow called once when there is more than the limit
   */
  constructor(id, lazy, limit, overflow) {
    this.#id = id;
    this.#paused = lazy;
    this.#limit = limit ?? Infinity;
    this.#overflow = overflow;
    listen(id, this);
  }

  get stream() {
    if (!this.#stream) {
      installReaders();
      if (this.#paused) this.#resume();
      this.#stream = new ReadableStream(
        { pull: (controller) => this.#pull(controller), cancel: () => this.#cancel() },
        { highWaterMark: 0 },
      );
    }
    return this.#stream;
  }

  /** @param {ArrayBuffer} bytes */
  onData(bytes) {
    const within = this.#total <= this.#limit;
    this.#total += bytes.byteLength;
    if (within) this.#keep(new Uint8Array(bytes));
    if (within && this.#total > this.#limit) this.#overflow();
  }

  /** @param {Uint8Array} chunk */
  #keep(chunk) {
    this.#chunks.push(chunk);
    this.#waiting += chunk.byteLength;
    if (this.#read && !this.#paused && this.#waiting > MARK) {
      this.#paused = true;
      reactor().readPipe(this.#id, false);
    }
    this.#wake?.();
  }

  /** @param {number} errno */
  onEnd(errno) {
    this.#ended = true;
    this.#errno = errno;
    this.#wake?.();
  }

  /** @param {ReadableStreamDefaultController<Uint8Array>} controller */
  async #pull(controller) {
    this.#read = true;
    if (this.#chunks.length === 0 && !this.#ended) await this.#more();
    const chunk = this.#chunks.shift();
    if (chunk) {
      this.#waiting -= chunk.byteLength;
      controller.enqueue(chunk);
      if (this.#paused && this.#waiting <= MARK / 2 && !this.#ended) this.#resume();
    }
    if (this.#chunks.length > 0 || !this.#ended) return;
    if (this.#errno) controller.error(pipeError(this.#errno, 'read'));
    else controller.close();
  }

  async #more() {
    hold(1);
    await new Promise((resolve) => {
      this.#wake = () => resolve(undefined);
    });
    this.#wake = undefined;
    hold(-1);
  }

  #resume() {
    this.#paused = false;
    reactor().readPipe(this.#id, true);
  }

  #cancel() {
    this.#chunks = [];
    this.#ended = true;
    this.#wake?.();
    reactor().closePipe(this.#id);
  }
}

module.exports = { ChildOutput };
