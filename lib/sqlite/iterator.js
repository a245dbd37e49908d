'use strict';

const NEW = 0;
const RUNNING = 1;
const ENDED = 2;

/**
 * What `iterate` gives: it acts as the generator that it is in Bun (nothing is bound before the first `next`, leaving a
 * loop ends the run), without a generator's cost for each row.
 */
class RowIterator {
  #handle;
  #given;
  #state = NEW;
  #run = 0;

  /** @param {import('./handle').Handle} handle @param {any[]} given */
  constructor(handle, given) {
    this.#handle = handle;
    this.#given = given;
  }

  next() {
    if (this.#state !== RUNNING) {
      if (this.#state === ENDED) return { value: undefined, done: true };
      this.#state = ENDED; // unless this succeeds
      this.#run = this.#handle.begin(this.#handle.bind(this.#given));
      this.#state = RUNNING;
    }
    let row = null;
    try {
      row = this.#handle.next(this.#run);
    } catch (error) {
      this.#end();
      throw error;
    }
    if (row !== null) return { value: row, done: false };
    this.#state = ENDED;
    return { value: undefined, done: true };
  }

  #end() {
    if (this.#state === RUNNING) this.#handle.end(this.#run);
    this.#state = ENDED;
  }

  /** @param {any} value */
  return(value) {
    this.#end();
    return { value, done: true };
  }

  /** @param {any} error */
  throw(error) {
    this.#end();
    throw error;
  }
}

// Helpers such as `map`, and `[object Generator]`.
Object.setPrototypeOf(RowIterator.prototype, Object.getPrototypeOf(function* () {}.prototype));

module.exports = { RowIterator };
