'use strict';

/**
 * Makes rows from a page: `crates/sqlite/src/page.rs` describes the format.
 *
 * A reader is generated for the names and classes of a statement's columns (an object literal, or
 * an array literal for `values`) once it has proved to be in use; until then, and where code
 * generation is forbidden, the same is done column by column.
 */

const { words, doubles, integers, bytes, handedOver, known, PAGE, PAGE_BYTES, KNOWN_TEXTS } = require('./exchange');

/** Rows read before a reader is generated: generating costs as much as about this many. */
const COLD_ROWS = 12;
/** Readers kept for statements with the same columns. */
const KEPT = 256;

/** Words that a column takes, by the letter of its class. @type {Record<string, number>} */
const WIDTH = { n: 0, i: 2, f: 2, t: 2, b: 2, g: 4, x: 4 };

/**
 * @typedef {(text: string, rows: number, out: any[]) => void} Many
 * @typedef {(text: string) => any} One
 */

/** The last position of a kept text; -1, the first, is `NULL`. */
const LAST_KNOWN = -1 - KNOWN_TEXTS;

/** A text or blob that does not lie in the page, or `NULL`. @param {number} position below 0 */
function far(position) {
  return position < LAST_KNOWN ? handedOver[LAST_KNOWN - 1 - position] : known[~position];
}

/** @param {number} offset @param {number} length */
function blob(offset, length) {
  return bytes.slice(PAGE_BYTES + offset, PAGE_BYTES + offset + length);
}

/** A cell of a column of any class. @param {string} text @param {string} letter @param {number} at */
function cell(text, letter, at) {
  switch (letter) {
    case 'n':
      return null;
    case 'i':
      return words[at + 1] === 0 ? words[at] : null;
    case 'f':
      return Number.isNaN(doubles[at >> 1]) ? null : doubles[at >> 1];
    case 't':
      return words[at] >= 0 ? text.substring(words[at], words[at + 1]) : far(words[at]);
    case 'b':
      return words[at] >= 0 ? blob(words[at], words[at + 1]) : far(words[at]);
    case 'g':
      return words[at] === 0 ? integers[(at >> 1) + 1] : null;
    default:
      return any(text, at);
  }
}

const TAGS = ['n', 'f', 't', 'b'];

/** A cell of class `Any`: its tag says what follows. @param {string} text @param {number} at */
function any(text, at) {
  const tag = words[at];
  return tag === 4 ? integers[(at >> 1) + 1] : cell(text, TAGS[tag], at + 2);
}

/** The expression that reads a column. @param {string} letter @param {string} at position in words @param {string} cell in cells */
function expression(letter, at, next, cell, nextCell) {
  switch (letter) {
    case 'n':
      return 'null';
    case 'i':
      return `I[${next}]===0?I[${at}]:null`;
    case 'f':
      return `(d=F[${cell}])===d?d:null`;
    case 't':
      return `(v=I[${at}])>=0?T.substring(v,I[${next}]):v<${LAST_KNOWN}?far(v):K[~v]`;
    case 'b':
      return `(v=I[${at}])>=0?blob(v,I[${next}]):far(v)`;
    case 'g':
      return `I[${at}]===0?B[${nextCell}]:null`;
    default:
      return `any(T,${at})`;
  }
}

/** How the rows of a statement's columns are made. */
class Reader {
  #names;
  #letters;
  #prototype;
  /** Of the columns, for readers that are kept; empty: they are not. */ #key;
  /** Whether properties can be assigned, one by one. */ #isPlain = false;
  #rows = 0;
  /** Words of a row. */
  stride = 0;
  /** Whether no functions were generated. */ isCold = false;
  /** Of a row, once it was generated. @type {One} */ one = /** @type {any} */ (undefined);
  /** @type {Many} */ many;
  /** @type {Many} */ values;

