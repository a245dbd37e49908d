'use strict';

/**
 * `reportError`: hands a value to whoever handles uncaught exceptions.
 *
 * @see https://html.spec.whatwg.org/multipage/webappapis.html#dom-reporterror
 * @param {unknown} error
 */
function reportError(error) {
  process.nextTick(() => {
    throw error;
  });
}

module.exports = reportError;
