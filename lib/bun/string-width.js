'use strict';

const { codeError } = require('../internal/errors');
const stripANSI = require('./strip-ansi');
const { widthOf } = require('./string-width-table');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const PRINTABLE = /^[\u0020-\u007E]*$/;
/** What makes several code points one character of another width: joiner, emoji style, flags, skin tones. */
const JOINING = /[\u200D\uFE0F\u{1F1E6}-\u{1F1FF}\u{1F3FB}-\u{1F3FF}]/u;
const EMOJI_STYLE = 0xfe0f;
const JOINER = 0x200d;

/** @type {Intl.Segmenter | undefined} */
let segmenter;

/**
 * `Bun.stringWidth`: how many columns of a terminal text takes.
 *
 * @see https://bun.com/docs/runtime/utils#bun-stringwidth
 * @param {unknown} [value] made a string first
 * @param {{ countAnsiEscapeCodes?: boolean, ambiguousIsNarrow?: boolean }} [options]
 * @returns {number}
 */
function stringWidth(value = '', options = undefined) {
  const given = typeof value === 'string' ? value : `${value}`;
  if (options !== undefined && options !== null && typeof options !== 'object')
    throw ERR_INVALID_ARG_TYPE('options must be an object');
  const text = options?.countAnsiEscapeCodes ? given : stripANSI(given);
  if (PRINTABLE.test(text)) return text.length;
  const narrow = options?.ambiguousIsNarrow ?? true;
  if (!JOINING.test(text)) return clusterWidth(text, Boolean(narrow));
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += clusterWidth(segment, Boolean(narrow));
  return width;
}

/** @param {string} cluster what the reader sees as one character @param {boolean} narrow */
function clusterWidth(cluster, narrow) {
  let width = 0;
  let emoji = false;
  let flags = 0;
  let alone = 0; // skin tones without a skin
  let before = '';
  for (const character of cluster) {
    const code = /** @type {number} */ (character.codePointAt(0));
    if (code === EMOJI_STYLE) emoji ||= width > 0 && /^\p{Emoji}/u.test(cluster);
    else if (code === JOINER) emoji ||= width > 0 && /^\p{Extended_Pictographic}/u.test(cluster);
    if (code >= 0x1f1e6 && code <= 0x1f1ff) flags += 1;
    else if (code >= 0x1f3fb && code <= 0x1f3ff && /\p{Emoji_Modifier_Base}$/u.test(before)) emoji = true;
    else if (code >= 0x1f3fb && code <= 0x1f3ff) alone += 2;
    else width += code >= 0xd800 && code <= 0xdfff ? 0 : widthOf(code, narrow);
    before = character;
  }
  if (flags > 0) return (flags === 1 ? 1 : 2) + alone;
  return (emoji ? 2 : width) + alone;
}

module.exports = stringWidth;
