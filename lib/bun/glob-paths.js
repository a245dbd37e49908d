'use strict';

/**
 * What scans give: generators to look at, without what resuming one costs for each path. The paths come as one string,
 * each followed by NUL.
 */

const { generatorBase } = require('../internal/generator');

const Generator = generatorBase(function* () {});
const AsyncGenerator = generatorBase(async function* () {});

/** The paths of a text, one after the other. */
class Paths extends Generator {
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    super();
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

/** The same, once the text is there. What is asked for before it is answered in turn. */
class AsyncPaths extends AsyncGenerator {
  /** @type {Paths | undefined} */
  #paths;
  #text;
  /** `next` was called. */
  #isBegun = false;

  /** @param {Promise<string>} text */
  constructor(text) {
    super();
    this.#text = text;
    // Who asks for a path hears of a failure; a scan that nobody reads does not end the program.
    text.catch(() => {});
  }

  /** @returns {Promise<IteratorResult<string, any>>} */
  next() {
    if (!(#paths in this)) return Promise.reject(new TypeError('|this| should be an async generator'));
    if (this.#paths) return Promise.resolve(this.#paths.next());
    this.#isBegun = true;
    return this.#inTurn((paths) => paths.next());
  }

  /** A scan that failed says so once; then it is over. @param {(paths: Paths) => any} act */
  async #inTurn(act) {
    if (!this.#paths) {
      try {
        const text = await this.#text;
        this.#paths ??= new Paths(text);
      } catch (error) {
        if (!this.#paths) {
          this.#paths = new Paths('');
          throw error;
        }
      }
    }
    return act(this.#paths);
  }

  /** @param {any} value @returns {Promise<IteratorResult<string, any>>} */
  async return(value) {
    if (!this.#isBegun) this.#paths = new Paths('');
    await this.#inTurn((paths) => paths.return(undefined));
    return { value: await value, done: true };
  }

  /** @param {any} error @returns {Promise<any>} */
  async throw(error) {
    if (!this.#isBegun) this.#paths = new Paths('');
    return this.#inTurn((paths) => paths.throw(error));
  }
}

Generator.complete(Paths);
AsyncGenerator.complete(AsyncPaths);

module.exports = { Paths, AsyncPaths };
