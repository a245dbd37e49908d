'use strict';

/**
 * Where a JSON value ends, and if it does not parse, whether more text could mend it. V8's `JSON.parse` tells
 * neither. The verdict is that of a tokenizer: a token that ends where the text ends may go on in the next chunk.
 */

const INCOMPLETE = -1;
const BROKEN = -2;

const PUNCTUATION = '[]{}:,';
const SPACE = /[ \t\r\n]*/y;
const WORD = /true|false|null|[A-Za-z_$][A-Za-z0-9_$]*/y;
// eslint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001F]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const DIGITS = /[0-9]*/y;
const HEX = /^[0-9A-Fa-f]{4}$/;
const ESCAPES = '"\\/bfnrt';

/** @param {RegExp} pattern sticky, matches also nothing @param {string} text @param {number} at @returns {number} where the match ends */
function skip(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/**
 * @param {string} text
 * @param {number} start
 * @returns {number} the end of the value that starts there, `INCOMPLETE` or `BROKEN`
 */
function endOfValue(text, start) {
  /** What is open, `[` or `{`. @type {string[]} */
  const open = [];
  let expects = 'value';
  let at = start;
  for (;;) {
    at = skip(SPACE, text, at);
    if (at >= text.length) return INCOMPLETE;
    const token = text[at];
    const end = endOfToken(text, at);
    if (end < 0) return end;
    const next = follow(expects, kindOf(token, text, at, end), open);
    if (next === undefined) return end === text.length ? INCOMPLETE : BROKEN;
    expects = next;
    at = end;
    if (expects === 'end') return at;
  }
}

/** @param {string} token its first character @param {string} text @param {number} at @param {number} end */
function kindOf(token, text, at, end) {
  if (token === '"') return 'string';
  if (PUNCTUATION.includes(token)) return token;
  if (token === '-' || (token >= '0' && token <= '9')) return 'scalar';
  const word = text.slice(at, end);
  return word === 'true' || word === 'false' || word === 'null' ? 'scalar' : 'word';
}

/** @type {Record<string, string[]>} what may come, by what is expected */
const grammar = {
  value: ['string', 'scalar', '[', '{'],
  'value or ]': ['string', 'scalar', '[', '{', ']'],
  key: ['string'],
  'key or }': ['string', '}'],
  colon: [':'],
};

/**
 * @param {string} expects
 * @param {string} kind of the token
 * @param {string[]} open
 * @returns {string | undefined} what is expected now; none if the token is out of place
 */
function follow(expects, kind, open) {
  const inside = open.at(-1);
  if (expects === 'more') {
    if (kind === ',') return inside === '[' ? 'value' : 'key';
    if (kind !== (inside === '[' ? ']' : '}')) return undefined;
  } else if (!grammar[expects].includes(kind)) return undefined;
  if (expects === 'colon') return 'value';
  if (expects.startsWith('key') && kind === 'string') return 'colon';
  if (kind === '[' || kind === '{') {
    open.push(kind);
    return kind === '[' ? 'value or ]' : 'key or }';
  }
  if (kind === ']' || kind === '}') open.pop();
  return open.length === 0 ? 'end' : 'more';
}

/** @param {string} text @param {number} at @returns {number} its end, `INCOMPLETE` or `BROKEN` */
function endOfToken(text, at) {
  const first = text[at];
  if (PUNCTUATION.includes(first)) return at + 1;
  if (first === '"') return endOfString(text, at + 1);
  if (first === '-' || (first >= '0' && first <= '9')) return endOfNumber(text, at);
  const end = skip(WORD, text, at);
  return end === at ? BROKEN : end;
}

/** @param {string} text @param {number} at behind the quote */
function endOfString(text, at) {
  for (;;) {
    at = skip(PLAIN, text, at);
    if (at >= text.length) return INCOMPLETE;
    if (text[at] === '"') return at + 1;
    if (text[at] !== '\\') return BROKEN;
    if (at + 1 >= text.length) return INCOMPLETE;
    if (text[at + 1] === 'u') {
      if (!HEX.test(text.slice(at + 2, at + 6))) return BROKEN;
      at += 6;
    } else if (ESCAPES.includes(text[at + 1])) at += 2;
    else return BROKEN;
  }
}

/** @param {string} text @param {number} at */
function endOfNumber(text, at) {
  NUMBER.lastIndex = at;
  if (!NUMBER.test(text)) return at + 1 === text.length ? INCOMPLETE : BROKEN;
  const end = NUMBER.lastIndex;
  if (text[end] !== '.' || /[.eE]/.test(text.slice(at, end))) return end;
  return skip(DIGITS, text, end + 1) === text.length ? INCOMPLETE : BROKEN;
}

module.exports = { endOfValue, INCOMPLETE };
