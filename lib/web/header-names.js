'use strict';

/** Names of headers: most programs use a few dozen, so that what is made of them is kept. */

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Names that were seen, lower-cased: most programs use a few dozen. */
const lowerNames = new Map();
const MOST_NAMES = 1024;

/** @param {unknown} name @returns {string} */
function lower(name) {
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  const text = String(name);
  if (!token.test(text)) throw new TypeError(`Invalid header name: '${text}'`);
  const lowered = text.toLowerCase();
  if (lowerNames.size < MOST_NAMES) lowerNames.set(text, lowered);
  return lowered;
}

/** What precedes the value of a name in a block of text, by the lower-case name. */
const needles = new Map();

/** @param {string} key @returns {string} put together once */
function needleOf(key) {
  let needle = needles.get(key);
  if (needle === undefined) {
    needle = `\n${key}:`;
    if (needles.size < MOST_NAMES) needles.set(key, needle);
  }
  return needle;
}

module.exports = { lower, needleOf };
