'use strict';

/** The errors of failed matchers: plain `Error`s as in Bun, told apart for the JUnit report. */

/** @type {WeakSet<Error>} */
const made = new WeakSet();

/** @template {Error} E @param {E} error @returns {E} */
function markAssertion(error) {
  made.add(error);
  return error;
}

/** @param {Error} error */
const isAssertion = (error) => made.has(error);

module.exports = { markAssertion, isAssertion };
