'use strict';

/**
 * `JSON.parse` of files and bodies, whose errors have Bun's wording: a text that V8 refuses is read
 * again for the first thing that Bun stumbles over.
 */

const STRING = /"[^"\\\u0000-\u001F]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\u0000-\u001F]*)*/.source;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.source;
const TOKEN = `[ \\t\\r\\n]*(?:(${STRING}")|(${NUMBER})|(true|false|null)|([A-Za-z_$][\\w$]*)|([[\\](){},:;.=])|$)`;

const failure = (/** @type {string} */ message) => new SyntaxError(`JSON Parse error: ${message}`);

/**
 * @param {string} text
 * @returns {any}
 * @throws {SyntaxError} in Bun's words
 */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw complaint(text) ?? error;
  }
}

/** As `parseJson`; Bun has other words for an empty file or body. @param {string} text */
const parseBody = (text) => (text === '' ? JSON.parse(text) : parseJson(text));

/** @param {string} text */
function complaint(text) {
  try {
    read(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** @param {string} text */
function read(text) {
  const next = lexer(text);
  /** @type {string[]} */
  const open = [];
  let token = next();
  do {
    const end = token === '[' ? ']' : token === '{' ? '}' : '';
    if (end !== '') {
      token = next();
      if (token !== end) {
        open.push(end);
        if (end === '}') token = member(token, "Expected '}'", next);
        continue;
      }
    } else if (token === '') throw failure('Unexpected EOF');
    else if (token.startsWith('w')) throw failure(`Unexpected identifier "${token.slice(1)}"`);
    else if (token.length === 1) throw failure(`Unexpected token '${token}'`);
    token = next();
    while (open.length > 0 && token === open[open.length - 1]) {
      open.pop();
      token = next();
    }
    if (open.length === 0) break;
    token = following(token, open[open.length - 1], next);
  } while (open.length > 0);
  if (token !== '') throw failure('Unable to parse JSON string');
}

/** What stands after a value in an array or object: the next value's token. @param {string} token @param {string} end @param {() => string} next */
function following(token, end, next) {
  if (token !== ',') throw failure(`Expected '${end}'`);
  const after = next();
  if (end === '}') return member(after, 'Property name must be a string literal', next);
  if (after === ']') throw failure('Unexpected comma at the end of array expression');
  return after;
}

/** @param {string} token the key @param {string} otherwise @param {() => string} next */
function member(token, otherwise, next) {
  if (token !== 'string') throw failure(otherwise);
  if (next() !== ':') throw failure("Expected ':' before value in object property definition");
  return next();
}

/**
 * Gives `string`, `value`, a punctuation mark, `w` and a word, or nothing at the end.
 *
 * @param {string} text
 */
function lexer(text) {
  const pattern = new RegExp(TOKEN, 'y');
  return () => {
    const from = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) throw unreadable(text, from);
    const [, string, number, keyword, word, mark] = found;
    if (string !== undefined) return 'string';
    if (number !== undefined && /^-?\d+$/.test(number) && /^\.(?!\d)/.test(text.substr(pattern.lastIndex, 2)))
      throw failure('Invalid digits after decimal point');
    if (number !== undefined || keyword !== undefined) return 'value';
    return word === undefined ? (mark ?? '') : `w${word}`;
  };
}

/** @param {string} text @param {number} from */
function unreadable(text, from) {
  const rest = text.slice(from).replace(/^[ \t\r\n]+/, '');
  if (rest[0] === "'") return failure("Single quotes (') are not allowed in JSON");
  if (rest[0] === '-') return failure('Invalid number');
  if (rest[0] !== '"') return failure(`Unrecognized token '${rest[0]}'`);
  const [good] = /** @type {RegExpExecArray} */ (new RegExp(STRING).exec(rest));
  const [backslash, escape] = rest.slice(good.length, good.length + 2);
  if (backslash !== '\\' || escape === undefined) return failure('Unterminated string');
  if (escape !== 'u') return failure(`Invalid escape character ${escape}`);
  const digits = rest.substr(good.length + 2, 4);
  return failure(
    digits.length < 4 ? '\\u must be followed by 4 hex digits' : `"\\u${digits}" is not a valid unicode escape`,
  );
}

module.exports = { parseJson, parseBody };
