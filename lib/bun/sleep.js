'use strict';

const { setTimeout: startTimer } = require('node:timers');

/** Node clamps a longer delay to one millisecond. */
const LONGEST = 2 ** 31 - 1;

/**
 * `Bun.sleep`: a promise that is fulfilled after a while.
 *
 * @see https://bun.com/docs/runtime/utils#bun-sleep
 * @param {number | Date} until milliseconds, or the time to sleep until
 * @returns {Promise<void>}
 * @throws TypeError when it is neither
 */
function sleep(until) {
  const milliseconds = until instanceof Date ? until.getTime() - Date.now() : until;
  if (typeof milliseconds !== 'number') throw new TypeError('sleep expects a number (milliseconds)');
  return new Promise((resolve) => wait(milliseconds, resolve));
}

/** @param {number} milliseconds @param {() => void} done */
function wait(milliseconds, done) {
  if (milliseconds > LONGEST) startTimer(() => wait(milliseconds - LONGEST, done), LONGEST);
  else startTimer(done, milliseconds >= 1 ? milliseconds : 0);
}

module.exports = sleep;
