'use strict';

const { generatorBase } = require('../internal/generator');

const NEW = 0;
/** Between two rows. */
const SUSPENDED = 1;
const EXECUTING = 2;
const ENDED = 3;

const Generator = generatorBase(function* () {});

/**
 * What `iterate` gives: it acts as the generator that it is in Bun (nothing is bound before the first `next`, leaving a
 * loop ends the run), without a generator's cost for each row.
 */
class RowIterator extends Generator {
  #handle;
  #given;
  #state = NEW;
  #run = 0;

  /** @param {import('./handle').Handle} handle @param {any[]} given */
  constructor(handle, given) {
    super();
    this.#handle = handle;
    this.#given = given;
  }

  /** @param {any} _value ignored, as the statement has no use for it */
  next(_value) {
    if (this.#state !== SUSPENDED) {
      this.#refuseIfExecuting();
      if (this.#state === ENDED) return { value: undefined, done: true };
      this.#begin();
    }
    this.#state = EXECUTING;
    let row = null;
    try {
      row = this.#handle.next(this.#run);
    } catch (error) {
      this.#state = ENDED;
      this.#handle.end(this.#run);
      throw error;
    }
    if (row !== null) {
      this.#state = SUSPENDED;
      return { value: row, done: false };
    }
    this.#state = ENDED;
    return { value: undefined, done: true };
  }

  #begin() {
    this.#state = EXECUTING;
    try {
      this.#run = this.#handle.begin(this.#handle.bind(this.#given));
    } catch (error) {
      this.#state = ENDED;
      throw error;
    }
  }

  #refuseIfExecuting() {
    if (this.#state === EXECUTING) throw new TypeError('Generator is executing');
  }

  #end() {
    this.#refuseIfExecuting();
    if (this.#state === SUSPENDED) this.#handle.end(this.#run);
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

Generator.complete(RowIterator);

module.exports = { RowIterator };
