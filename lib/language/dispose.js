'use strict';

/**
 * @see https://tc39.es/proposal-explicit-resource-management/
 */

/** An error that another one, thrown while cleaning up, came before. */
class SuppressedError extends Error {
  /** @param {unknown} error @param {unknown} suppressed @param {string} [message] */
  constructor(error, suppressed, message = undefined) {
    super(message);
    Object.defineProperty(this, 'error', { value: error, writable: true, configurable: true });
    Object.defineProperty(this, 'suppressed', { value: suppressed, writable: true, configurable: true });
  }
}
Object.defineProperties(SuppressedError.prototype, {
  name: { value: 'SuppressedError', writable: true, configurable: true },
  message: { value: '', writable: true, configurable: true },
});
Object.defineProperty(SuppressedError, 'length', { value: 3, configurable: true });

/** @param {unknown} callback */
function mustCall(callback) {
  if (typeof callback !== 'function') throw new TypeError(`${String(callback)} is not a function`);
}

/** @param {any} value @param {symbol[]} names @returns {() => unknown} what disposes of it */
function disposerOf(value, names) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    throw new TypeError(`${String(value)} is not an object`);
  const method = names.map((name) => value[name]).find((found) => found !== undefined && found !== null);
  mustCall(method);
  return () => Reflect.apply(/** @type {Function} */ (method), value, []);
}

class DisposableStack {
  /** @type {(() => unknown)[]} */
  #stack = [];
  #disposed = false;

  get disposed() {
    return this.#disposed;
  }

  #mustBeOpen() {
    if (this.#disposed) throw new ReferenceError('DisposableStack already disposed');
  }

  /** @template T @param {T} value @returns {T} */
  use(value) {
    this.#mustBeOpen();
    if (value !== null && value !== undefined) this.#stack.push(disposerOf(value, [Symbol.dispose]));
    return value;
  }

  /** @template T @param {T} value @param {(value: T) => unknown} onDispose @returns {T} */
  adopt(value, onDispose) {
    this.#mustBeOpen();
    mustCall(onDispose);
    this.#stack.push(() => onDispose(value));
    return value;
  }

  /** @param {() => unknown} onDispose */
  defer(onDispose) {
    this.#mustBeOpen();
    mustCall(onDispose);
    this.#stack.push(() => onDispose());
  }

  move() {
    this.#mustBeOpen();
    const moved = new DisposableStack();
    moved.#stack = this.#stack;
    this.#stack = [];
    this.#disposed = true;
    return moved;
  }

  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    const failure = new Failure();
    for (const dispose of this.#stack.reverse()) {
      try {
        dispose();
      } catch (error) {
        failure.add(error);
      }
    }
    failure.raise();
  }
}

class AsyncDisposableStack {
  /** @type {(() => unknown)[]} */
  #stack = [];
  #disposed = false;

  get disposed() {
    return this.#disposed;
  }

  #mustBeOpen() {
    if (this.#disposed) throw new ReferenceError('AsyncDisposableStack already disposed');
  }

  /** @template T @param {T} value @returns {T} */
  use(value) {
    this.#mustBeOpen();
    this.#stack.push(
      value === null || value === undefined ? () => {} : disposerOf(value, [Symbol.asyncDispose, Symbol.dispose]),
    );
    return value;
  }

  /** @template T @param {T} value @param {(value: T) => unknown} onDispose @returns {T} */
  adopt(value, onDispose) {
    this.#mustBeOpen();
    mustCall(onDispose);
    this.#stack.push(() => onDispose(value));
    return value;
  }

  /** @param {() => unknown} onDispose */
  defer(onDispose) {
    this.#mustBeOpen();
    mustCall(onDispose);
    this.#stack.push(() => onDispose());
  }

  move() {
    this.#mustBeOpen();
    const moved = new AsyncDisposableStack();
    moved.#stack = this.#stack;
    this.#stack = [];
    this.#disposed = true;
    return moved;
  }

  async disposeAsync() {
    if (this.#disposed) return;
    this.#disposed = true;
    const failure = new Failure();
    for (const dispose of this.#stack.reverse()) {
      try {
        await dispose();
      } catch (error) {
        failure.add(error);
      }
    }
    failure.raise();
  }
}

/** What was thrown so far: each error suppresses the one before. */
class Failure {
  #any = false;
  /** @type {unknown} */
  #error;

  /** @param {unknown} error */
  add(error) {
    this.#error = this.#any ? new SuppressedError(error, this.#error) : error;
    this.#any = true;
  }

  raise() {
    if (this.#any) throw this.#error;
  }
}

Object.defineProperties(DisposableStack.prototype, {
  [Symbol.dispose]: { value: DisposableStack.prototype.dispose, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'DisposableStack', configurable: true },
});
Object.defineProperties(AsyncDisposableStack.prototype, {
  [Symbol.asyncDispose]: { value: AsyncDisposableStack.prototype.disposeAsync, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'AsyncDisposableStack', configurable: true },
});

module.exports = { SuppressedError, DisposableStack, AsyncDisposableStack };
