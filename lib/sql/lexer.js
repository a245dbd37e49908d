'use strict';

/** What Bun looks at in the text of a query: words, quotes and comments, no more. */

const QUOTES = '\'"`';
const WORD = /[\w$\u0080-\uffff]/;

/** Words that say what a helper behind them stands for. @type {Record<string, 'INSERT' | 'UPDATE' | 'SET' | 'IN' | undefined>} */
const COMMANDS = {
  __proto__: /** @type {any} */ (null),
  insert: 'INSERT',
  update: 'UPDATE',
  set: 'SET',
  in: 'IN',
  where: undefined,
};

/**
 * The end of the comment or of the quoted text that begins at a place; the place itself where none
 * does. A quote that nothing closes is a character like any other.
 *
 * @param {string} text
 * @param {number} at
 * @param {boolean} [brackets] whether `[x]` is quoted, too
 */
function endOfOpaque(text, at, brackets) {
  const after = (/** @type {string} */ end, /** @type {number} */ otherwise) => {
    const found = text.indexOf(end, at + (end === '*/' ? 2 : 1));
    return found === -1 ? otherwise : found + end.length;
  };
  switch (text[at]) {
    case "'":
    case '"':
    case '`':
      return after(text[at], at);
    case '[':
      return brackets ? after(']', at) : at;
    case '-':
      return text[at + 1] === '-' ? after('\n', text.length) : at;
    case '/':
      return text[at + 1] === '*' ? after('*/', text.length) : at;
    default:
      return at;
  }
}

/** The end of the word at a place; the place itself where there is none. @param {string} text @param {number} at */
function endOfWord(text, at) {
  while (at < text.length && WORD.test(text[at])) at++;
  return at;
}

/**
 * Says what a helper at the end of a text stands for: the last of the words that say so decides. The text comes in
 * parts and is read once; what the next part may change is read again with it.
 */
class CommandLexer {
  #rest = '';
  /** @type {'INSERT' | 'UPDATE' | 'SET' | 'IN' | undefined} of what is read for good */
  #command;

  /** @param {string} part */
  add(part) {
    this.#rest += part;
  }

  /** @returns {'INSERT' | 'UPDATE' | 'SET' | 'IN' | undefined} */
  closest() {
    const text = this.#rest;
    let command = this.#command;
    let isOpen = false; // a quote that nothing closes yet
    let done = 0;
    for (let at = 0; at < text.length;) {
      const opaque = endOfOpaque(text, at);
      let end = opaque === at ? endOfWord(text, at) : opaque;
      if (opaque === at && end > at) {
        const word = text.slice(at, end).toLowerCase();
        if (word in COMMANDS) command = COMMANDS[word];
      } else if (opaque === at) {
        isOpen ||= QUOTES.includes(text[at]);
        end = at + 1;
      }
      at = end;
      if (isOpen || at === text.length) continue;
      done = at;
      this.#command = command;
    }
    this.#rest = text.slice(done);
    return command;
  }
}

/** Where the next statement begins: behind blanks, comments and semicolons. @param {string} text @param {number} [at] */
function skipBlank(text, at = 0) {
  while (at < text.length) {
    if (/[\s;]/.test(text[at])) at++;
    else if (text.startsWith('--', at) || text.startsWith('/*', at)) at = endOfOpaque(text, at);
    else break;
  }
  return at;
}

/** The first word of a text in capitals, `INSERT`. @param {string} text */
function firstKeyword(text) {
  const start = skipBlank(text);
  return text.slice(start, endOfWord(text, start)).toUpperCase();
}

/**
 * Where the first statement of a text ends. Not for a trigger, whose statements have semicolons of their own.
 *
 * @param {string} text
 */
function endOfStatement(text) {
  let at = skipBlank(text);
  while (at < text.length && text[at] !== ';') at = Math.max(at + 1, endOfOpaque(text, at, true));
  return at;
}

module.exports = { CommandLexer, skipBlank, firstKeyword, endOfStatement };
