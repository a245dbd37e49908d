'use strict';

/**
 * What V8 says of functions, completed by what it leaves out.
 *
 * V8 lists no function within one that never ran, and takes the fields of a class for a function as
 * wide as the class. So the functions and fields come from the parser; V8 gives the counts.
 *
 * @typedef {import('./collect-coverage').Range} Range
 */

const CONSTRUCTOR = 1;
const FIELD = 2;

/**
 * @param {string} source the emitted JavaScript
 * @param {import('./collect-coverage').V8Function[]} functions
 * @returns {{ ranges: Range[], calls: Range[] }} ranges sorted, outer ones first; one call range for each
 *   function that exists: as in Bun, one within a function that never ran does not
 */
function complete(source, functions) {
  const listed = functions.filter(({ functionName }) => !functionName.startsWith('<'));
  const instances = functions.filter(({ functionName }) => functionName === '<instance_members_initializer>');
  /** @type {Range[]} */
  const ranges = listed.flatMap(({ ranges: [whole, ...blocks] }) => [withModifiers(whole, source), ...blocks]);
  /** @type {Range[]} */
  const calls = [];
  /** @type {Range[]} what is around, with its count */
  const around = [];
  for (const { kind, startOffset, endOffset } of pieces(source)) {
    while (around.length > 0 && /** @type {Range} */ (around.at(-1)).endOffset <= startOffset) around.pop();
    const exists = around.every(({ count }) => count > 0);
    const given = kind === FIELD ? fieldCount(instances, startOffset) : functionCount(listed, startOffset, endOffset);
    const range = { startOffset, endOffset, count: given ?? 0 };
    around.push(range);
    if (kind === FIELD) ranges.push(range);
    else if (exists) calls.push(range);
    if (kind !== FIELD && given === undefined && exists)
      ranges.push(withModifiers(kind === CONSTRUCTOR ? bodyOf(range, source) : range, source));
  }
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  return { ranges, calls };
}

/** @param {string} source @returns {{ kind: number, startOffset: number, endOffset: number }[]} */
function pieces(source) {
  const numbers = require('../../loader/engine').binding().functionPlaces(source);
  const found = [];
  for (let at = 0; at < numbers.length; at += 3)
    found.push({ kind: numbers[at], startOffset: numbers[at + 1], endOffset: numbers[at + 2] });
  return found;
}

/**
 * V8 has a method start at its name; of two functions with one end the outer one starts first.
 *
 * @param {import('./collect-coverage').V8Function[]} listed
 * @param {number} start
 * @param {number} end
 * @returns {number | undefined} undefined: V8 does not list it
 */
function functionCount(listed, start, end) {
  let nearest;
  for (const {
    ranges: [whole],
  } of listed) {
    if (whole.endOffset !== end || whole.startOffset < start) continue;
    if (!nearest || whole.startOffset < nearest.startOffset) nearest = whole;
  }
  return nearest?.count;
}

/** How many instances were made of the class around. @param {import('./collect-coverage').V8Function[]} instances @param {number} start */
function fieldCount(instances, start) {
  return instances.findLast(({ ranges: [whole] }) => whole.startOffset <= start && start < whole.endOffset)?.ranges[0]
    .count;
}

/** Of a constructor that never ran the first line counts with the class. @param {Range} range @param {string} source @returns {Range} */
function bodyOf({ startOffset, endOffset, count }, source) {
  const lineEnd = source.indexOf('\n', startOffset);
  return { startOffset: lineEnd < 0 ? endOffset : Math.min(lineEnd, endOffset), endOffset, count };
}

/** A function with the words before it: V8 counts `export` and `static` to what is around. @param {Range} range @param {string} source @returns {Range} */
function withModifiers({ startOffset, endOffset, count }, source) {
  const before = source.slice(Math.max(0, startOffset - 100), startOffset);
  const words = /(?:\b(?:export|default|static|async|get|set)\s+|\*\s*)*$/.exec(before)?.[0].length ?? 0;
  return { startOffset: startOffset - words, endOffset, count };
}

module.exports = { complete };
