'use strict';

/**
 * Plain patterns as JavaScript: no call leaves the virtual machine, which is most of the time of a
 * match. The shapes that most patterns have (`*.ts`, `src/*.ts`, `src/**`, any depth of `*.ts`) compare a start
 * and an end; other plain ones become regular expressions. Patterns with groups, classes, escapes
 * or many wildcards are left to the engine: its time is bounded, a regular expression's would not be.
 */

const SPECIAL = /[[\]{}()!\\|+@]/;
const WILDCARDS = 3;

/**
 * @param {string} pattern
 * @returns {((path: string) => boolean) | undefined} undefined when the pattern is not plain
 */
function plainMatcher(pattern) {
  if (SPECIAL.test(pattern) || !pattern.isWellFormed?.()) return undefined;
  return comparison(pattern) ?? expression(pattern);
}

/** @param {string} pattern @returns {((path: string) => boolean) | undefined} */
function comparison(pattern) {
  if (pattern.includes('?')) return undefined;
  const stars = pattern.match(/\*+/g) ?? [];
  if (stars.length === 0) return (path) => path === pattern;
  if (stars.length === 1) return oneRun(pattern, stars[0]);
  const [, start, end] = /^((?:[^*]*\/)?)\*\*\/\*([^*/]+)$/.exec(pattern) ?? [];
  if (end === undefined) return undefined;
  const least = start.length + end.length;
  return (path) => path.length >= least && path.endsWith(end) && path.startsWith(start);
}

/** @param {string} pattern @param {string} run its only stars @returns {((path: string) => boolean) | undefined} */
function oneRun(pattern, run) {
  const at = pattern.indexOf(run);
  const [start, end] = [pattern.slice(0, at), pattern.slice(at + run.length)];
  const alone = (start === '' || start.endsWith('/')) && (end === '' || end.startsWith('/'));
  if (run === '**' && alone) {
    if (end === '') return (path) => path.startsWith(start);
    const plain = start + end.slice(1);
    const least = start.length + end.length;
    return (path) => path === plain || (path.length >= least && path.endsWith(end) && path.startsWith(start));
  }
  const least = start.length + end.length;
  return (path) => {
    if (path.length < least || !path.endsWith(end) || !path.startsWith(start)) return false;
    const separator = path.indexOf('/', start.length);
    return separator === -1 || separator >= path.length - end.length;
  };
}

/** @param {string} pattern @returns {((path: string) => boolean) | undefined} */
function expression(pattern) {
  if ((pattern.match(/\*+/g)?.length ?? 0) > WILDCARDS) return undefined;
  const parts = pattern.split('/');
  let source = '';
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    if (part === '**') source += last ? '[^]*' : '(?:[^]*/)?';
    else if (last && part === '*' && parts[index - 1] === '**') source += '[^/]+';
    else source += part.replace(/\*+|[^]/gu, translate) + (last ? '' : '/');
  });
  const compiled = new RegExp(`^${source}$`, 'u');
  return (path) => compiled.test(path);
}

/** @param {string} token a run of stars or one character */
function translate(token) {
  if (token[0] === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  return /[.^$]/.test(token) ? `\\${token}` : token;
}

module.exports = { plainMatcher };
