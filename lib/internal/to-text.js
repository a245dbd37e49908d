'use strict';

/**
 * `String(value)`, which takes no symbol, as JavaScript's `ToString`; with Bun's words.
 *
 * @param {unknown} value
 * @throws {TypeError}
 */
function toText(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  return String(value);
}

module.exports = { toText };
