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

/** What a stack is to dispose of, until it is disposed of or moved. */
class Resources {
  /** @type {(() => unknown)[]} */
  #disposers = [];
  #name;
  disposed = false;

  /** @param {string} name of the stack */
  constructor(name) {
    this.#name = name;
  }

  mustBeOpen() {
    if (this.disposed) throw new ReferenceError(`${this.#name} already disposed`);
  }

  /** @param {() => unknown} disposer */
  add(disposer) {
    this.#disposers.push(disposer);
  }

  /** @param {any} value @param {(value: any) => unknown} onDispose */
  adopt(value, onDispose) {
    this.mustBeOpen();
    mustCall(onDispose);
    this.add(() => onDispose(value));
    return value;
  }

  /** @param {() => unknown} onDispose */
  defer(onDispose) {
    this.mustBeOpen();
    mustCall(onDispose);
    this.add(() => onDispose());
  }

  /** @param {Resources} to */
  moveTo(to) {
    this.mustBeOpen();
    to.#disposers = this.take();
  }

  /** Ends it. @returns {(() => unknown)[]} what was added, in that order */
  take() {
    const disposers = this.#disposers;
    this.#disposers = [];
    this.disposed = true;
    return disposers;
  }
}

class DisposableStack {
  #resources = new Resources('DisposableStack');

  get disposed() {
    return this.#resources.disposed;
  }

  /** @template T @param {T} value @returns {T} */
  use(value) {
    this.#resources.mustBeOpen();
    if (value !== null && value !== undefined) this.#resources.add(disposerOf(value, [Symbol.dispose]));
    return value;
  }

  /** @template T @param {T} value @param {(value: T) => unknown} onDispose @returns {T} */
  adopt(value, onDispose) {
    return this.#resources.adopt(value, onDispose);
  }

  /** @param {() => unknown} onDispose */
  defer(onDispose) {
    this.#resources.defer(onDispose);
  }

  move() {
    const moved = new DisposableStack();
    this.#resources.moveTo(moved.#resources);
    return moved;
  }

  dispose() {
    const failure = new Failure();
    for (const dispose of this.#resources.take().reverse()) {
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
  #resources = new Resources('AsyncDisposableStack');

  get disposed() {
    return this.#resources.disposed;
  }

  /** @template T @param {T} value @returns {T} */
  use(value) {
    this.#resources.mustBeOpen();
    const nothing = value === null || value === undefined;
    this.#resources.add(nothing ? () => {} : disposerOf(value, [Symbol.asyncDispose, Symbol.dispose]));
    return value;
  }

  /** @template T @param {T} value @param {(value: T) => unknown} onDispose @returns {T} */
  adopt(value, onDispose) {
    return this.#resources.adopt(value, onDispose);
  }

  /** @param {() => unknown} onDispose */
  defer(onDispose) {
    this.#resources.defer(onDispose);
  }

  move() {
    const moved = new AsyncDisposableStack();
    this.#resources.moveTo(moved.#resources);
    return moved;
  }

  async disposeAsync() {
    const failure = new Failure();
    for (const dispose of this.#resources.take().reverse()) {
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
