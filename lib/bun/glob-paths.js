'use strict';

/**
 * What scans give: generators to look at, without what resuming one costs for each path. The paths come as one string,
 * each followed by NUL.
 */

const Generator = Object.getPrototypeOf(function* () {}).prototype;
const AsyncGenerator = Object.getPrototypeOf(async function* () {}).prototype;

/** The paths of a text, one after the other. */
class Paths {
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** @returns {IteratorResult<string, any>} */
  next() {
    const text = this.#text;
    const start = this.#at;
    if (start >= text.length) return { value: undefined, done: true };
    const end = text.indexOf('\0', start);
    this.#at = end + 1;
    return { value: text.slice(start, end), done: false };
  }

  /** @param {any} value @returns {IteratorResult<string, any>} */
  return(value) {
    this.#text = '';
    return { value, done: true };
  }

  /** @param {any} error @returns {never} */
  throw(error) {
    this.#text = '';
    throw error;
  }
}

/** The same, once the text is there. */
class AsyncPaths {
  /** @type {Paths | undefined} */
  #paths;
  #text;

  /** @param {Promise<string>} text */
  constructor(text) {
    this.#text = text;
  }

  /** @returns {Promise<IteratorResult<string, any>>} */
  next() {
    return this.#paths ? Promise.resolve(this.#paths.next()) : this.#first();
  }

  /** A scan that failed says so once; then it is over. */
  async #first() {
    try {
      const text = await this.#text;
      this.#paths ??= new Paths(text);
    } catch (error) {
      if (!this.#paths) {
        this.#paths = new Paths('');
        throw error;
      }
    }
    return this.#paths.next();
  }

  /** @param {any} value @returns {Promise<IteratorResult<string, any>>} */
  async return(value) {
    this.#paths = new Paths('');
    return { value: await value, done: true };
  }

  /** @param {any} error @returns {Promise<never>} */
  async throw(error) {
    this.#paths = new Paths('');
    throw error;
  }
}

for (const [Class, prototype] of /** @type {const} */ ([
  [Paths, Generator],
  [AsyncPaths, AsyncGenerator],
])) {
  Object.setPrototypeOf(Class.prototype, prototype);
}

module.exports = { Paths, AsyncPaths };
