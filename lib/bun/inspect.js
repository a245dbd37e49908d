'use strict';

const { codeError } = require('../internal/errors');
const { Formatter } = require('./inspect/formatter');
const table = require('./inspect/table');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

const DEFAULT_DEPTH = 8;
const custom = Symbol.for('nodejs.util.inspect.custom');

/**
 * `Bun.inspect`: a value as text, in the format of Bun's `console.log`.
 *
 * @see https://bun.com/docs/runtime/utils#bun-inspect
 * @param {unknown} value
 * @param {{ depth?: number, colors?: boolean, sorted?: boolean, compact?: boolean } | unknown} [options]
 * @returns {string}
 */
function inspect(value, options) {
  if (arguments.length === 0) return '';
  const formatter = new Formatter({ ...settings(options), inspect });
  return formatter.print(value, true);
}

/** @param {any} options */
function settings(options) {
  const found = { depth: DEFAULT_DEPTH, colors: false, sorted: false, compact: false };
  if (typeof options === 'number') found.depth = depthOf(options);
  if (options === null || typeof options !== 'object') return found;
  const { depth, colors, sorted, compact } = options;
  if (typeof depth === 'number') found.depth = depthOf(depth);
  found.colors = Boolean(colors);
  found.sorted = Boolean(sorted);
  found.compact = Boolean(compact);
  return found;
}

/** @param {number} depth */
function depthOf(depth) {
  if (Math.abs(depth) === Infinity) return Infinity;
  if (!Number.isInteger(depth)) throw ERR_INVALID_ARG_TYPE(`expected depth to be an integer, got ${depth}`);
  if (depth < 0) throw ERR_INVALID_ARG_TYPE(`expected depth to be greater than or equal to 0, got ${depth}`);
  return depth;
}

inspect.custom = custom;
inspect.table = table;

module.exports = inspect;
