'use strict';

const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;
const CONTROL = new Map([
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
]);
const PUNCTUATION = /[,\-=<>#&!%:;@~'`"]/;

/** @see https://tc39.es/ecma262/#sec-regexp.escape */
module.exports = {
  /** @param {string} text */
  escape(text) {
    if (typeof text !== 'string') throw new TypeError('RegExp.escape requires a string');
    let result = '';
    for (const character of text) {
      const first = result === '' && /[0-9A-Za-z]/.test(character);
      result += first ? code(character) : escapeOne(character);
    }
    return result;
  },
};

/** @param {string} character */
function escapeOne(character) {
  if (SYNTAX.test(character)) return `\\${character}`;
  const control = CONTROL.get(character);
  if (control !== undefined) return `\\${control}`;
  const lone = character.length === 1 && character >= '\uD800' && character <= '\uDFFF';
  return PUNCTUATION.test(character) || /\s/.test(character) || lone ? code(character) : character;
}

/** @param {string} character */
function code(character) {
  const unit = character.charCodeAt(0);
  return unit <= 0xff ? `\\x${unit.toString(16).padStart(2, '0')}` : `\\u${unit.toString(16).padStart(4, '0')}`;
}
