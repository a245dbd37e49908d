'use strict';

const { textOf } = require('./data-format');

/**
 * `Bun.JSONL`: JSON values, one a line.
 * @see https://bun.com/docs/runtime/jsonl
 */
const JSONL = {
  /**
   * All values up to the first line that does not parse.
   * @param {unknown} input
   * @returns {unknown[]}
   */
  parse(input) {
    return read(textOf(input)).values;
  },
};

/** @param {string} text */
function read(text) {
  const values = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      const first = /^\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|"(?:[^"\\]|\\.)*")(?=\s)/.exec(line);
      if (first) values.push(JSON.parse(first[1]));
      break;
    }
  }
  return { values };
}

module.exports = JSONL;
