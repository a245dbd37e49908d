'use strict';

/**
 * A pattern as a regular expression: wildcards, classes and alternatives. What it means is what
 * `crates/bun/src/glob/compile.rs` says; `__test__/fuzz/glob-engines.mjs` compares the two.
 *
 * A regular expression backtracks: with `stars` wildcards and `ways` through the alternatives its
 * time can grow as `ways * length ** stars`. So each comes with the length of the paths for which
 * that stays within `WORK`; longer ones are the engine's, whose time is bounded by pattern times path.
 */

/** Steps that a match may take at the worst: some milliseconds. */
const WORK = 2 ** 22;
/** With more wildcards only paths too short to be worth it would be left. */
const MOST_STARS = 4;
const MOST_WAYS = 256;
const DEEPEST = 8;

/** `?(…)` and its like, which repeat or negate, are the engine's. */
const EXTENDED = /[?*+@!]\(/;
const WORD = /^\w$/;

/** @type {Record<string, string>} */
const ESCAPED = { __proto__: /** @type {any} */ (null), b: '\b', n: '\n', r: '\r', t: '\t' };

/** Thrown within this file only: the pattern is one for the engine. */
const NOT_HERE = Symbol('not here');

/**
 * @param {string} pattern well-formed text
 * @returns {{ test(path: string): boolean, longest: number } | undefined} undefined: a pattern for the engine
 */
function expression(pattern) {
  if (EXTENDED.test(pattern)) return undefined;
  const [marks] = /** @type {RegExpExecArray} */ (/^!*/.exec(pattern));
  const compiler = new Compiler([...pattern.slice(marks.length)]);
  try {
    const source = compiler.whole();
    const compiled = new RegExp(`^${source}$`, 'u');
    const longest = compiler.longest;
    if (marks.length % 2 === 1) return { test: (path) => !compiled.test(path), longest };
    return { test: (path) => compiled.test(path), longest };
  } catch (error) {
    if (error === NOT_HERE) return undefined;
    throw error;
  }
}

/** @typedef {{ starts: boolean, ends: boolean, depth: number }} Place whether a component may start before and end after */

class Compiler {
  #letters;
  #closings;
  #stars = 0;
  #ways = 1;

  /** @param {string[]} letters code points */
  constructor(letters) {
    this.#letters = letters;
    this.#closings = closings(letters);
  }

  whole() {
    return this.#sequence(0, this.#letters.length, { starts: true, ends: true, depth: 0 });
  }

  get longest() {
    return this.#stars === 0 ? Infinity : Math.floor((WORK / this.#ways) ** (1 / this.#stars));
  }

  /** @param {number} from @param {number} to @param {Place} place @returns {string} */
  #sequence(from, to, place) {
    let source = '';
    for (let at = from; at < to;) {
      const [part, next] = this.#item(at, from, to, place);
      source += part;
      at = next;
    }
    return source;
  }

  /** What stands at `at`, and where the next item starts. @param {number} at @param {number} from @param {number} to @param {Place} place @returns {[string, number]} */
  #item(at, from, to, place) {
    const letter = this.#letters[at];
    const close = this.#closings[at];
    if (letter === '*')
      return this.#wildcard(at, to, at === from ? place.starts : this.#letters[at - 1] === '/', place);
    if (letter === '?') return ['[^/]', at + 1];
    if (letter === '[') return this.#class(at, to);
    if (letter === '{' && close < to) return [this.#braces(at, close, from, to, place), close + 1];
    if (letter === '\\' && at + 1 < to) return [literal(escaped(this.#letters[at + 1])), at + 2];
    return [literal(letter), at + 1];
  }

  /** @param {number} at @param {number} to @param {Place} place */
  #ends(at, to, place) {
    return at >= to ? place.ends : this.#letters[at] === '/';
  }

  /** `*` within a component, `**` as one. @param {number} at @param {number} to @param {boolean} starts @param {Place} place @returns {[string, number]} */
  #wildcard(at, to, starts, place) {
    if (++this.#stars > MOST_STARS) throw NOT_HERE;
    let end = at;
    while (end < to && this.#letters[end] === '*') end++;
    if (end - at !== 2 || !starts || !this.#ends(end, to, place)) return ['[^/]*', end];
    if (end >= to) return ['[^]*', end];
    // A last `*` behind `**` stands for a name, not for nothing.
    const name = end + 2 === to && this.#letters[end + 1] === '*' && place.ends;
    return [`(?:[^]*/)?${name ? '[^/]' : ''}`, end + 1];
  }

  /** @param {number} at @param {number} to @returns {[string, number]} */
  #class(at, to) {
    const close = classEnd(this.#letters, at);
    if (close >= to) return [literal('['), at + 1];
    let index = at + 1;
    const negated = this.#letters[index] === '!' || this.#letters[index] === '^';
    if (negated) index++;
    const next = () => {
      if (this.#letters[index] !== '\\') return this.#letters[index++];
      index += 2;
      return escaped(this.#letters[index - 1]);
    };
    let ranges = '';
    while (index < close) {
      const first = next();
      let last = first;
      if (index + 1 < close && this.#letters[index] === '-') {
        index++;
        last = next();
      }
      if (code(first) <= code(last)) ranges += `${literal(first)}-${literal(last)}`;
    }
    return [`[${negated ? '^' : ''}${ranges}]`, close + 1];
  }

  /** @param {number} open @param {number} close @param {number} from @param {number} to @param {Place} place */
  #braces(open, close, from, to, place) {
    const parts = this.#parts(open + 1, close);
    this.#ways *= parts.length;
    if (place.depth >= DEEPEST || this.#ways > MOST_WAYS) throw NOT_HERE;
    // What may be a range of numbers or letters.
    if (
      parts.length === 1 &&
      this.#letters
        .slice(open + 1, close)
        .join('')
        .includes('..')
    )
      throw NOT_HERE;
    const inner = {
      starts: open === from ? place.starts : this.#letters[open - 1] === '/',
      ends: this.#ends(close + 1, to, place),
      depth: place.depth + 1,
    };
    return `(?:${parts.map(([start, end]) => this.#sequence(start, end, inner)).join('|')})`;
  }

  /** Splits a group's content at its commas, not those of groups within. @param {number} from @param {number} to */
  #parts(from, to) {
    /** @type {[number, number][]} */
    const parts = [];
    let start = from;
    for (let at = from; at < to; at++) {
      const letter = this.#letters[at];
      if (letter === '\\') at++;
      else if (letter === '[' && classEnd(this.#letters, at) < to) at = classEnd(this.#letters, at);
      else if ((letter === '{' || letter === '(') && this.#closings[at] < to) at = this.#closings[at];
      else if (letter === ',') {
        parts.push([start, at]);
        start = at + 1;
      }
    }
    parts.push([start, to]);
    return parts;
  }
}

/** What a letter behind a backslash stands for. @param {string} letter */
function escaped(letter) {
  return ESCAPED[letter] ?? letter;
}

/** @param {string} letter one code point */
function literal(letter) {
  return WORD.test(letter) ? letter : `\\u{${code(letter).toString(16)}}`;
}

/** @param {string} letter */
function code(letter) {
  return /** @type {number} */ (letter.codePointAt(0));
}

/** Where the groups close, by where they open; Infinity for those that do not. @param {string[]} letters */
function closings(letters) {
  const found = new Array(letters.length).fill(Infinity);
  /** @type {number[]} */
  const open = [];
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at];
    if (letter === '\\') at++;
    else if (letter === '[') {
      const end = classEnd(letters, at);
      if (end < letters.length) at = end;
    } else if (letter === '{' || letter === '(') open.push(at);
    else if (letter === '}' || letter === ')') {
      const depth = open.findLastIndex((index) => letters[index] === (letter === '}' ? '{' : '('));
      if (depth < 0) continue;
      found[open[depth]] = at;
      open.length = depth;
    }
  }
  return found;
}

/** Where the class that opens at `at` closes; Infinity when it does not. @param {string[]} letters @param {number} at */
function classEnd(letters, at) {
  let index = at + 1;
  if (letters[index] === '!' || letters[index] === '^') index++;
  const first = index;
  while (index < letters.length) {
    if (letters[index] === ']' && index > first) return index;
    index += letters[index] === '\\' ? 2 : 1;
  }
  return Infinity;
}

module.exports = { expression };
