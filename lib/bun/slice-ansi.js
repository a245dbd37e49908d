'use strict';

const { SEQUENCE, stylesOf, linkOf } = require('./ansi-sequence');
const stringWidth = require('./string-width');

const PRINTABLE = /^[\u0020-\u007E]*$/;

/** @typedef {{ text: string, width: number, sequences?: string[] }} Token a character as the reader sees it, or sequences between two */

/** @type {Intl.Segmenter | undefined} */
let segmenter;

/**
 * `Bun.sliceAnsi`: a part of text by columns of a terminal, with the styles and the link that hold there.
 *
 * @see https://bun.com/docs/runtime/utils
 * @param {unknown} [input] made a string first
 * @param {unknown} [start] first column; below zero from the end
 * @param {unknown} [end] column after the last; below zero from the end
 * @param {unknown} [options] `{ ellipsis, ambiguousIsNarrow }`, an ellipsis, or `ambiguousIsNarrow`
 * @param {unknown} [ambiguousIsNarrow]
 * @returns {string}
 */
function sliceAnsi(
  input = undefined,
  start = undefined,
  end = undefined,
  options = undefined,
  ambiguousIsNarrow = undefined,
) {
  const text = typeof input === 'string' ? input : `${input}`;
  const { ellipsis, narrow } = readOptions(options, ambiguousIsNarrow);
  let from = start === undefined ? 0 : toInteger(start);
  let to = end === undefined ? Infinity : toInteger(end);
  if (from === 0 && to === Infinity && ellipsis === '') return text;
  const width = () => stringWidth(text, { ambiguousIsNarrow: narrow });
  if (from < 0 || to < 0) {
    const total = width();
    if (from < 0) from = Math.max(0, from + total);
    if (to < 0) to = Math.max(0, to + total);
    if (from >= total) return '';
    if (to >= total) to = Infinity;
  }
  if (to <= from) return '';
  const mark = ellipsis === '' ? 0 : stringWidth(ellipsis, { ambiguousIsNarrow: narrow });
  if (mark === 0) return new Slice(from, to, to).take(tokens(text, narrow));
  return truncate(text, from, to, { ellipsis, mark, total: width(), narrow });
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {{ ellipsis: string, mark: number, total: number, narrow: boolean }} facts `mark`, `total`: columns of the ellipsis and of the text
 * @returns {string} the slice with the ellipsis where something was cut off, both within the columns asked for
 */
function truncate(text, from, to, { ellipsis, mark, total, narrow }) {
  const before = from > 0;
  const after = to < total;
  if (before && from >= total) return '';
  const end = Math.min(to, total);
  if (!before && !after) return new Slice(from, to, to).take(tokens(text, narrow));
  const room = end - from;
  if (room <= mark) return ellipsis;
  const both = before && after && room > mark * 2;
  const trailing = after && (!before || both);
  const slice = new Slice(before ? from + mark : from, to, trailing ? end - mark : to);
  return slice.take(tokens(text, narrow), before ? ellipsis : '', trailing ? ellipsis : '');
}

/** @param {unknown} value @returns {number} as `String.prototype.slice` takes it */
function toInteger(value) {
  const number = Math.trunc(Number(value));
  return Number.isNaN(number) ? 0 : number;
}

/** @param {unknown} options @param {unknown} positional */
function readOptions(options, positional) {
  const given = typeof options === 'object' && options !== null ? /** @type {any} */ (options) : {};
  const ellipsis = typeof options === 'string' ? options : given.ellipsis;
  const ambiguous = typeof options === 'boolean' ? options : (given.ambiguousIsNarrow ?? positional);
  return {
    ellipsis: typeof ellipsis === 'string' ? ellipsis : '',
    narrow: ambiguous === undefined ? true : Boolean(ambiguous),
  };
}

/**
 * @param {string} text
 * @param {boolean} narrow
 * @returns {Token[]} sequences inside of one character belong to it
 */
function tokens(text, narrow) {
  /** @type {{ at: number, text: string }[]} */
  const sequences = [];
  let removed = 0;
  const visible = text.replace(SEQUENCE, (sequence, /** @type {number} */ at) => {
    sequences.push({ at: at - removed, text: sequence });
    removed += sequence.length;
    return '';
  });
  const characters = PRINTABLE.test(visible)
    ? visible.split('')
    : Array.from(
        (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })).segment(visible),
        ({ segment }) => segment,
      );
  const result = [];
  let at = 0;
  let next = 0;
  for (const character of characters) {
    while (sequences[next]?.at === at) result.push({ text: '', width: 0, sequences: [sequences[next++].text] });
    /** @type {Token} */
    const token = {
      text: character,
      width: stringWidth(character, { countAnsiEscapeCodes: true, ambiguousIsNarrow: narrow }),
    };
    for (let done = at; sequences[next]?.at < at + character.length; next++) {
      token.sequences ??= [];
      token.sequences.push(character.slice(done - at, sequences[next].at - at), sequences[next].text);
      done = sequences[next].at;
    }
    result.push(token);
    at += character.length;
  }
  for (; next < sequences.length; next++) result.push({ text: '', width: 0, sequences: [sequences[next].text] });
  return result;
}

