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
  let lines = '';
  if (list !== null) {
    for (let at = 0; at < list.length; at += STEP) {
      const name = list[at];
      if (engines.has(name) && !(keepLength && name === 'content-length')) continue;
      lines += `${name}:${list[at + 1]}\n`;
    }
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
