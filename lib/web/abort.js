'use strict';

/**
 * `AbortController` and `AbortSignal` are Node's; why something was aborted is said in Bun's words.
 *
 * @see https://dom.spec.whatwg.org/#interface-AbortSignal
 */

const LONGEST = 0xffffffff;

const abortError = () => new DOMException('The operation was aborted.', 'AbortError');
const timeoutError = () => new DOMException('The operation timed out.', 'TimeoutError');

/** When the signals of `AbortSignal.timeout` abort, as `performance.now()` counts. @type {WeakMap<AbortSignal, number>} */
const deadlines = new WeakMap();

/** @param {AbortSignal} signal @returns {number} the milliseconds until it aborts by itself */
const timeLeft = (signal) => (deadlines.get(signal) ?? Infinity) - performance.now();

/** @param {{ AbortController: typeof AbortController, AbortSignal: typeof AbortSignal }} classes of Node */
function withReasons({ AbortController, AbortSignal }) {
  const { abort: abortOfController } = AbortController.prototype;
  const { abort: abortedOfSignal, timeout } = AbortSignal;
  define(AbortController.prototype, {
    /** @this {AbortController} @param {unknown} [reason] */
    abort(reason = abortError()) {
      return Reflect.apply(abortOfController, this, [reason]);
    },
  });
  define(AbortSignal, {
    abort: (/** @type {unknown} */ reason = abortError()) => Reflect.apply(abortedOfSignal, AbortSignal, [reason]),
    timeout(/** @type {number} */ delay) {
      // Node's own says what is wrong with the number.
      if (!Number.isInteger(delay) || delay < 0 || delay > LONGEST) return Reflect.apply(timeout, AbortSignal, [delay]);
      const controller = new AbortController();
      setTimeout(() => controller.abort(timeoutError()), delay).unref();
      deadlines.set(controller.signal, performance.now() + delay);
      return controller.signal;
    },
  });
  return { AbortController, AbortSignal };
}

/** @param {object} target @param {Record<string, Function>} methods */
function define(target, methods) {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(value, 'name', { value: name, configurable: true });
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

module.exports = { withReasons, timeLeft };