/** What has been taken so far, and the styles and the link that hold at this place. */
class Slice {
  /** By key. @type {Map<number, import('./ansi-sequence').Style>} */
  #styles = new Map();
  /** @type {{ sequence: string, close: string } | undefined} */
  #link;
  #begun = false;
  #output = '';
  #from;
  #to;
  #stop;

  /**
   * @param {number} from first column
   * @param {number} to column from which on sequences only close what is open
   * @param {number} stop column from which on no character is taken
   */
  constructor(from, to, stop) {
    this.#from = from;
    this.#to = to;
    this.#stop = stop;
  }

  /** @param {Token[]} all @param {string} [leading] @param {string} [trailing] ellipses @returns {string} */
  take(all, leading = '', trailing = '') {
    let column = 0;
    for (const { text, width, sequences } of all) {
      if (text === '') {
        this.#sequence(/** @type {string[]} */ (sequences)[0], column >= this.#to);
        continue;
      }
      if (column >= this.#stop) break;
      if (!this.#begun && column >= this.#from) this.#begin(leading);
      if (sequences) this.#inside(text, sequences);
      else if (this.#begun) this.#output += text;
      column += width;
    }
    if (!this.#begun) return leading;
    if (this.#link) this.#output += this.#link.close;
    this.#output += trailing;
    const ends = new Set([...this.#styles.values()].reverse().map(({ end }) => end));
    for (const end of ends) this.#output += `\u001B[${end}m`;
    return this.#output;
  }

  /** @param {string} leading an ellipsis takes the style, but is no part of a link */
  #begin(leading) {
    this.#begun = true;
    for (const { text } of this.#styles.values()) this.#output += text;
    this.#output += leading;
    if (this.#link) this.#output += this.#link.sequence;
  }

  /** @param {string} text @param {string[]} parts text and sequences by turns; the rest of the text is after the last */
  #inside(text, parts) {
    let rest = text;
    for (let index = 0; index < parts.length; index += 2) {
      if (this.#begun) this.#output += parts[index];
      rest = rest.slice(parts[index].length);
      this.#sequence(parts[index + 1], false);
    }
    if (this.#begun) this.#output += rest;
  }

  /** @param {string} sequence @param {boolean} past whether it stands behind the slice, where only what closes counts */
  #sequence(sequence, past) {
    const styles = stylesOf(sequence);
    if (styles) return this.#style(sequence, styles, past);
    const link = linkOf(sequence);
    if (link) return this.#hyperlink(sequence, link, past);
    if (this.#begun && !past) this.#output += sequence;
  }

  /** @param {string} sequence @param {import('./ansi-sequence').Style[]} styles @param {boolean} past */
  #style(sequence, styles, past) {
    if (past) {
      const closes = styles.some(
        ({ starts, code, end }) => !starts && (code === 0 ? this.#styles.size > 0 : this.#ends(end)),
      );
      if (!closes || styles.some(({ starts }) => starts)) return;
    }
    for (const style of styles) {
      if (style.starts) {
        this.#styles.delete(style.key); // so that it stands last
        this.#styles.set(style.key, style);
      } else if (style.code === 0) this.#styles.clear();
      else for (const [key, { end }] of this.#styles) if (end === style.end) this.#styles.delete(key);
    }
    if (this.#begun) this.#output += sequence;
  }

  /** @param {number} end @returns {boolean} whether that closes a style which holds */
  #ends(end) {
    for (const style of this.#styles.values()) if (style.end === end) return true;
    return false;
  }

  /** @param {string} sequence @param {import('./ansi-sequence').Link} link @param {boolean} past */
  #hyperlink(sequence, { prefix, uri, terminator }, past) {
    if (past && (uri !== '' || !this.#link)) return;
    this.#link = uri === '' ? undefined : { sequence, close: `${prefix}8;;${terminator}` };
    if (this.#begun) this.#output += sequence;
  }
}

module.exports = sliceAnsi;
