'use strict';

/**
 * The iterator of a body that is an async iterable. Each `yield` gives the iterable a controller: what it writes goes out
 * before what it yields next, and `end()` is the end.
 *
 * @see https://bun.com/docs/runtime/streams#async-generator-streams
 */
class SteeredIterator {
  #iterator;
  /** Looked up once: each generator function gives its generators a prototype of their own, so that V8 remembers nothing. */
  #nextOf;
  /** @type {unknown[]} */ #written = [];
  /** What came behind what was written. @type {IteratorResult<any> | undefined} */ #held;
  #isOver = false;
  #hasFailed = false;
  /** @type {unknown} */ #failure;
  #controller;
  /** What was asked for comes from the iterable as it is. */
  #isRaw = false;

  /** @param {AsyncIterable<any>} source */
  constructor(source) {
    this.#iterator = /** @type {AsyncIterator<any, any, any>} */ (source[Symbol.asyncIterator]());
    this.#nextOf = this.#iterator.next;
    const end = () => {
      this.#isOver = true;
    };
    this.#controller = Object.assign(Object.create(null), {
      write: (/** @type {unknown} */ chunk) => this.#write(chunk),
      end,
      close: end,
      flush: () => {},
      error: (/** @type {unknown} */ reason) => {
        this.#hasFailed = true;
        this.#failure = reason;
        end();
      },
    });
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** @returns {Promise<IteratorResult<any>>} */
  async next() {
    return this.arrived(await this.ask());
  }

  /**
   * The two halves of `next`, for whoever waits by itself: what this gives is awaited, and what comes of it goes through
   * {@link arrived}.
   *
   * @returns {Promise<IteratorResult<any>> | IteratorResult<any>}
   */
  ask() {
    this.#isRaw = this.#isPlain() && !this.#held;
    return this.#isRaw ? this.#nextOf.call(this.#iterator, this.#controller) : this.#step();
  }

  /** @param {IteratorResult<any>} result @returns {IteratorResult<any> | Promise<IteratorResult<any>>} */
  arrived(result) {
    if (!this.#isRaw || this.#isPlain()) return result;
    if (!this.#isOver) this.#held = result;
    return this.#step();
  }

  /** Nothing was done with the controller. */
  #isPlain() {
    return this.#written.length === 0 && !this.#isOver;
  }

  /** @returns {IteratorResult<any> | Promise<IteratorResult<any>>} */
  #step() {
    if (this.#written.length > 0) return { done: false, value: this.#written.shift() };
    if (this.#isOver) return this.#finish();
    const held = /** @type {IteratorResult<any>} */ (this.#held);
    this.#held = undefined;
    return held;
  }

  /** @param {unknown} [reason] @returns {Promise<any>} */
  async return(reason) {
    await this.#iterator.return?.(reason);
    return { done: true, value: undefined };
  }

  /** @returns {Promise<IteratorResult<any>>} */
  async #finish() {
    const result = await this.return();
    if (this.#hasFailed) throw this.#failure;
    return result;
  }

  /** @param {any} chunk @returns {number} how much was written */
  #write(chunk) {
    const isBytes = ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer;
    if (typeof chunk !== 'string' && !isBytes) throw new TypeError('Expected text, ArrayBuffer or ArrayBufferView');
    if (this.#isOver) return 0;
    this.#written.push(chunk);
    return isBytes ? chunk.byteLength : chunk.length;
  }
}

module.exports = { SteeredIterator };
