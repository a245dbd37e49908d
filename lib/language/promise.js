'use strict';

/** @see https://tc39.es/ecma262/#sec-promise.withResolvers https://tc39.es/ecma262/#sec-promise.try */
module.exports = {
  /** @this {PromiseConstructor} */
  withResolvers() {
    /** @type {any} */
    let resolve;
    /** @type {any} */
    let reject;
    const promise = new this((...settle) => ([resolve, reject] = settle));
    return { promise, resolve, reject };
  },

  /** @this {PromiseConstructor} @param {(...given: any[]) => unknown} callback @param {any[]} given */
  try(callback, ...given) {
    return new this((resolve) => resolve(callback(...given)));
  },
};
