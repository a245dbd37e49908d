'use strict';

const stringWidth = require('./string-width');

// eslint-disable-next-line no-control-regex
const START = /[\u001B\u009B]/;
// eslint-disable-next-line no-control-regex
const LEADING = /^(?:\s|(?:\u001B\[|\u009B)[0-9;:]*m|\u001B\]8;[^\u0007]*\u0007)*/;
const WHITE_SPACE = /\s+/g;
// eslint-disable-next-line no-control-regex
const STYLE_OR_LINK = /(?:\u001B\[|\u009B)(\d*)m|\u001B\]8;;([^\u0007]*)\u0007/y;
const FOREGROUND_END = '39';

/** What ends the styles that are taken up again on the next row. @type {Map<string, number>} */
const ends = new Map([
  ['1', 22],
  ['2', 22],
  ['3', 23],
  ['4', 24],
  ['7', 27],
  ['8', 28],
  ['9', 29],
  ['53', 55],
]);
for (let color = 0; color < 8; color++) {
  for (const [first, end] of [
    [30, 39],
    [40, 49],
    [90, 39],
    [100, 49],
  ])
    ends.set(`${first + color}`, end);
}

/** @typedef {{ hard: boolean, wordWrap: boolean, trim: boolean, width: (text: string) => number }} How */

/**
 * `Bun.wrapAnsi`: text broken into rows that fit into columns of a terminal; styles and links end with a row and begin anew.
 *
 * @see https://bun.com/docs/runtime/utils
 * @param {unknown} [input] made a string first
 * @param {unknown} [columns] text stays as it is unless this is a positive number
 * @param {{ hard?: boolean, wordWrap?: boolean, trim?: boolean, ambiguousIsNarrow?: boolean }} [options]
 * @returns {string}
 */
function wrapAnsi(input = undefined, columns = undefined, options = undefined) {
  const text = typeof input === 'string' ? input : `${input}`;
  const most = Math.trunc(Number(columns));
  if (!(most > 0) || most === Infinity) return text;
  const { hard = false, wordWrap = true, trim = true, ambiguousIsNarrow = true } = options ?? {};
  const width = (/** @type {string} */ part) => stringWidth(part, { ambiguousIsNarrow });
  const how = { hard, wordWrap, trim, width };
  return text
    .split(/\r?\n/)
    .map((line) => wrapLine(line, most, how))
    .join('\n');
}

/** @param {string} line @param {number} columns @param {How} how @returns {string} */
function wrapLine(line, columns, how) {
  const { hard, wordWrap, trim, width } = how;
  if (trim && line.trim() === '') return '';
  const rows = [''];
  let first = true;
  for (const word of line.split(' ')) {
    const length = width(word);
    if (trim) rows[rows.length - 1] = trimStart(lastOf(rows));
    let used = width(lastOf(rows));
    if (!first) {
      if (used >= columns && !(wordWrap && trim)) {
        rows.push('');
        used = 0;
      }
      if (used > 0 || !trim) {
        rows[rows.length - 1] += ' ';
        used += 1;
      }
    }
    first = false;
    if (hard && length > columns) {
      const here = 1 + Math.floor((length - (columns - used) - 1) / columns);
      if (Math.floor((length - 1) / columns) < here) rows.push('');
      breakWord(rows, word, columns, width);
      continue;
    }
    if (used + length > columns && used > 0 && length > 0) {
      if (!wordWrap && used < columns) {
        breakWord(rows, word, columns, width);
        continue;
      }
      rows.push('');
      used = 0;
    }
    if (used + length > columns && !wordWrap) breakWord(rows, word, columns, width);
    else rows[rows.length - 1] += word;
  }
  return restyle((trim ? rows.map((row) => trimEnd(row, width)) : rows).join('\n'));
}

/** @param {string[]} rows @returns {string} */
const lastOf = (rows) => rows[rows.length - 1];

/**
 * Fills the last row with code points of a word (Bun takes no characters as the reader sees them) and goes on in new ones.
 *
 * @param {string[]} rows
 * @param {string} word
 * @param {number} columns
 * @param {(text: string) => number} width
 */
function breakWord(rows, word, columns, width) {
  let used = width(lastOf(rows));
  let escape = '';
  let after = 0;
  for (const character of word) {
    after += character.length;
    if (escape === '' && START.test(character)) escape = word.startsWith(']8;;', after) ? '\u0007' : 'm';
    if (escape !== '') {
      rows[rows.length - 1] += character;
      if (character === escape) escape = '';
      continue;
    }
    const length = width(character);
    if (used + length <= columns) rows[rows.length - 1] += character;
    else {
      rows.push(character);
      used = 0;
    }
    used += length;
    if (used === columns && after < word.length) {
      rows.push('');
      used = 0;
    }
  }
  // A row of nothing but sequences belongs to the row before.
  if (used === 0 && lastOf(rows) !== '' && rows.length > 1) rows.push(`${rows.splice(-2, 1)}${rows.pop()}`);
}

/** @param {string} row @returns {string} without white space at its start; sequences stay */
function trimStart(row) {
  const start = /** @type {RegExpExecArray} */ (LEADING.exec(row))[0];
  return start === '' ? row : start.replace(WHITE_SPACE, '') + row.slice(start.length);
}

/** @param {string} row @param {(text: string) => number} width @returns {string} without spaces at its end; sequences stay */
function trimEnd(row, width) {
  const words = row.split(' ');
  let last = words.length;
  while (last > 0 && width(words[last - 1]) === 0) last -= 1;
  return last === words.length ? row : words.slice(0, last).join(' ') + words.slice(last).join('');
}

/** @param {string} text rows @returns {string} with what holds at the end of a row closed there and opened on the next */
function restyle(text) {
  if (!START.test(text)) return text;
  let style = '';
  let link = '';
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    result += character;
    if (START.test(character)) {
      STYLE_OR_LINK.lastIndex = index;
      const match = STYLE_OR_LINK.exec(text);
      if (match?.[1] !== undefined) style = Number(match[1]) === Number(FOREGROUND_END) ? '' : match[1];
      else if (match) link = match[2];
    }
    const end = ends.get(style);
    if (character === '\n') {
      if (end !== undefined) result += `\u001B[${style}m`;
      if (link !== '') result += `\u001B]8;;${link}\u0007`;
    }
    if (text[index + 1] === '\n') {
      if (link !== '') result += '\u001B]8;;\u0007';
      if (end !== undefined) result += `\u001B[${end}m`;
    }
  }
  return result;
}

module.exports = wrapAnsi;
