'use strict';

/**
 * `Bun.concatArrayBuffers`: the bytes of buffers and views, one after the other.
 *
 * @see https://bun.com/docs/runtime/utils
 * @param {(ArrayBufferView | ArrayBufferLike)[]} buffers
 * @param {number} [maxLength] bytes of the result at most
 * @param {boolean} [asUint8Array]
 * @returns {ArrayBuffer | Uint8Array}
 * @throws {TypeError} for anything but buffers; {RangeError} for a negative `maxLength`
 */
function concatArrayBuffers(buffers, maxLength = undefined, asUint8Array = false) {
  const parts = partsOf(buffers);
  const size = parts.reduce((total, part) => total + part.byteLength, 0);
  const all = new Uint8Array(Math.min(size, limitOf(maxLength)));
  let at = 0;
  for (const part of parts) {
    const rest = all.byteLength - at;
    if (rest === 0) break;
    all.set(part.byteLength > rest ? part.subarray(0, rest) : part, at);
    at += Math.min(rest, part.byteLength);
  }
  return asUint8Array ? all : all.buffer;
}

/** @param {any} buffers @returns {Uint8Array[]} */
function partsOf(buffers) {
  if (buffers == null) return [];
  if (!Array.isArray(buffers)) throw new TypeError('Argument must be an array');
  return buffers.map((buffer) => {
    if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    if (buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer) return new Uint8Array(buffer);
    throw new TypeError('Expected TypedArray');
  });
}

/** @param {unknown} maxLength */
function limitOf(maxLength) {
  if (typeof maxLength !== 'number') return Infinity;
  if (!(maxLength >= 0)) throw new RangeError('Maximum length must be >= 0');
  return Math.trunc(maxLength);
}

module.exports = concatArrayBuffers;
