'use strict';

const path = require('node:path');
const { native } = require('../internal/native');
const { codeError } = require('../internal/errors');
const { quickMatcher } = require('./glob-matcher');
const { AsyncPaths, Paths } = require('./glob-paths');

const message = (/** @type {string} */ text) => text;
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
const ERR_INVALID_ARG_VALUE = codeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);

/**
 * `Bun.Glob`: a pattern for paths.
 *
 * @see https://bun.com/docs/runtime/glob
 */
class Glob {
  #text;
  #quick;
  /** @type {any} */
  #compiled;

  /** @param {string} pattern @throws ERR_INVALID_ARG_TYPE */
  constructor(pattern) {
    if (typeof pattern !== 'string') throw ERR_INVALID_ARG_TYPE('pattern must be a string');
    this.#text = pattern;
    this.#quick = quickMatcher(pattern);
  }

  /** @param {string} str @returns {boolean} whether the whole of it matches @throws ERR_INVALID_ARG_TYPE */
  match(str) {
    if (typeof str !== 'string') throw ERR_INVALID_ARG_TYPE('str must be a string');
    const quick = this.#quick;
    if (quick !== undefined && str.length <= quick.longest) return quick.test(str);
    this.#compiled ??= new (native('bun-core', 'file').GlobPattern)(this.#text);
    return this.#compiled.matches(str);
  }

  /**
   * @param {string | import('bun').GlobScanOptions} [optionsOrCwd]
   * @returns {AsyncGenerator<string>} paths, in no particular order
   * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE; the system's error of `open`
   */
  scan(optionsOrCwd = undefined) {
    const found = native('bun-core', 'file').globScan(withoutNul('pattern', this.#text), scanOptions(optionsOrCwd));
    return /** @type {any} */ (new AsyncPaths(found));
  }

  /**
   * @param {string | import('bun').GlobScanOptions} [optionsOrCwd]
   * @returns {Generator<string>}
   * @throws as `scan`
   */
  scanSync(optionsOrCwd = undefined) {
    const found = native('bun-core', 'file').globScanSync(withoutNul('pattern', this.#text), scanOptions(optionsOrCwd));
    return /** @type {any} */ (new Paths(found));
  }
}

/** @param {any} given */
function scanOptions(given) {
  if (given != null && typeof given !== 'string' && typeof given !== 'object') {
    throw ERR_INVALID_ARG_TYPE('GlobScanOptions must be an object');
  }
  /** @type {any} without what somebody put on `Object.prototype` */
  const options = { __proto__: null, ...(typeof given === 'string' ? { cwd: given } : given) };
  return {
    directory: path.resolve(directoryOf(options.cwd)),
    dot: Boolean(options.dot),
    absolute: Boolean(options.absolute),
    follow: Boolean(options.followSymlinks),
    broken: Boolean(options.throwErrorOnBrokenSymlink),
    onlyFiles: options.onlyFiles == null ? true : Boolean(options.onlyFiles),
  };
}

/** @param {any} cwd @returns {string} */
function directoryOf(cwd) {
  if (cwd == null) return '';
  if (typeof cwd !== 'string') throw ERR_INVALID_ARG_TYPE('GlobScanOptions.cwd must be a string');
  return withoutNul('cwd', cwd);
}

/** @param {string} name @param {string} text */
function withoutNul(name, text) {
  if (!text.includes('\0')) return text;
  throw ERR_INVALID_ARG_VALUE(
    `The argument '${name}' must be a string without null bytes. Received ${JSON.stringify(text)}`,
  );
}

Object.defineProperty(Glob.prototype, Symbol.toStringTag, { value: 'Glob', configurable: true });

module.exports = Glob;
