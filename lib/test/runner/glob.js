'use strict';

/** @type {Map<string, RegExp>} */
const compiled = new Map();

/**
 * Whether a path with `/` separators matches a glob (`*`, `**`, `?`, `[…]`, `{a,b}`).
 *
 * @param {string} subject
 * @param {string} pattern
 */
function matchesGlob(subject, pattern) {
  let expression = compiled.get(pattern);
  if (!expression) compiled.set(pattern, (expression = toRegExp(pattern)));
  return expression.test(subject);
}

/** @param {string} pattern */
function toRegExp(pattern) {
  let source = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '*') {
      if (pattern[i + 1] !== '*') source += '[^/]*';
      else if (pattern[i + 2] === '/') {
        source += '(?:.*/)?';
        i += 2;
      } else {
        source += '.*';
        i++;
      }
    } else if (c === '?') source += '[^/]';
    else if (c === '{') {
      source += '(?:';
      depth++;
    } else if (c === '}' && depth > 0) {
      source += ')';
      depth--;
    } else if (c === ',' && depth > 0) source += '|';
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 1);
      if (end < 0) source += '\\[';
      else {
        source += `[${pattern.slice(i + 1, end).replace(/^!/, '^')}]`;
        i = end;
      }
    } else source += c.replace(/[\\^$.|+()]/, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

module.exports = { matchesGlob };
