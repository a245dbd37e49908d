'use strict';

/** Gives back an object instead of a new one, so that a class below can put its private field on it. */
class Given {
  /** @param {object} object */
  constructor(object) {
    return object;
  }
}

/**
 * A private field for the instances of a constructor that is no `class`, because it has to say what Bun says when it
 * is called without `new`. Much cheaper than a WeakMap: a map entry costs a microsecond with the garbage it makes.
 *
 * @template T
 * @returns {{ put: (object: object, value: T) => void, get: (object: unknown) => T | undefined }}
 */
function makeStamp() {
  class Stamp extends Given {
    /** @type {T} */
    #value;

    /** @param {object} object @param {T} value */
    constructor(object, value) {
      super(object);
      this.#value = value;
    }

    /** @param {unknown} object @returns {T | undefined} */
    static get(object) {
      return typeof object === 'object' && object !== null && #value in object
        ? /** @type {Stamp} */ (object).#value
        : undefined;
    }
  }
  return {
    put: (object, value) => {
      new Stamp(object, value);
    },
    get: Stamp.get,
  };
}

module.exports = { makeStamp };
