'use strict';

const { codeError } = require('../internal/errors');
const { bytesOf } = require('./hash-input');

const ERR_INVALID_ARG_TYPE = codeError(
  TypeError,
  'ERR_INVALID_ARG_TYPE',
  () => 'input must be a string, ArrayBuffer, ArrayBufferView or Blob',
);

/**
 * Makes the `parse` of `Bun.TOML`, `Bun.YAML`, `Bun.JSON5` and `Bun.JSONC`.
 *
 * @see https://bun.com/docs/runtime/file-types
 * @param {string} name for messages
 * @param {'toml' | 'yaml' | 'json5' | 'jsonc'} format
 * @returns {(input: unknown) => unknown}
 */
function parser(name, format) {
  return function parse(input) {
    const text = textOf(input);
    if (text.trim() === '' && (format === 'jsonc' || format === 'json5'))
      throw new SyntaxError(`${name} Parse error: Unexpected end of input`);
    try {
      return require('../loader/data').parse(text, `input.${format}`, format);
    } catch (error) {
      throw new SyntaxError(`${name} Parse error: ${/** @type {Error} */ (error).message}`);
    }
  };
}

/** @param {unknown} input @returns {string} */
function textOf(input) {
  if (typeof input === 'string') return input;
  if (input === undefined || input === null) throw ERR_INVALID_ARG_TYPE();
  const bytes = bytesOf(input);
  return bytes === undefined
    ? `${input}`
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

module.exports = { parser, textOf };
