'use strict';

/** The options of `Bun.gzipSync`, `Bun.zstdCompress` and their like, read as Bun reads them. */

const { codeError, received } = require('../internal/errors');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_NOT_A_NUMBER = (/** @type {string} */ name, /** @type {unknown} */ value) =>
  ERR_INVALID_ARG_TYPE(`The "${name}" property must be of type number. ${received(value)}`);
const ERR_OUT_OF_RANGE = codeError(
  RangeError,
  'ERR_OUT_OF_RANGE',
  (name, range, value) => `The value of "${name}" is out of range. It must be ${range}. Received ${value}`,
);
const INT_MOST = 2 ** 31 - 1;

/** @param {any} options */
function compressionOptions(options) {
  if (options === undefined) return { strategy: 0 };
  const type = 'ZlibCompressionOptions';
  objectOf(options, type);
  const { level, strategy, memLevel } = options;
  return {
    library: libraryOf(options, type),
    level: level === undefined ? undefined : integerOf(level),
    memLevel: inRange(`${type}.memLevel`, memLevel, 1, 9),
    strategy: inRange(`${type}.strategy`, strategy, 0, 4) ?? 0,
  };
}

/** @param {any} options */
function decompressionOptions(options) {
  if (options === undefined) return {};
  // The name in this message is Bun's.
  objectOf(options, 'ZlibCompressionOptions');
  const { windowBits } = options;
  return {
    library: libraryOf(options, 'ZlibDecompressionOptions'),
    windowBits: windowBits === undefined ? undefined : integerOf(windowBits),
  };
}

/** @param {any} options @returns {number} */
function zstdLevel(options) {
  if (options === undefined) return 3;
  objectOf(options, 'ZstdCompressionOptions');
  if (options.level === undefined) return 3;
  const level = integerOf(options.level);
  if (level < 1 || level > 22) throw ERR_INVALID_ARG_TYPE('Compression level must be between 1 and 22');
  return level;
}

/** @param {any} options @returns {number} the most bytes that may come out */
function limitOf(options) {
  const limit = options?.maxOutputLength;
  if (limit === undefined) return Infinity;
  if (typeof limit !== 'number') throw ERR_NOT_A_NUMBER('options.maxOutputLength', limit);
  if (!(limit >= 1)) throw ERR_OUT_OF_RANGE('options.maxOutputLength', '>= 1', limit);
  return Math.trunc(limit);
}

/** @param {unknown} options @param {string} type */
function objectOf(options, type) {
  if (options === null || typeof options !== 'object') throw ERR_INVALID_ARG_TYPE(`${type} must be an object`);
}

/** @param {any} options @param {string} type @returns {'zlib' | 'libdeflate' | undefined} */
function libraryOf({ library }, type) {
  if (library === undefined || library === null || library === '') return undefined;
  if (typeof library !== 'string') throw ERR_INVALID_ARG_TYPE(`${type}.library must be a string`);
  if (library !== 'zlib' && library !== 'libdeflate')
    throw ERR_INVALID_ARG_TYPE("Expected library to be one of 'zlib' or 'libdeflate'");
  return library;
}

/** A number of 32 bits: what is beyond becomes the last one. @param {unknown} value @returns {number} */
function integerOf(value) {
  const number = Math.trunc(Number(value)) || 0;
  return Math.min(Math.max(number, -INT_MOST), INT_MOST);
}

/** @param {string} name @param {unknown} value @param {number} min @param {number} max */
function inRange(name, value, min, max) {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw ERR_NOT_A_NUMBER(name, value);
  if (!Number.isInteger(value)) throw ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
  return value;
}

module.exports = { compressionOptions, decompressionOptions, limitOf, zstdLevel };
