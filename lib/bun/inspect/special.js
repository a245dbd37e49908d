'use strict';

/** How objects that are more than their properties are printed: dates, buffers, errors, promises, … */

const types = require('node:util/types');
const { paint, start, RESET } = require('./colors');
const { read } = require('./properties');

const BUFFER_BYTES = 50;

/**
 * @typedef {object} Tools what a printer may do, see `Formatter`
 * @property {any} settings
 * @property {(text: string) => void} write
 * @property {(text: string, style: import('./colors').Style) => void} word
 * @property {(text: string) => void} string
 * @property {(length: number) => void} lengthen makes the estimate of the line larger
 * @property {(value: unknown) => void} format
 * @property {(value: unknown) => void} quoted the same, where a string is quoted in any case
 * @property {() => void} comma
 * @property {() => void} space
 * @property {(open: string, close: string, lines: (() => void)[]) => void} block
 * @property {(value: object) => void} properties
 * @property {() => boolean} isTop whether it stands in a line of the console, outside of other values
 * @property {() => string} indentation
 * @property {() => void} newLine starts a line of what is indented
 * @property {(print: () => void) => void} indented prints deeper, and a new line behind it
 *
 * @typedef {(value: any, tools: Tools) => void} Printer
 */

/**
 * @param {any} value
 * @returns {Printer | undefined}
 */
function find(value) {
  if (typeof value === 'function') return undefined;
  if (types.isDate(value)) return date;
  if (types.isRegExp(value)) return regularExpression;
  if (types.isPromise(value)) return promise;
  if (types.isNativeError(value) || isErrorLike(value)) return error;
  if (Buffer.isBuffer(value)) return buffer;
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return bytes;
  if (types.isBoxedPrimitive(value)) return boxed(value);
  if (types.isWeakMap(value)) return (_, tools) => tools.write('WeakMap {}');
  if (types.isWeakSet(value)) return (_, tools) => tools.write('WeakSet {}');
  if (types.isMapIterator(value)) return iterator('MapIterator', isEntries(value));
  if (types.isSetIterator(value)) return iterator('SetIterator', isEntries(value));
  if (types.isGeneratorObject(value) || read(value, Symbol.toStringTag) === 'String Iterator')
    return (_, tools) => tools.write('{}');
  if (typeof value.$$typeof === 'symbol') return require('./jsx').find(value);
  return require('./web').find(value);
}

/** @type {Printer} */
function date(value, { word, lengthen }) {
  lengthen(2); // as if it were quoted
  word(Number.isNaN(value.getTime()) ? 'Invalid Date' : Date.prototype.toISOString.call(value), 'magenta');
}

/** @type {Printer} */
function regularExpression(value, { word }) {
  word(RegExp.prototype.toString.call(value), 'red');
}

/** @type {Printer} */
function promise(value, { write, settings }) {
  const state = { pending: '<pending>', fulfilled: '<resolved>', rejected: '<rejected>' }[
    require('../peek').status(value)
  ];
  write(`Promise { ${settings.colors ? paint('cyan', state) : state} }`);
}

/** @type {Printer} */
function error(value, tools) {
  require('./error').print(value, tools);
}

/** @type {Printer} */
function buffer(value, { write }) {
  const hex = value
    .subarray(0, BUFFER_BYTES)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
  const rest = value.length - BUFFER_BYTES;
  write(`<Buffer ${hex}${rest > 0 ? ` ... ${rest} more byte${rest === 1 ? '' : 's'}` : ''}>`);
}

/** @type {Printer} */
function bytes(value, { write, settings }) {
  const isBuffer = types.isAnyArrayBuffer(value);
  const items = isBuffer
    ? new Uint8Array(value)
    : types.isDataView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : value;
  const name = isBuffer
    ? types.isSharedArrayBuffer(value)
      ? 'SharedArrayBuffer'
      : 'ArrayBuffer'
    : types.isDataView(value)
      ? 'DataView'
      : value[Symbol.toStringTag];
  const shown = Array.from(items, (item) => `${item}${typeof item === 'bigint' ? 'n' : ''}`);
  const separator = settings.colors ? `${RESET}${start('dim')},${RESET} ` : ', ';
  const list = shown.map((item) => (settings.colors ? paint('yellow', item) : item)).join(separator);
  write(`${name}(${items.length}) ${list ? `[ ${list} ]` : '[]'}`);
}

/** @param {any} value @returns {Printer | undefined} */
function boxed(value) {
  if (types.isStringObject(value)) return stringObject;
  if (types.isNumberObject(value))
    return (number, { word }) => word(`[Number: ${Number.prototype.valueOf.call(number)}]`, 'yellow');
  if (types.isBooleanObject(value))
    return (truth, { word }) => word(`[Boolean: ${Boolean.prototype.valueOf.call(truth)}]`, 'yellow');
  return undefined;
}

/** @type {Printer} */
function stringObject(value, { string, word, isTop }) {
  const text = String.prototype.valueOf.call(value);
  if (isTop()) word(`[String: ${JSON.stringify(text)}]`, 'green');
  else string(text);
}

/** @param {string} name @param {boolean} keyed @returns {Printer} */
function iterator(name, keyed) {
  return (value, { block, format, write }) => {
    const { native } = require('../../internal/native');
    const flat = native('bun-core', 'bun').previewEntries(value) ?? [];
    const items = keyed
      ? flat.flatMap((/** @type {unknown} */ _, /** @type {number} */ at) => (at % 2 ? [] : [[flat[at], flat[at + 1]]]))
      : flat;
    if (items.length === 0) write(`${name} { }`);
    else
      block(
        `${name} { `,
        '}',
        items.map((/** @type {unknown} */ item) => () => format(item)),
      );
  };
}

/** Node's inspector knows whether an iterator gives entries. @param {object} value */
function isEntries(value) {
  return require('node:util').inspect(value, { depth: 0, maxArrayLength: 0 }).includes('Entries]');
}

/** @param {any} value */
function isErrorLike(value) {
  return (
    value instanceof Error &&
    !(typeof DOMException === 'function' && value instanceof DOMException) &&
    typeof read(value, 'stack') === 'string'
  );
}

module.exports = { find };
