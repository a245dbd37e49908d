'use strict';

/**
 * The body of a response that is still arriving. It is read ahead up to a limit, so that a short body that nobody asks
 * for does not keep its connection; beyond that the reader sets the pace.
 */

const { utf8Text } = require('../body-source');

/** Bytes that wait for a reader. */
const AHEAD = 1024 * 1024;

class Download {
  /** @type {Uint8Array[]} */
  #chunks = [];
  #waiting = 0;
  #ended = false;
  /** @type {{ error: unknown } | undefined} */
  #failed;
  /** Whoever waits for a change. @type {(() => void) | undefined} */
  #wake;
  #source;
  #cancel;

  /** @param {import('node:stream').Readable} source @param {() => void} cancel lets go of the connection */
  constructor(source, cancel) {
    this.#source = source;
    this.#cancel = cancel;
    source.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#waiting += chunk.length;
      if (this.#waiting > AHEAD && !this.#wake) source.pause();
      this.#notify();
    });
    source.on('end', () => {
      this.#ended = true;
      this.#notify();
    });
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.#ended || this.#failed) return;
    this.#failed = { error };
    this.#notify();
  }

  #notify() {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** @returns {Promise<void>} */
  #change() {
    this.#source.resume();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** @returns {Uint8Array} what has arrived, with a buffer of its own */
  #take() {
    const bytes = new Uint8Array(this.#waiting);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [];
    this.#waiting = 0;
    return bytes;
  }

  /** @returns {Promise<Uint8Array>} */
  async all() {
    while (!this.#ended && !this.#failed) await this.#change();
    if (this.#failed) throw this.#failed.error;
    return this.#take();
  }

  /** @returns {Promise<string>} */
  async text() {
    return utf8Text(await this.all());
  }

  /** @returns {ReadableStream<Uint8Array>} */
  stream() {
    return new ReadableStream(
      {
        type: 'bytes',
        pull: async (/** @type {any} */ controller) => {
          while (this.#waiting === 0 && !this.#ended && !this.#failed) await this.#change();
          if (this.#waiting > 0) return controller.enqueue(this.#take());
          if (this.#failed) return controller.error(this.#failed.error);
          controller.close();
          controller.byobRequest?.respond(0);
        },
        cancel: () => this.#cancel(),
      },
      { highWaterMark: 0 },
    );
  }
}

module.exports = { Download };
