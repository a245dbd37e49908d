'use strict';

/** The escape sequences that Bun prints: a style, and the resets around it. */

const RESET = '\u001B[0m';
const codes = { bold: 1, dim: 2, italic: 3, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };

/** @typedef {keyof typeof codes} Style */

/** @param {Style} style */
function start(style) {
  return `\u001B[${codes[style]}m`;
}

/** Bun's `<r><style>text<r>`. @param {Style} style @param {string} text */
function paint(style, text) {
  return `${RESET}${start(style)}${text}${RESET}`;
}

module.exports = { RESET, start, paint };