  /**
   * @param {string[]} names of the columns
   * @param {string} letters the classes of the columns
   * @param {object | null} prototype of the rows; null: plain objects
   */
  constructor(names, letters, prototype) {
    this.#names = names;
    this.#letters = letters;
    this.#prototype = prototype;
    for (const letter of letters) this.stride += WIDTH[letter];
    this.#key = prototype ? '' : [letters, ...names].join('\0');
    const earlier = kept.get(this.#key);
    if (earlier) {
      this.one = earlier.one;
      this.many = earlier.many;
      this.values = earlier.values;
      return;
    }
    this.#isPlain = prototype === null && !names.some((name) => name in Object.prototype);
    this.isCold = true;
    this.many = this.#eachRow((text, at) => this.#object(text, at), 'many');
    this.values = this.#eachRow((text, at) => this.#array(text, at), 'values');
  }

  /** The row in the page, column by column. @param {string} text */
  cold(text) {
    return this.#warm(1) ? this.one(text) : this.#object(text, PAGE);
  }

  /** @param {(text: string, at: number) => any} make @param {'many' | 'values'} method @returns {Many} */
  #eachRow(make, method) {
    return (text, rows, out) => {
      if (this.#warm(rows)) return this[method](text, rows, out);
      for (let row = 0, at = PAGE; row < rows; row++, at += this.stride) out.push(make(text, at));
    };
  }

  /** Counts rows; generates the reader when it is worth it. @param {number} rows */
  #warm(rows) {
    this.#rows += rows;
    if (this.#rows < COLD_ROWS) return false;
    const generated = generate(this.#names, this.#letters, this.#prototype, this.#key);
    if (!generated) {
      this.#rows = -Infinity;
      return false;
    }
    Object.assign(this, generated);
    this.isCold = false;
    return true;
  }

  /** @param {string} text @param {number} at */
  #object(text, at) {
    const row = this.#prototype ? Object.create(this.#prototype) : {};
    for (let column = 0; column < this.#names.length; column++) {
      const letter = this.#letters[column];
      const value = cell(text, letter, at);
      if (this.#isPlain) row[this.#names[column]] = value;
      else
        Object.defineProperty(row, this.#names[column], {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      at += WIDTH[letter];
    }
    return row;
  }

  /** @param {string} text @param {number} at */
  #array(text, at) {
    const row = [];
    for (const letter of this.#letters) {
      row.push(cell(text, letter, at));
      at += WIDTH[letter];
    }
    return row;
  }
}

/** @type {Map<string, { one: One, many: Many, values: Many }>} */
const kept = new Map();

/** @param {string[]} names @param {string} letters @param {object | null} prototype @param {string} key */
function generate(names, letters, prototype, key) {
  const earlier = kept.get(key);
  if (earlier) return earlier;
  let made;
  try {
    const make = new Function(
      'words',
      'doubles',
      'integers',
      'K',
      'P',
      'far',
      'blob',
      'any',
      source(names, letters, prototype),
    );
    made = make(words, doubles, integers, known, prototype, far, blob, any);
  } catch {
    return; // --disallow-code-generation-from-strings
  }
  if (key) {
    if (kept.size >= KEPT) kept.clear();
    kept.set(key, made);
  }
  return made;
}

/** @param {string[]} names @param {string} letters @param {object | null} prototype */
function source(names, letters, prototype) {
  const typed = prototype !== null;
  const properties = (/** @type {(offset: number) => string} */ at, /** @type {(offset: number) => string} */ cell) => {
    let offset = 0;
    return Array.from(letters, (letter) => {
      const text = expression(letter, at(offset), at(offset + 1), cell(offset / 2), cell(offset / 2 + 1));
      offset += WIDTH[letter];
      return text;
    });
  };
  // Fields are defined, whatever the prototype has or will have; a literal with a prototype takes four times as long.
  const object = (/** @type {string[]} */ values) => {
    const none = names.map((_, index) => `a${index}=`).join('');
    if (typed) return `(${values.map((value, index) => `a${index}=${value},`).join('')}r=new R(),${none}null,r)`;
    return `{${values.map((value, index) => `${keyOf(names[index])}:${value}`)}}`;
  };
  const fixed = properties(
    (offset) => `${PAGE + offset}`,
    (offset) => `${PAGE / 2 + offset}`,
  );
  const moving = properties(
    (offset) => `p+${offset}`,
    (offset) => `q+${offset}`,
  );
  let stride = 0;
  for (const letter of letters) stride += WIDTH[letter];
  // V8 compiles a store behind the end in place; of `push` it makes a call.
  const loop = (/** @type {string} */ row) =>
    `function(T,n,out){let v=0,d=0,r=null,o=out.length,p=${PAGE},q=${PAGE / 2};for(let k=0;k<n;k++,p+=${stride},q+=${stride / 2})out[o++]=${row}}`;
  const variables = names.map((_, index) => `a${index}=null`);
  const fields = names.map((name, index) => `[${JSON.stringify(name)}]=a${index};`);
  const row = `${variables.length ? `let ${variables};` : ''}function Bare(){}Bare.prototype=P;class R extends function(){return new Bare()}{${fields.join('')}}`;
  return (
    `'use strict';const I=words,F=doubles,B=integers;${typed ? row : ''}return{one:function(T){let v=0,d=0,r=null;return ${object(fixed)}},` +
    `many:${loop(object(moving))},values:${loop(`[${moving}]`)}}`
  );
}

/** @param {string} name */
function keyOf(name) {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}

module.exports = { Reader };
