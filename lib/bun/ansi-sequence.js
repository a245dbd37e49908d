'use strict';

/**
 * Escape sequences of terminals in text: where they stand, and what the ones that style text mean.
 */

/** CSI (whole, malformed or cut off), control strings up to their terminator or to the next escape, and the other escapes of ECMA-48. */
const SEQUENCE =
  // eslint-disable-next-line no-control-regex
  /(?:\u001B\[|\u009B)[\u0000-\u001A\u001C-\u003F]*[\u0040-\u007E]?|(?:\u001B\]|\u009D)[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C|(?=\u001B))|(?:\u001B[PX^_]|[\u0090\u0098\u009E\u009F])[^\u001B\u009C]*(?:\u001B\\|\u009C|(?=\u001B))|\u001B[\u0020-\u002F]+[\u0030-\u007E]?|\u001B[\u0030-\u004F\u0051-\u0057\u0059\u005A\u005C\u0060-\u007E]|\u009C/g;
// eslint-disable-next-line no-control-regex
const SGR = /^(?:\u001B\[|\u009B)([0-9;:]*)m$/;
// eslint-disable-next-line no-control-regex
const HYPERLINK = /^(\u001B\]|\u009D)8;([^;]*);([^]*?)(\u0007|\u001B\\|\u009C)$/;

/** What ends each style. @type {Map<number, number>} */
const ends = new Map([
  [1, 22],
  [2, 22],
  [3, 23],
  [4, 24],
  [5, 25],
  [6, 25],
  [7, 27],
  [8, 28],
  [9, 29],
  [20, 23],
  [21, 24],
  [38, 39],
  [48, 49],
  [51, 54],
  [52, 54],
  [53, 55],
  [58, 59],
  [73, 75],
  [74, 75],
]);
for (let color = 0; color < 8; color++) {
  for (const [first, end] of [
    [30, 39],
    [40, 49],
    [90, 39],
    [100, 49],
  ])
    ends.set(first + color, end);
}
const closing = new Set(ends.values());
/** Styles that hold beside another one with the same end: bold and faint, single and double underline. */
const beside = new Set([2, 20, 21, 52]);
/** The largest number that a parameter counts for. */
const LARGEST = 999999;

/** @typedef {{ starts: boolean, code: number, end: number, key: number, text: string }} Style one effect of an SGR sequence; code 0 ends all,
 * a style takes the place of one with the same key */
/** @typedef {{ prefix: string, uri: string, terminator: string }} Link */

/** @param {string} text @returns {number} columns of colour arguments that follow 38, 48 or 58 */
function colorArguments(text) {
  if (text === '5') return 2;
  return text === '2' ? 4 : 0;
}

/**
 * @param {string} sequence
 * @returns {Style[] | undefined} what it does to the style, in order; none if it is no SGR sequence
 */
function stylesOf(sequence) {
  const match = SGR.exec(sequence);
  if (!match) return undefined;
  const introducer = sequence[0] === '\u001B' ? '\u001B[' : '\u009B';
  if (match[1].includes(':')) {
    const code = Number.parseInt(match[1], 10) || 0;
    return [styleOf(code, `${introducer}${match[1]}m`)];
  }
  const parameters = match[1].split(';');
  const styles = [];
  for (let index = 0; index < parameters.length; index++) {
    const code = Math.min(Number(parameters[index]), LARGEST);
    let last = index;
    if (code === 38 || code === 48 || code === 58) {
      const more = colorArguments(parameters[index + 1]);
      if (index + more < parameters.length) last = index + more;
    }
    const values = [code, ...parameters.slice(index + 1, last + 1).map((value) => Math.min(Number(value), LARGEST))];
    styles.push(styleOf(code, `${introducer}${values.join(';')}m`));
    index = last;
  }
  return styles;
}

/** @param {number} code @param {string} text @returns {Style} */
function styleOf(code, text) {
  if (code === 0) return { starts: false, code, end: 0, key: 0, text };
  if (closing.has(code)) return { starts: false, code, end: code, key: code, text };
  const end = ends.get(code) ?? 0;
  return { starts: true, code, end, key: beside.has(code) ? -code : end, text };
}

/** @param {string} sequence @returns {Link | undefined} the hyperlink that it opens, or with an empty `uri` closes */
function linkOf(sequence) {
  const match = HYPERLINK.exec(sequence);
  return match ? { prefix: match[1], uri: match[3], terminator: match[4] } : undefined;
}

module.exports = { SEQUENCE, stylesOf, linkOf };
