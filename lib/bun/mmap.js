'use strict';

const path = require('node:path');
const { native } = require('../internal/native');
const { codeError } = require('../internal/errors');
const { fileTarget } = require('./file-target');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * `Bun.mmap`: a file as memory.
 *
 * @see https://bun.com/docs/runtime/utils
 * @param {string} file
 * @param {{ shared?: boolean, sync?: boolean, offset?: number, size?: number }} [options] `shared` (true): changes go to the
 *   file; `sync`: through MAP_SYNC, which needs storage that has it; `offset` and `size` in bytes
 * @returns {Uint8Array}
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE; the system's error of `open` or `mmap` (EINVAL for an empty range)
 */
function mmap(file, options = undefined) {
  if (typeof file !== 'string') throw ERR_INVALID_ARG_TYPE('path must be a string');
  if (options != null && typeof options !== 'object') throw ERR_INVALID_ARG_TYPE('MMapOptions must be an object');
  const name = path.resolve(/** @type {string} */ (fileTarget(file)));
  const { shared, sync, offset, size } = options ?? {};
  const memory = native('bun-core', 'file').mmap(
    name,
    count('offset', offset) ?? 0,
    count('size', size),
    shared === undefined ? true : Boolean(shared),
    Boolean(sync),
  );
  return new Uint8Array(memory);
}

/** @param {string} name @param {unknown} value */
function count(name, value) {
  if (value === undefined) return undefined;
  const number = Math.trunc(Number(value)) || 0;
  if (number < 0) throw ERR_INVALID_ARG_TYPE(`${name} must be a non-negative integer`);
  return number;
}

module.exports = mmap;
