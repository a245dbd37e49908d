'use strict';

/**
 * `PerformanceTiming` and `PerformanceServerTiming`, which Node has not: there is no document, so nothing is ever timed.
 *
 * @see https://www.w3.org/TR/navigation-timing/#sec-navigation-timing-interface
 * @see https://w3c.github.io/server-timing/#the-performanceservertiming-interface
 */

const { codeError } = require('../internal/errors');

const ERR_ILLEGAL_CONSTRUCTOR = codeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', () => 'Illegal constructor');

const MOMENTS =
  'navigationStart unloadEventStart unloadEventEnd redirectStart redirectEnd fetchStart domainLookupStart domainLookupEnd connectStart connectEnd secureConnectionStart requestStart responseStart responseEnd domLoading domInteractive domContentLoadedEventStart domContentLoadedEventEnd domComplete loadEventStart loadEventEnd'.split(
    ' ',
  );

/**
 * A class of values that programs are given and do not make.
 *
 * @param {string} name
 * @param {Record<string, () => unknown>} members name -> its value
 */
function platformClass(name, members) {
  const Class = {
    [name]: class {
      constructor() {
        throw ERR_ILLEGAL_CONSTRUCTOR();
      }

      toJSON() {
        return Object.fromEntries(Object.keys(members).map((member) => [member, /** @type {any} */ (this)[member]]));
      }
    },
  }[name];
  const { prototype } = Class;
  const { toJSON } = prototype;
  delete (/** @type {any} */ (prototype).toJSON);
  for (const [member, read] of Object.entries(members)) {
    const get = /** @this {unknown} */ function () {
      if (this instanceof Class && this !== prototype) return read();
      throw new TypeError(`The ${name}.${member} getter can only be used on instances of ${name}`);
    };
    Object.defineProperty(prototype, member, { get, enumerable: true, configurable: true });
  }
  Object.defineProperties(prototype, {
    toJSON: { value: toJSON, enumerable: true, writable: true, configurable: true },
    [Symbol.toStringTag]: { value: name, configurable: true },
  });
  return Class;
}

const PerformanceTiming = platformClass(
  'PerformanceTiming',
  Object.fromEntries(MOMENTS.map((moment) => [moment, () => 0])),
);

const PerformanceServerTiming = platformClass('PerformanceServerTiming', {
  name: () => '',
  duration: () => 0,
  description: () => '',
});

/** Gives Node's `performance` the `timing` that Bun's has. @param {Performance} performance */
function withTiming(performance) {
  const timing = Object.create(PerformanceTiming.prototype);
  const get = () => timing;
  Object.defineProperty(Object.getPrototypeOf(performance), 'timing', { get, enumerable: true, configurable: true });
  return performance;
}

module.exports = { PerformanceTiming, PerformanceServerTiming, withTiming };
