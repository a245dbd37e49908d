'use strict';

/**
 * What a class extends whose objects act as the generators that they are in Bun, without what resuming one costs for each
 * step. They are generator objects for whoever asks V8, with the class's methods.
 *
 * @param {(() => Generator<never>) | (() => AsyncGenerator<never>)} generator an empty one of its own; it makes the objects
 * @returns {{ new (): any, complete(Class: Function): void }} `complete` is to be called with the class once it is there
 */
function generatorBase(generator) {
  /** @returns {any} */
  function Generator() {
    return generator();
  }
  Generator.complete = (/** @type {Function} */ Class) => {
    /** @type {any} */ (generator).prototype = Class.prototype;
    // Helpers such as `map`, `[object Generator]`, and what a generator has for a constructor.
    Object.setPrototypeOf(Class.prototype, Object.getPrototypeOf(generator).prototype);
    delete Class.prototype.constructor;
  };
  return /** @type {any} */ (Generator);
}

module.exports = { generatorBase };
