'use strict';

/**
 * The grammar of `.env` files as Bun reads them. It is neither `dotenv`'s nor Node's: expansion
 * happens in every kind of quotes, `KEY: value` counts, an unclosed quote is an ordinary character.
 *
 * @see bun-types/docs/runtime/environment-variables.mdx
 */

const KEY = /[A-Za-z0-9_.-]+/y;
const SPACE = /[ \t\v\f\r\n]*/y;
const BLANK = /[ \t\v\f]*/y;
const SEPARATOR = /=|:[ \t\v\f\r\n]/y;
const UNQUOTED = /[^#\r\n]*/y;
const REST_OF_LINE = /[^\r\n]*/y;

/**
 * @param {string} text
 * @returns {Map<string, string>} in order of appearance, unexpanded; of two equal keys the last counts
 */
function parseDotenv(text) {
  const values = new Map();
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  const take = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [''];
    at += found.length;
    return found;
  };

  while ((take(SPACE), at < text.length)) {
    const key = text[at] === '#' ? '' : takeKey();
    if (key) values.set(key, takeValue());
    take(REST_OF_LINE);
  }
  return values;

  /** Leaves `at` behind the separator, or behind the last name when none follows. */
  function takeKey() {
    let key = take(KEY);
    if (key && takeSeparator()) return key;
    if (key !== 'export') return '';
    const end = at;
    if (take(SPACE) && (key = take(KEY)) && takeSeparator()) return key;
    if (!key) at = end;
    return '';
  }

  function takeSeparator() {
    const end = at;
    take(SPACE);
    if (take(SEPARATOR)) return true;
    at = end;
    return false;
  }

  function takeValue() {
    const start = at;
    take(SPACE); // a quoted value may start on a later line
    const quote = text[at];
    if (quote === '"' || quote === "'" || quote === '`') {
      const end = closingQuote(text, at);
      if (end !== -1) {
        const inner = text.slice(at + 1, end).replaceAll(/\r\n?/g, '\n');
        at = end + 1;
        return quote === '"' ? unescape(inner) : inner;
      }
    }
    at = start;
    take(BLANK);
    return take(UNQUOTED).replace(/[ \t\v\f]+$/, '');
  }
}

/** @param {string} text @param {number} start of the opening quote @returns {number} -1: it is never closed */
function closingQuote(text, start) {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at;
  }
  return -1;
}

/** Between double quotes `\n` and `\r` are line ends; every other escape stays as written. @param {string} inner */
function unescape(inner) {
  return inner.replaceAll(/\\([^])/g, (pair, letter) => (letter === 'n' ? '\n' : letter === 'r' ? '\r' : pair));
}

/**
 * Replaces `$NAME`, `${NAME}` and `${NAME:-default}`, and `\$` by `$`. What a variable holds is not
 * expanded again; braces that hold anything else stay as written, and so does all that follows
 * braces which are never closed.
 *
 * @param {string} value
 * @param {(name: string) => string | undefined} lookup
 * @returns {string}
 */
function expand(value, lookup) {
  let out = '';
  for (let at = 0; at < value.length;) {
    if (value.startsWith('\\$', at)) {
      out += '$';
      at += 2;
    } else if (value.startsWith('${', at)) {
      const close = closingBrace(value, at + 2);
      if (close === -1) return out + value.slice(at);
      out += expandBraces(value.slice(at + 2, close), lookup);
      at = close + 1;
    } else if (value[at] === '$') {
      const name = /^[A-Za-z0-9_]*/.exec(value.slice(at + 1))?.[0] ?? '';
      out += name ? (lookup(name) ?? '') : '$';
      at += 1 + name.length;
    } else {
      out += value[at++];
    }
  }
  return out;
}

/** @param {string} inner what stands between `${` and `}` @param {(name: string) => string | undefined} lookup */
function expandBraces(inner, lookup) {
  const [, name, rest] = /** @type {RegExpExecArray} */ (/^([A-Za-z0-9_]*)([^]*)$/.exec(inner));
  if (rest !== '' && !rest.startsWith(':-')) return `\${${inner}}`;
  return lookup(name) ?? expand(rest.slice(2), lookup);
}

/** @param {string} value @param {number} at @returns {number} -1: there is none */
function closingBrace(value, at) {
  for (let depth = 1; at < value.length; at++) {
    if (value.startsWith('${', at)) depth += 1;
    else if (value[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

/**
 * Adds the variables of one file to an environment. What is there already stays; a value may refer
 * to what the environment holds and to any variable of its own file.
 *
 * @param {string} text
 * @param {Record<string, string | undefined>} environment
 */
function applyDotenv(text, environment) {
  const added = [];
  for (const [key, value] of parseDotenv(text)) {
    if (environment[key] !== undefined) continue;
    environment[key] = value;
    added.push(key);
  }
  for (const key of added)
    environment[key] = expand(/** @type {string} */ (environment[key]), (name) => environment[name]);
}

module.exports = { parseDotenv, expand, applyDotenv };
