'use strict';

/** The counters and clocks of the console, by label. */

const { RESET, start } = require('../bun/inspect/colors');

/** @type {Map<string, number>} */
const counters = new Map();
/** @type {Map<string, number>} label -> when it was started, in milliseconds */
const clocks = new Map();
const LONGEST_IN_MILLISECONDS = 1500;

/** @param {string} label @param {boolean} colors */
function count(label, colors) {
  const times = (counters.get(label) ?? 0) + 1;
  counters.set(label, times);
  if (!colors) return `${label}: ${times}\n`;
  return `${RESET}${label}${start('dim')}: ${RESET}${start('yellow')}${times}${RESET}\n`;
}

/** @param {string} label */
function countReset(label) {
  counters.delete(label);
}

/** A clock that runs goes on. @param {string} label */
function time(label) {
  if (!clocks.has(label)) clocks.set(label, performance.now());
}

/** @param {string} label @param {boolean} colors @returns {string | undefined} undefined for a clock that does not run */
function elapsed(label, colors) {
  const started = clocks.get(label);
  if (started === undefined) return undefined;
  const passed = performance.now() - started;
  const shown = passed <= LONGEST_IN_MILLISECONDS ? `${passed.toFixed(2)}ms` : `${(passed / 1000).toFixed(2)}s`;
  if (!colors) return `[${shown}] ${label}`;
  return `${RESET}${start('dim')}[${start('bold')}${shown}${RESET}${start('dim')}]${RESET} ${label}`;
}

/** @param {string} label */
function timeEnd(label) {
  clocks.delete(label);
}

module.exports = { count, countReset, time, elapsed, timeEnd };
