'use strict';

const v8 = require('node:v8');

/**
 * Serializes a value by the structured clone algorithm. The bytes are V8's, not JavaScriptCore's.
 *
 * @see https://bun.com/reference/bun/jsc/serialize
 * @param {unknown} value
 * @param {{ binaryType?: 'arraybuffer' | 'nodebuffer' }} [options]
 * @returns {SharedArrayBuffer | Buffer}
 * @throws {DOMException} DataCloneError when the value cannot be cloned
 */
function serialize(value, options) {
  const bytes = v8.serialize(structuredClone(value)); // V8's own error is no DataCloneError
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
    return v8.deserialize(Buffer.from(view)); // a copy: V8 refuses shared memory
  } catch {
    throw new TypeError('Unable to deserialize data.');
  }
}

module.exports = { serialize, deserialize };
