'use strict';

const SPECIAL = /["&'<>]/;
const QUOTE = 34;
const AMPERSAND = 38;
const APOSTROPHE = 39;
const LESS = 60;
const GREATER = 62;

/**
 * `Bun.escapeHTML`: makes text safe inside HTML: `"` `&` `'` `<` `>` become entities.
 *
 * @see https://bun.com/docs/runtime/utils#bun-escapehtml
 * @param {unknown} value anything but a symbol; made a string first
 * @returns {string}
 */
function escapeHTML(value) {
  const text = typeof value === 'string' ? value : `${value}`;
  const first = text.search(SPECIAL);
  return first === -1 ? text : escapeFrom(text, first);
}

/** @param {string} text @param {number} first where its first special character stands */
function escapeFrom(text, first) {
  let escaped = '';
  let kept = 0;
  for (let at = first; at < text.length; at++) {
    let entity;
    switch (text.charCodeAt(at)) {
      case QUOTE:
        entity = '&quot;';
        break;
      case AMPERSAND:
        entity = '&amp;';
        break;
      case APOSTROPHE:
        entity = '&#x27;';
        break;
      case LESS:
        entity = '&lt;';
        break;
      case GREATER:
        entity = '&gt;';
        break;
      default:
        continue;
    }
    escaped += kept === at ? entity : text.slice(kept, at) + entity;
    kept = at + 1;
  }
  return kept < text.length ? escaped + text.slice(kept) : escaped;
}

module.exports = escapeHTML;
