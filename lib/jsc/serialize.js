'use strict';

const { TooDeep } = require('./script-value-format');
const { readScriptValue } = require('./script-value-reader');
const { writeScriptValue } = require('./script-value-writer');

/**
 * Serializes a value by the structured clone algorithm, in JavaScriptCore's format: Bun reads it, too.
 *
 * @see https://bun.com/reference/bun/jsc/serialize
 * @param {unknown} value
 * @param {{ binaryType?: 'arraybuffer' | 'nodebuffer' }} [options]
 * @returns {SharedArrayBuffer | Buffer}
 * @throws {DOMException} DataCloneError when the value cannot be cloned
 */
function serialize(value, options) {
  const bytes = writeScriptValue(value);
  if (options?.binaryType === 'nodebuffer') return bytes;
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/**
 * Reads what `serialize` made.
 *
 * @param {ArrayBufferLike | ArrayBufferView} bytes
 * @returns {any}
 * @throws {TypeError} when it is no serialized value
 */
function deserialize(bytes) {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : bytes instanceof ArrayBuffer || bytes instanceof SharedArrayBuffer
      ? new Uint8Array(bytes)
      : undefined;
  if (!view) throw new TypeError('First argument must be an ArrayBuffer');
  try {
    return readScriptValue(Buffer.from(view)); // a copy: it may be shared memory
  } catch (error) {
    if (error instanceof TooDeep) throw error;
    throw new TypeError('Unable to deserialize data.');
  }
}

module.exports = { serialize, deserialize };
