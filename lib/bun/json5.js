'use strict';

const { types } = require('node:util');
const { parser } = require('./data-format');

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$_]*$/u;
/** @type {Record<string, string>} */
const ESCAPES = {
  "'": "\\'",
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\0': '\\0',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * `Bun.JSON5`.
 * @see https://bun.com/docs/runtime/json5
 */
const JSON5 = {
  parse: parser('JSON5', 'json5'),

  /**
   * @param {unknown} value
   * @param {null} [replacer] Bun has none
   * @param {string | number} [space]
   * @returns {string | undefined}
   * @throws Error for cycles, bigints and replacers
   */
  stringify(value, replacer = undefined, space = undefined) {
    if (replacer !== undefined && replacer !== null)
      throw new Error('JSON5.stringify does not support the replacer argument');
    const unit =
      typeof space === 'number'
        ? ' '.repeat(Math.max(0, Math.min(10, Math.trunc(space) || 0)))
        : typeof space === 'string'
          ? space.slice(0, 10)
          : '';
    return write(value, unit, '', []);
  },
};

/** @param {any} value @param {string} unit @param {string} indent @param {unknown[]} open @returns {string | undefined} */
function write(value, unit, indent, open) {
  if (types.isBoxedPrimitive(value)) return write(value.valueOf(), unit, indent, open);
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'boolean':
      return `${value}`;
    case 'bigint':
      throw new Error('JSON5.stringify cannot serialize BigInt');
    case 'object':
      return value === null ? 'null' : container(value, unit, indent, open);
    default:
      return undefined;
  }
}

/** @param {any} value @param {string} unit @param {string} indent @param {unknown[]} open */
function container(value, unit, indent, open) {
  if (open.includes(value)) throw new Error('Converting circular structure to JSON5');
  const inner = indent + unit;
  const within = [...open, value];
  const parts = Array.isArray(value)
    ? value.map((item) => write(item, unit, inner, within) ?? 'null')
    : Object.keys(value).flatMap((key) => {
        const text = write(value[key], unit, inner, within);
        return text === undefined ? [] : [`${IDENTIFIER.test(key) ? key : quote(key)}:${unit && ' '}${text}`];
      });
  const [start, end] = Array.isArray(value) ? '[]' : '{}';
  if (parts.length === 0) return start + end;
  if (unit === '') return start + parts.join(',') + end;
  return `${start}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${end}`;
}

/** @param {string} text */
function quote(text) {
  // eslint-disable-next-line no-control-regex
  const escaped = text.replace(
    /['\\\u0000-\u001F\u007F\u2028\u2029]/g,
    (character) => ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `'${escaped}'`;
}

module.exports = JSON5;
