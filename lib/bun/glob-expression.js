'use strict';

/**
 * Plain patterns as regular expressions. V8 compiles them, and no call leaves JavaScript, which is
 * most of the time of a match. Patterns with groups, classes, escapes or many wildcards are left to
 * the engine: its time is bounded, a regular expression's would not be.
 */

const SPECIAL = /[[\]{}()!\\|+@]/;
const WILDCARDS = 3;

/**
 * @param {string} pattern
 * @returns {RegExp | undefined} undefined when the pattern is not plain
 */
function plainExpression(pattern) {
  if (SPECIAL.test(pattern) || !pattern.isWellFormed?.()) return undefined;
  if ((pattern.match(/\*+/g)?.length ?? 0) > WILDCARDS) return undefined;
  const parts = pattern.split('/');
  let source = '';
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    if (part === '**') source += last ? '[^]*' : '(?:[^]*/)?';
    else if (last && part === '*' && parts[index - 1] === '**') source += '[^/]+';
    else source += part.replace(/\*+|[^]/gu, translate) + (last ? '' : '/');
  });
  return new RegExp(`^${source}$`, 'u');
}

/** @param {string} token a run of stars or one character */
function translate(token) {
  if (token[0] === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  return /[.^$]/.test(token) ? `\\${token}` : token;
}

module.exports = { plainExpression };
