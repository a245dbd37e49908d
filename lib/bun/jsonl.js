'use strict';

const { textOf } = require('./data-format');

/**
 * `Bun.JSONL`: JSON values, one a line. `parseChunk` is not there yet.
 * @see https://bun.com/docs/runtime/jsonl
 */
const JSONL = {
  /**
   * All values up to the first that does not parse.
   * @param {unknown} input
   * @returns {unknown[]}
   */
  parse(input) {
    const values = [];
    for (const line of textOf(input).split('\n')) {
      if (line.trim() === '') continue;
      try {
        values.push(JSON.parse(line));
      } catch {
        const first = /^\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|"(?:[^"\\]|\\.)*")(?=\s)/.exec(line);
        if (first) values.push(JSON.parse(first[1]));
        break;
      }
    }
    return values;
  },
};

module.exports = JSONL;
