'use strict';

const { pretty } = require('./pretty');

/**
 * The difference of two texts by lines, as Bun shows it: `-` expected, `+` received.
 *
 * @param {string} expected
 * @param {string} received
 * @returns {string}
 */
function diffLines(expected, received) {
  const a = expected.split('\n');
  const b = received.split('\n');
  const lines = [];
  let removed = 0;
  let added = 0;
  for (const [mark, line] of script(a, b)) {
    if (mark === '-') removed++;
    if (mark === '+') added++;
    lines.push(`${mark} ${line}`);
  }
  return `${lines.join('\n')}\n\n- Expected  - ${removed}\n+ Received  + ${added}`;
}

/** Above this many cells the table of the exact algorithm costs too much. */
const exactLimit = 4_000_000;

/**
 * @param {string[]} a
 * @param {string[]} b
 * @returns {['-' | '+' | ' ', string][]} removals before additions in each run
 */
function script(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middleA = a.slice(head, a.length - tail);
  const middleB = b.slice(head, b.length - tail);
  /** @type {['-' | '+' | ' ', string][]} */
  const out = a.slice(0, head).map((line) => [' ', line]);
  out.push(...middle(middleA, middleB));
  for (const line of a.slice(a.length - tail)) out.push([' ', line]);
  return out;
}

/** @param {string[]} a @param {string[]} b @returns {['-' | '+' | ' ', string][]} */
function middle(a, b) {
  if (a.length * b.length > exactLimit) {
    return [
      ...a.map((line) => /** @type {['-', string]} */ (['-', line])),
      ...b.map((line) => /** @type {['+', string]} */ (['+', line])),
    ];
  }
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1] + 1
          : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  /** @type {['-' | '+' | ' ', string][]} */
  const out = [];
  /** @type {['+', string][]} */
  let additions = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(...additions, [' ', a[i]]);
      additions = [];
      i++;
      j++;
    } else if (i < a.length && (j === b.length || common[(i + 1) * width + j] >= common[i * width + j + 1]))
      out.push(['-', a[i++]]);
    else additions.push(['+', b[j++]]);
  }
  out.push(...additions);
  return out;
}

/** How two values differ, in the form of snapshots. @param {unknown} expected @param {unknown} received */
function prettyDifference(expected, received) {
  const [e, r] = [pretty(expected), pretty(received)];
  return e.includes('\n') || r.includes('\n') ? `${diffLines(e, r)}\n` : `Expected: ${e}\nReceived: ${r}\n`;
}

module.exports = { diffLines, prettyDifference };
