'use strict';

/**
 * `defer()` of `onLoad`: a promise for the moment when every other module is loaded. A module whose
 * callback waits for it is an empty one in the attempt that finds the others, and is asked for again.
 */

/** @typedef {{ result: Promise<any>, deferred: Promise<void> }} Call what comes first counts */

function deferrals() {
  /** @type {(() => void)[]} */
  let waiting = [];
  return {
    /** @param {(defer: () => Promise<void>) => Promise<any>} callback @returns {Call} */
    call(callback) {
      /** @type {() => void} */
      let tell = () => {};
      const deferred = /** @type {Promise<void>} */ (new Promise((settle) => (tell = settle)));
      let called = false;
      const defer = () => {
        if (called) throw new Error("Can't call .defer() more than once within an onLoad plugin");
        called = true;
        tell();
        return /** @type {Promise<void>} */ (new Promise((settle) => waiting.push(settle)));
      };
      return { result: callback(defer), deferred };
    },
    /** Every other module is loaded. @returns {boolean} whether a callback waited for it */
    settle() {
      const ready = waiting;
      waiting = [];
      for (const settle of ready) settle();
      return ready.length > 0;
    },
  };
}

module.exports = { deferrals };
