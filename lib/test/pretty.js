'use strict';

/**
 * The form of values in snapshots and in the diffs of `toEqual`. It is a file format: snapshots that
 * real Bun wrote must match and the other way round, odd line feeds around `Map` included.
 *
 * @see https://bun.com/docs/test/snapshots
 */

const { types } = require('node:util');
const { describeAsymmetric } = require('./asymmetric');

/**
 * @param {unknown} value
 * @param {{ top?: boolean }} [options] `top`: as the whole of a snapshot, where composite values stand on lines of their own
 * @returns {string}
 */
function pretty(value, { top = false } = {}) {
  const text = new Printer(top).print(value, 0);
  return top ? text : text.replace(/^\n+|\n+$/g, '');
}

class Printer {
  /** @param {boolean} top */
  constructor(top) {
    this.top = top;
    /** @type {object[]} */
    this.above = [];
  }

  /** @param {any} value @param {number} depth @returns {string} */
  print(value, depth) {
    switch (typeof value) {
      case 'string':
        return value.includes('\n') ? `\n"${value}"\n` : `"${value}"`;
      case 'number':
        return Object.is(value, -0) ? '-0' : String(value);
      case 'bigint':
        return `${value}n`;
      case 'symbol':
        return value.description === undefined ? 'Symbol' : `Symbol(${value.description})`;
      case 'function':
        return functionLabel(value);
      case 'object':
        return value === null ? 'null' : this.object(value, depth);
      default:
        return String(value);
    }
  }

  /** @param {any} value @param {number} depth */
  object(value, depth) {
    const asymmetric = describeAsymmetric(value);
    if (asymmetric) return this.asymmetric(asymmetric, depth);
    if (this.above.includes(value)) return '[Circular]';
    const leaf = leafLabel(value);
    if (leaf !== undefined) return leaf;
    this.above.push(value);
    try {
      return this.composite(value, depth);
    } finally {
      this.above.pop();
    }
  }

  /** @param {{ label: string, list?: unknown[], object?: object }} described @param {number} depth */
  asymmetric({ label, list, object }, depth) {
    if (list)
      return this.block(
        `${label} `,
        '[',
        list.map((item) => this.print(item, depth + 1)),
        ']',
        depth,
        false,
      );
    if (object)
      return depth === 0 && !this.top
        ? `${label} \n${this.properties(object, '', depth)}`
        : `${label} ${this.properties(object, '', depth)}`;
    return label;
  }

  /** @param {any} value @param {number} depth */
  composite(value, depth) {
    if (Array.isArray(value))
      return this.block(
        '',
        '[',
        Array.from(value, (item) => this.print(item, depth + 1)),
        ']',
        depth,
      );
    if (types.isMap(value))
      return this.collection(
        '',
        'Map',
        [...value].map(([k, v]) => `${this.print(k, depth + 1)} => ${this.print(v, depth + 1)}`),
        depth,
      );
    if (types.isSet(value))
      return this.collection(
        '  '.repeat(depth),
        'Set',
        [...value].map((item) => this.print(item, depth + 1)),
        depth,
      );
    if (types.isWeakMap(value)) return 'WeakMap {}';
    if (types.isWeakSet(value)) return `${'  '.repeat(depth)}WeakSet {}`;
    if (Buffer.isBuffer(value)) return this.properties({ data: [...value], type: 'Buffer' }, '', depth);
    if (ArrayBuffer.isView(value)) return this.bytes(value, depth);
    if (types.isAnyArrayBuffer(value))
      return this.block(`${value.constructor.name} `, '[', Array.from(new Uint8Array(value), String), ']', depth);
    if (types.isArgumentsObject(value)) return json({ ...value }, depth);
    if (types.isProxy(value)) return json(value, depth);
    if (value instanceof URLSearchParams) return json(Object.fromEntries(value), depth);
    if (isElement(value))
      return require('./pretty-element').element(value, depth, (/** @type {unknown} */ item) =>
        this.print(item, depth + 1),
      );
    return this.properties(value, typeLabel(value), depth);
  }

  /** @param {any} value @param {number} depth */
  bytes(value, depth) {
    const items = value instanceof DataView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value;
    const shown = Array.from(items, (item) => (Object.is(item, -0) ? '-0' : String(item)));
    return this.block(`${value.constructor.name} `, '[', shown, ']', depth);
  }

