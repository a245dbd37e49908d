'use strict';

/**
 * Makes rows from a page: `crates/sqlite/src/page.rs` describes the format.
 *
 * A reader is generated for the names and classes of a statement's columns (an object literal, or
 * an array literal for `values`) once it has proved to be in use; until then, and where code
 * generation is forbidden, the same is done column by column.
 */

const { PAGE, PAGE_BYTES } = require('./exchange');

/** Rows read before a reader is generated: generating costs as much as about this many. */
const COLD_ROWS = 12;
/** Readers kept for statements with the same columns. */
const KEPT = 256;

/** Words that a column takes, by the letter of its class. @type {Record<string, number>} */
const WIDTH = { n: 0, i: 2, f: 2, t: 2, b: 2, g: 4, x: 4 };

/**
 * @typedef {import('./exchange').Exchange} Exchange
 * @typedef {(exchange: Exchange, words: Int32Array, doubles: Float64Array, text: string, rows: number, out: any[]) => void} Many
 * @typedef {(exchange: Exchange, words: Int32Array, doubles: Float64Array, text: string) => any} One
 */

/** A text or blob that was handed over, or `NULL`. @param {number} position @param {Exchange} exchange */
function far(position, exchange) {
  return position === -1 ? null : exchange.handedOver[-2 - position];
}

/** @param {Exchange} exchange @param {number} offset @param {number} length */
function blob(exchange, offset, length) {
  return exchange.bytes.slice(PAGE_BYTES + offset, PAGE_BYTES + offset + length);
}

/** A cell of a column of any class. @param {Exchange} exchange @param {string} text @param {string} letter @param {number} at */
function cell(exchange, text, letter, at) {
  const { words, doubles, integers } = exchange;
  switch (letter) {
    case 'n':
      return null;
    case 'i':
      return words[at + 1] === 0 ? words[at] : null;
    case 'f':
      return Number.isNaN(doubles[at >> 1]) ? null : doubles[at >> 1];
    case 't':
      return words[at] >= 0 ? text.substring(words[at], words[at + 1]) : far(words[at], exchange);
    case 'b':
      return words[at] >= 0 ? blob(exchange, words[at], words[at + 1]) : far(words[at], exchange);
    case 'g':
      return words[at] === 0 ? integers[(at >> 1) + 1] : null;
    default:
      return any(exchange, text, at);
  }
}

const TAGS = ['n', 'f', 't', 'b'];

/** A cell of class `Any`: its tag says what follows. @param {Exchange} exchange @param {string} text @param {number} at */
function any(exchange, text, at) {
  const tag = exchange.words[at];
  return tag === 4 ? exchange.integers[(at >> 1) + 1] : cell(exchange, text, TAGS[tag], at + 2);
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
      return `(v=I[${at}])>=0?T.substring(v,I[${next}]):far(v,X)`;
    case 'b':
      return `(v=I[${at}])>=0?blob(X,v,I[${next}]):far(v,X)`;
    case 'g':
      return `I[${at}]===0?X.integers[${nextCell}]:null`;
    default:
      return `any(X,T,${at})`;
  }
}

/** How the rows of a statement's columns are made. */
class Reader {
  #names;
  #letters;
  #prototype;
  #rows = 0;
  /** Words of a row. */
  stride = 0;
  /** @type {One} */ one;
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
    this.one = (exchange, words, doubles, text) =>
      this.#warm(1) ? this.one(exchange, words, doubles, text) : this.#object(exchange, text, PAGE);
    this.many = this.#eachRow((exchange, text, at) => this.#object(exchange, text, at), 'many');
    this.values = this.#eachRow((exchange, text, at) => this.#array(exchange, text, at), 'values');
  }

  /** @param {(exchange: Exchange, text: string, at: number) => any} make @param {'many' | 'values'} method @returns {Many} */
  #eachRow(make, method) {
    return (exchange, words, doubles, text, rows, out) => {
      if (this.#warm(rows)) return this[method](exchange, words, doubles, text, rows, out);
      for (let row = 0, at = PAGE; row < rows; row++, at += this.stride) out.push(make(exchange, text, at));
    };
  }

  /** Counts rows; generates the reader when it is worth it. @param {number} rows */
  #warm(rows) {
    this.#rows += rows;
    if (this.#rows < COLD_ROWS) return false;
    const generated = generate(this.#names, this.#letters, this.#prototype);
    if (!generated) {
      this.#rows = -Infinity;
      return false;
    }
    Object.assign(this, generated);
    return true;
  }

  /** @param {Exchange} exchange @param {string} text @param {number} at */
  #object(exchange, text, at) {
    const row = this.#prototype ? Object.create(this.#prototype) : {};
    for (let column = 0; column < this.#names.length; column++) {
      const letter = this.#letters[column];
      const value = cell(exchange, text, letter, at);
      Object.defineProperty(row, this.#names[column], { value, writable: true, enumerable: true, configurable: true });
      at += WIDTH[letter];
    }
    return row;
  }

  /** @param {Exchange} exchange @param {string} text @param {number} at */
  #array(exchange, text, at) {
    const row = [];
    for (const letter of this.#letters) {
      row.push(cell(exchange, text, letter, at));
      at += WIDTH[letter];
    }
    return row;
  }
}

/** @type {Map<string, { one: One, many: Many, values: Many }>} */
const kept = new Map();

/** @param {string[]} names @param {string} letters @param {object | null} prototype */
function generate(names, letters, prototype) {
  const key = prototype ? '' : JSON.stringify([letters, ...names]);
  const known = key && kept.get(key);
  if (known) return known;
  let made;
  try {
    made = new Function('P', 'far', 'blob', 'any', source(names, letters, prototype))(prototype, far, blob, any);
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
  // Assigning in a constructor is much faster than a literal with a prototype, and the same thing
  // unless the prototype has an accessor or a read-only property of that name.
  const assigns = typed && !names.some((name) => name in /** @type {object} */ (prototype));
  const object = (/** @type {string[]} */ values) => {
    if (assigns) return `new R(${values})`;
    const entries = values.map((value, index) => `${keyOf(names[index])}:${value}`);
    return `{${typed ? ['__proto__:P', ...entries] : entries}}`;
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
  const loop = (/** @type {string} */ row) =>
    `function(X,I,F,T,n,out){let v=0,d=0,p=${PAGE},q=${PAGE / 2};for(let k=0;k<n;k++,p+=${stride},q+=${stride / 2})out.push(${row})}`;
  const row = `function R(${names.map((_, index) => `a${index}`)}){${names.map((name, index) => `this[${JSON.stringify(name)}]=a${index};`).join('')}}R.prototype=P;`;
  return (
    `'use strict';${assigns ? row : ''}return{one:function(X,I,F,T){let v=0,d=0;return ${object(fixed)}},` +
    `many:${loop(object(moving))},values:${loop(`[${moving}]`)}}`
  );
}

/** @param {string} name */
function keyOf(name) {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}

module.exports = { Reader };
