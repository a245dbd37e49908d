'use strict';

/**
 * `Bun.semver`: node-semver's ranges and order (https://semver.org, https://github.com/npm/node-semver).
 * @see https://bun.com/docs/runtime/semver
 */

/** @typedef {{ numbers: [number, number, number], pre: string[] }} Version */
/** @typedef {{ operator: '<' | '<=' | '>' | '>=' | '=', version: Version }} Comparator */

const VERSION =
  /^[\sv=]*(\d+)\.(\d+)\.(\d+)(?:-?([0-9A-Za-z][0-9A-Za-z-]*(?:\.[0-9A-Za-z-]+)*)|-)?(?:\+[0-9A-Za-z.-]*)?\s*$/;
const PARTIAL =
  /^[v=\s]*(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?$/;

const semver = {
  /**
   * Whether a version is in a range.
   * @param {string} version
   * @param {string} range
   * @returns {boolean}
   */
  satisfies(version, range) {
    const parsed = parse(`${version}`);
    if (parsed === undefined) return false;
    return `${range ?? ''}`.split('||').some((set) => inSet(parsed, comparatorsOf(set)));
  },

  /**
   * @param {string} a
   * @param {string} b
   * @returns {-1 | 0 | 1}
   * @throws Error when one is no version
   */
  order(a, b) {
    return /** @type {-1 | 0 | 1} */ (Math.sign(compare(required(a), required(b))));
  },
};

/** @param {unknown} text */
function required(text) {
  const version = parse(`${text}`) ?? parsePartial(`${text}`);
  if (version === undefined) throw new Error(`Invalid SemVer: ${text}\n`);
  return version;
}

/** @param {string} text @returns {Version | undefined} */
function parse(text) {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], pre: match[4]?.split('.') ?? [] };
}

/** A missing number is above all others. @param {string} text @returns {Version | undefined} */
function parsePartial(text) {
  const match = PARTIAL.exec(text);
  if (match === null || match[1] === undefined) return undefined;
  const [major, minor, patch] = match
    .slice(1, 4)
    .map((number) => (/^\d+$/.test(number ?? '') ? Number(number) : Infinity));
  return { numbers: [major, minor, patch], pre: [] };
}

/** @param {Version} a @param {Version} b @returns {number} */
function compare(a, b) {
  for (let at = 0; at < 3; at++) {
    if (a.numbers[at] !== b.numbers[at]) return a.numbers[at] < b.numbers[at] ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Number(a.pre.length === 0) - Number(b.pre.length === 0);
  for (let at = 0; at < Math.max(a.pre.length, b.pre.length); at++) {
    const [left, right] = [a.pre[at], b.pre[at]];
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    if (left === right) continue;
    const [leftNumeric, rightNumeric] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftNumeric && rightNumeric) return Number(left) - Number(right);
    if (leftNumeric !== rightNumeric) return leftNumeric ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** @param {Version} version @param {Comparator[]} set */
function inSet(version, set) {
  if (!set.every(({ operator, version: limit }) => holds(operator, compare(version, limit)))) return false;
  if (version.pre.length === 0) return true;
  // A prerelease is wanted only by a comparator that names one of the same version.
  return set.some(
    ({ version: limit }) => limit.pre.length > 0 && limit.numbers.every((number, at) => number === version.numbers[at]),
  );
}

/** @param {Comparator['operator']} operator @param {number} order */
function holds(operator, order) {
  if (operator === '=') return order === 0;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/** @param {string} set comparators that all must hold @returns {Comparator[]} */
function comparatorsOf(set) {
  const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(set);
  if (hyphen) return [...bounds('>=', hyphen[1]), ...bounds('<=', hyphen[2])];
  const parts = set
    .replace(/([<>=~^]+)\s+/g, '$1')
    .trim()
    .split(/\s+/);
  return parts.flatMap((part) => {
    const [, operator, rest] = /** @type {RegExpExecArray} */ (/^(\^|~>?|<=?|>=?|=?)(.*)$/.exec(part));
    return bounds(operator === '~>' ? '~' : operator, rest);
  });
}

/**
 * One comparator with possibly missing numbers as plain ones.
 *
 * @param {string} operator
 * @param {string} text
 * @returns {Comparator[]}
 */
function bounds(operator, text) {
  const match = PARTIAL.exec(text);
  if (match === null || (text === '' && operator !== '')) return [];
  const given = [];
  for (const number of match.slice(1, 4)) {
    if (number === undefined || /^[xX*]$/.test(number)) break;
    given.push(Number(number));
  }
  const [major = 0, minor = 0, patch = 0] = given;
  const pre = given.length === 3 ? (match[4]?.split('.') ?? []) : [];
  /** @type {Version} */
  const low = { numbers: [major, minor, patch], pre };
  const upTo = (/** @type {number} */ kept) => {
    /** @type {[number, number, number]} */
    const numbers = [major, minor, patch];
    numbers[kept] += 1;
    for (let at = kept + 1; at < 3; at++) numbers[at] = 0;
    return /** @type {Comparator} */ ({ operator: '<', version: { numbers, pre: ['0'] } });
  };
  const from = /** @type {Comparator} */ ({ operator: '>=', version: low });
  const nothing = /** @type {Comparator} */ ({ operator: '<', version: { numbers: [0, 0, 0], pre: ['0'] } });
  const all = given.length === 0;
  switch (operator) {
    case '^':
      if (all) return [from];
      if (major > 0 || given.length === 1) return [from, upTo(0)];
      return minor > 0 || given.length === 2 ? [from, upTo(1)] : [from, upTo(2)];
    case '~':
      if (all) return [from];
      return [from, upTo(given.length === 1 ? 0 : 1)];
    case '>':
      if (all) return [nothing];
      if (given.length === 3) return [{ operator: '>', version: low }];
      return [{ operator: '>=', version: { numbers: upTo(given.length - 1).version.numbers, pre: [] } }];
    case '>=':
      return [from];
    case '<':
      if (all) return [nothing];
      return [{ operator: '<', version: given.length === 3 ? low : { numbers: low.numbers, pre: ['0'] } }];
    case '<=':
      if (all) return [from];
      return given.length === 3 ? [{ operator: '<=', version: low }] : [upTo(given.length - 1)];
    default:
      if (all) return [from];
      return given.length === 3 ? [{ operator: '=', version: low }] : [from, upTo(given.length - 1)];
  }
}

module.exports = semver;
