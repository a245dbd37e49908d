'use strict';

/**
 * Patterns as JavaScript: no call leaves the virtual machine, which is most of the time of a
 * match. The shapes that most patterns have (`*.ts`, `src/*.ts`, `src/**`, any depth of `*.ts`) compare a start
 * and an end; others become regular expressions (`glob-expression.js`). What neither can do in a
 * bounded time is left to the engine.
 */

const { expression } = require('./glob-expression');

const SPECIAL = /[[\]{}()!\\?]/;

/** @typedef {{ test(path: string): boolean, longest: number }} Matcher for paths up to `longest` UTF-16 units */

/**
 * @param {string} pattern
 * @returns {Matcher | undefined} undefined when the pattern is the engine's
 */
function quickMatcher(pattern) {
  if (!pattern.isWellFormed?.()) return undefined;
  const test = SPECIAL.test(pattern) ? undefined : comparison(pattern);
  return test ? { test, longest: Infinity } : expression(pattern);
}

/** @param {string} pattern @returns {((path: string) => boolean) | undefined} */
function comparison(pattern) {
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

module.exports = { quickMatcher };
