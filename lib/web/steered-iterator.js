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

  /** @param {AsyncIterable<any>} source @param {boolean} [canFail] whether the controller has `error`: that of a server has none */
  constructor(source, canFail = true) {
    this.#iterator = /** @type {AsyncIterator<any, any, any>} */ (
      Reflect.get(source, Symbol.asyncIterator).call(source)
    );
    this.#nextOf = Reflect.get(this.#iterator, 'next');
    const end = () => {
      this.#isOver = true;
    };
    this.#controller = Object.assign(Object.create(null), {
      write: (/** @type {unknown} */ chunk) => this.#write(chunk),
      end,
      close: end,
      flush: () => {},
    });
    if (canFail) {
      this.#controller.error = (/** @type {unknown} */ reason) => {
        this.#hasFailed = true;
        this.#failure = reason;
        end();
      };
    }
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** @returns {Promise<IteratorResult<any>>} */
  async next() {
    for (;;) {
      let result;
      try {
        result = await this.ask();
      } catch (error) {
        return this.failed(error);
      }
      result = await this.arrived(result);
      if (!isEmpty(result)) return result;
    }
  }

  /**
   * The parts of `next`, for whoever waits by itself: what this gives is awaited, and what comes of it goes through
   * {@link arrived} or {@link failed}; what then {@link isEmpty} is not to be sent.
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
    this.#isRaw = false;
    if (!this.#isOver) this.#held = result;
    return this.#step();
  }

  /**
   * After its `end()` nobody asks what else went wrong in the iterable.
   *
   * @param {unknown} error that what was asked for came to
   * @returns {IteratorResult<any> | Promise<IteratorResult<any>>}
   */
  failed(error) {
    if (!this.#isRaw || !this.#isOver) throw error;
    this.#isRaw = false;
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

/**
 * Whether there is nothing to send: a `yield` of nothing is how an iterable gets its controller first.
 *
 * @param {IteratorResult<any>} result
 */
function isEmpty(result) {
  if (typeof result !== 'object' || result === null) throw new TypeError('Async iterator result is not an object');
  return !result.done && (result.value === undefined || result.value === null);
}

module.exports = { SteeredIterator, isEmpty };
