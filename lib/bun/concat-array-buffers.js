'use strict';

/**
 * `Bun.concatArrayBuffers`: one buffer of several.
 *
 * @see https://bun.com/reference/bun/concatArrayBuffers
 * @param {(ArrayBufferView | ArrayBufferLike)[]} buffers
 * @param {number} [most] bytes to take
 * @param {boolean} [asUint8Array]
 * @returns {ArrayBuffer | Uint8Array}
 * @throws TypeError when an element is no buffer
 */
function concatArrayBuffers(buffers, most = Infinity, asUint8Array = false) {
  if (buffers === undefined) throw new TypeError('Expected at least one argument');
  const parts = [];
  let length = 0;
  for (const part of buffers) {
    if (!ArrayBuffer.isView(part) && !(part instanceof ArrayBuffer) && !(part instanceof SharedArrayBuffer)) throw new TypeError('Expected TypedArray');
    const bytes = ArrayBuffer.isView(part) ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength) : new Uint8Array(part);
    const kept = bytes.subarray(0, Math.max(0, most - length));
    parts.push(kept);
    length += kept.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return asUint8Array ? whole : whole.buffer;
}

Object.defineProperty(concatArrayBuffers, 'length', { value: 3 });

module.exports = concatArrayBuffers;
