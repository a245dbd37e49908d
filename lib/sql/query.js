'use strict';

const { Source } = require('./source');

const nothing = () => {};

/**
 * A query: a promise that does not run before somebody asks for its result.
 *
 * @see https://bun.com/docs/runtime/sql#execute-and-cancelling-queries
 * @extends {Promise<any>}
 */
class Query extends Promise {
  #resolve;
  #reject;
  #scope;
  #source;
  /** @type {'objects' | 'values' | 'raw'} */ #mode = 'objects';
  #isStarted = false;
  #isCancelled = false;
  #isSettled = false;
  #hasFailed = false;

  /** `then` and its kind give plain promises. */
  static get [Symbol.species]() {
    return Promise;
  }

  /**
   * @param {import('./scope').Scope} scope what it runs in
   * @param {Source} source what it is made of
   */
  constructor(scope, source) {
    /** @type {(value: any) => void} */ let resolve = nothing;
    /** @type {(reason: any) => void} */ let reject = nothing;
    super((first, second) => {
      resolve = first;
      reject = second;
    });
    this.#resolve = resolve;
    this.#reject = reject;
    this.#scope = scope;
    this.#source = source;
    Source.bind(this, source);
  }

  /** Whether a connection runs it; SQLite runs a query inside the call that starts it. */
  get active() {
    return false;
  }

  get cancelled() {
    return this.#isCancelled;
  }

  cancel() {
    if (this.#isCancelled) return this;
    this.#isCancelled = true;
    if (this.#isStarted && !this.#isSettled) this.#fail(this.#scope.error('Query cancelled', 'QUERY_CANCELLED'));
    return this;
  }

  execute() {
    this.#start();
    return this;
  }

  raw() {
    if (!this.#isStarted) this.#mode = 'raw';
    return this;
  }

  values() {
    if (!this.#isStarted) this.#mode = 'values';
    return this;
  }

  simple() {
    return this;
  }

  readable() {
    return unsupportedStream();
  }

  writable() {
    return unsupportedStream();
  }

  /** @type {Promise<any>['then']} */
  then(onFulfilled, onRejected) {
    this.#start();
    return super.then(onFulfilled, onRejected);
  }

  /** @type {Promise<any>['catch']} */
  catch(onRejected) {
    this.#start();
    return super.then(undefined, onRejected);
  }

  /**
   * Nobody hears of the failure of a query that was only started; but one hears of that of the callback.
   *
   * @param {any} [onFinally]
   * @returns {Promise<any>}
   */
  finally(onFinally) {
    const silence = () => void settled.then(undefined, nothing);
    const callback = () => {
      const value = onFinally();
      if (typeof value?.then !== 'function') {
        silence();
        return value;
      }
      return Promise.resolve(value).then(silence);
    };
    const settled = super.finally(typeof onFinally === 'function' ? callback : onFinally);
    if (typeof onFinally !== 'function') silence();
    return settled;
  }

  #start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (this.#isCancelled) {
      this.#silence();
      return this.#fail(this.#scope.error('Query cancelled', 'QUERY_CANCELLED'));
    }
    if (this.#source.kind === 'file') return void this.#runFile();
    this.#run(this.#source);
  }

  async #runFile() {
    try {
      const text = await require('../bun/file')(this.#source.text).text();
      if (!this.#isCancelled) this.#run(new Source('unsafe', { text, values: this.#source.values }));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {Source} source */
  #run(source) {
    try {
      const result = this.#scope.run(source, this.#mode);
      this.#isSettled = true;
      this.#resolve(result);
    } catch (error) {
      if (this.#scope.isTransaction) this.#silence();
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#isSettled = true;
    this.#hasFailed = true;
    this.#reject(error);
  }

  /** No rejection of it counts as unhandled. */
  #silence() {
    super.then(undefined, nothing);
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    const states = { cancelled: this.#isCancelled, executed: this.#isStarted, error: this.#hasFailed };
    return `Query { ${Object.entries(states)
      .flatMap(([name, is]) => (is ? [name] : []))
      .join(' ')} }`;
  }
}

/** @returns {never} */
function unsupportedStream() {
  throw new Error('readable() and writable() are not supported by this adapter (PostgreSQL only)');
}

module.exports = { Query };
