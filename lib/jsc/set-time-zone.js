'use strict';

/**
 * Sets the time zone of `Date` and `Intl`; Node takes it from `TZ` whenever that is written.
 *
 * @see https://bun.com/reference/bun/jsc/setTimeZone
 * @param {string} timeZone an IANA name
 * @returns {string} its canonical name
 * @throws {TypeError} when there is no such time zone
 */
function setTimeZone(timeZone) {
  if (typeof timeZone !== 'string') throw new TypeError('setTimeZone requires a timezone string');
  let canonical;
  try {
    canonical = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw new TypeError(`Invalid timezone: "${timeZone}"`);
  }
  process.env.TZ = canonical;
  return canonical;
}

module.exports = setTimeZone;