  /**
   * @param {string} label
   * @param {string} open
   * @param {string[]} items
   * @param {string} close
   * @param {number} depth
   * @param {boolean} [own] whether a top-level block stands on its own lines
   */
  block(label, open, items, close, depth, own = true) {
    if (items.length === 0) return `${label}${open}${close}`;
    const indent = '  '.repeat(depth);
    const body = items.map((item) => `${indent}  ${item},\n`).join('');
    const text = `${label}${open}\n${body}${indent}${close}`;
    return this.top && depth === 0 && own ? `\n${text}\n` : text;
  }

  /** @param {string} lead @param {string} name @param {string[]} items @param {number} depth */
  collection(lead, name, items, depth) {
    if (items.length === 0) return `${lead}${name} {}`;
    const indent = '  '.repeat(depth);
    return `${lead}\n${name} {\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}}\n`;
  }

  /** @param {any} value @param {string} label @param {number} depth */
  properties(value, label, depth) {
    const keys = shownKeys(value);
    keys.sort((a, b) => compare(keyName(a), keyName(b)));
    const items = keys.map((key) => {
      const descriptor = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(value, key));
      const accessor = descriptor && (descriptor.get ?? descriptor.set);
      const shown = accessor ? '[native code]' : this.print(value[key], depth + 1);
      return `${typeof key === 'symbol' ? `[${String(key)}]` : JSON.stringify(key)}: ${shown}`;
    });
    const tag = tagLabel(value);
    if (tag && items.length > 0 && this.top && depth === 0)
      return `${tag} ${this.block(label, '{', items, '}', depth)}`;
    return this.block(tag ? `${tag} ${label}` : label, '{', items, '}', depth);
  }
}

/** Node keeps the state of its web classes in symbol properties. @param {any} value @returns {(string | symbol)[]} */
function shownKeys(value) {
  const { constructor } = value;
  const builtin =
    typeof constructor === 'function' &&
    constructor !== Object &&
    /** @type {any} */ (globalThis)[constructor.name] === constructor;
  const symbols = builtin
    ? []
    : Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  return [...Object.keys(value), ...symbols];
}

/** @param {string | symbol} key */
const keyName = (key) => (typeof key === 'symbol' ? (key.description ?? '') : key);

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {unknown} value @param {number} depth */
const json = (value, depth) => (depth === 0 ? JSON.stringify(value) : JSON.stringify(value, null, 1));

/** @param {any} value @returns {string | undefined} */
function leafLabel(value) {
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'ul' : value.toISOString();
  if (types.isRegExp(value)) return String(value);
  if (types.isNativeError(value) || value instanceof Error)
    return value.message ? `[${value.name}: ${value.message}]` : `[${value.name}]`;
  if (types.isPromise(value)) return 'Promise {}';
  if (value instanceof Blob) return `${value.constructor.name} (${value.size} bytes)`;
  return undefined;
}

/** @param {any} value */
function isElement(value) {
  const kind = value.$$typeof;
  return (
    kind === Symbol.for('react.element') ||
    kind === Symbol.for('react.transitional.element') ||
    kind === Symbol.for('react.test.json')
  );
}

/** @param {any} value */
function typeLabel(value) {
  const name = nameOf(value);
  return name && name !== 'Object' ? `${name} ` : '';
}

/** @param {any} value @returns {string} */
function nameOf(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return '';
  if (value === Math) return 'Math';
  if (value === JSON) return 'JSON';
  const name = prototype.constructor?.name;
  return typeof name === 'string' ? name : '';
}

/** A `Symbol.toStringTag` that a program gave its objects; built-in classes have theirs without this. @param {any} value */
function tagLabel(value) {
  const tag = value[Symbol.toStringTag];
  if (typeof tag !== 'string' || tag === '') return '';
  if (Object.keys(value).length === 0) return '';
  return tag;
}

/** @param {Function} fn */
function functionLabel(fn) {
  const source = Function.prototype.toString.call(fn);
  if (source.startsWith('class')) {
    const name = /^class\s+(?!extends\b)([\w$\u0080-\uFFFF]+)/.exec(source)?.[1];
    return name ? `[class ${name}]` : '[class]';
  }
  const kind = Object.getPrototypeOf(fn)?.[Symbol.toStringTag];
  if (kind === 'Mock') return '[class Function]';
  if (kind) return `[Function: ${kind}]`;
  const name =
    /^function\b/.test(source) && !source.includes('[native code]')
      ? /^function\s*([\w$\u0080-\uFFFF]*)/.exec(source)?.[1]
      : isArrow(source)
        ? ''
        : fn.name;
  return name ? `[Function: ${name}]` : '[Function]';
}

/** @param {string} source */
const isArrow = (source) => source.startsWith('(') || /^[\w$]+\s*=>/.test(source);

module.exports = { pretty };
