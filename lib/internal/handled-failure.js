'use strict';

/**
 * Errors of a program that do not end it, since whoever called it goes on (a server answers 500): as in Bun they fail the
 * test that is running, and a program that ends by itself has exit code 1.
 */

/** @type {((error: unknown) => boolean) | undefined} */
let taker;
let counted = false;

/**
 * @param {unknown} error
 * @returns {boolean} whether somebody has taken it and reports it
 */
function fail(error) {
  if (taker?.(error)) return true;
  if (!counted) {
    counted = true;
    process.on('beforeExit', () => {
      process.exitCode = 1;
    });
  }
  return false;
}

/** @param {(error: unknown) => boolean} take says whether it has taken an error */
function onFailure(take) {
  taker = take;
}

module.exports = { fail, onFailure };
