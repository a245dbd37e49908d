'use strict';

/**
 * `Blob` and `File` as Bun constructs them: of an array, of one buffer or of nothing. They stand before Node's classes
 * and share their prototypes, so what Node makes itself is an instance, too.
 *
 * @see https://bun.com/docs/runtime/binary-data
 */

const buffer = require('node:buffer');
const { codeError } = require('../internal/errors');
const { respell } = require('../bun/mime-type');
const { nameOver } = require('./blob-methods');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * @param {unknown} parts
 * @returns {any[]} what Node's constructor takes; it would read a typed array as a list of numbers
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 */
function partsOf(parts) {
  if (Array.isArray(parts)) return parts;
  if (parts === undefined || parts === null) return [];
  if (ArrayBuffer.isView(parts) || require('node:util').types.isAnyArrayBuffer(parts)) return [parts];
  throw ERR_INVALID_ARG_TYPE('new Blob() expects an Array');
}

/** The options with the type as Bun spells it. @param {any} options */
function optionsOf(options) {
  const type = options?.type;
  if (typeof type !== 'string') return options;
  const spelled = respell(type);
  return spelled === type ? options : { ...options, type: spelled };
}

/**
 * @template {Function} C
 * @param {C} Class Node's
 * @param {(given: any[]) => any[]} argumentsOf what its constructor is to get
 * @returns {C}
 */
function constructing(Class, argumentsOf) {
  const ours = new Proxy(Class, {
    construct: (target, given, newTarget) => Reflect.construct(target, argumentsOf(given), newTarget),
  });
  Object.defineProperty(Class.prototype, 'constructor', { value: ours });
  return ours;
}

/** @returns {any} */
function ourBlob() {
  return constructing(buffer.Blob, ([parts, options]) => [partsOf(parts), optionsOf(options)]);
}

/** @returns {any} */
function ourFile() {
  const File = /** @type {any} */ (buffer).File;
  const { get } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(File.prototype, 'name'));
  Object.defineProperty(File.prototype, 'name', nameOver(get));
  return constructing(File, (given) => {
    if (given.length < 2) throw ERR_INVALID_ARG_TYPE('new File(bits, name) expects at least 2 arguments');
    return [partsOf(given[0]), given[1], optionsOf(given[2])];
  });
}

/** @type {{ Blob?: any, File?: any }} */
const classes = {};

module.exports = {
  get Blob() {
    return (classes.Blob ??= ourBlob());
  },
  get File() {
    return (classes.File ??= ourFile());
  },
};
