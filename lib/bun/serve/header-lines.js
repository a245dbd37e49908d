'use strict';

/** Headers on their way to the engine: `name:value\n` lines. */

const { STEP } = require('../../web/headers');

/** Fields that the engine makes itself. */
const engines = new Set(['content-length', 'transfer-encoding']);

/**
 * The header lines of a response. `Content-Length` is the engine's, except where it describes what a
 * GET would have given.
 *
 * @param {string[] | null} list
 * @param {boolean} keepLength
 * @returns {string}
 */
function headerLines(list, keepLength) {
  if (list === null) return '';
  if (!keepLength && isLast(list)) return lastLines;
  const lines = linesOf(list, keepLength);
  if (!keepLength && list.length <= LONGEST) {
    last = list.slice();
    lastLines = lines;
  }
  return lines;
}

/** Most answers of a program have the fields of the one before. Of so many strings, the list and its lines are kept. */
const LONGEST = 16 * STEP;
/** @type {string[]} */
let last = [];
let lastLines = '';

/** @param {string[]} list */
function isLast(list) {
  if (list.length !== last.length) return false;
  // Those of values first: names are mostly the same.
  for (let at = 1; at < list.length; at += STEP)
    if (list[at] !== last[at] || list[at - 1] !== last[at - 1]) return false;
  return true;
}

/** @param {string[]} list @param {boolean} keepLength */
function linesOf(list, keepLength) {
  let lines = '';
  for (let at = 0; at < list.length; at += STEP) {
    const name = list[at];
    if (engines.has(name) && !(keepLength && name === 'content-length')) continue;
    lines += `${name}:${list[at + 1]}\n`;
  }
  return lines;
}

/** @param {string[] | null} list */
function hasType(list) {
  if (list !== null) for (let at = 0; at < list.length; at += STEP) if (list[at] === 'content-type') return true;
  return false;
}

/** Whether a list has a field. @param {string[] | null} list @param {string} name lower-case */
function hasField(list, name) {
  if (list !== null) for (let at = 0; at < list.length; at += STEP) if (list[at] === name) return true;
  return false;
}

module.exports = { headerLines, hasType, hasField };
