'use strict';

/** What Bun's functions over bytes take: text, buffers and views, whatever became of their memory. */

const { isAnyArrayBuffer, isSharedArrayBuffer, isStringObject } = require('node:util/types');
const { lengthOf } = require('../internal/real-length');

const NOTHING = new Uint8Array(0);

/** @param {unknown} value @returns {string | undefined} the text of a string or of a `String` object */
function textOf(value) {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && isStringObject(value) ? `${value}` : undefined;
}

/**
 * The bytes of a buffer or view; none where the memory was transferred or resized away.
 *
 * @param {unknown} value
 * @returns {Uint8Array | undefined} undefined for anything else
 */
function windowOf(value) {
  if (value instanceof Uint8Array) return lengthOf(value) === 0 ? NOTHING : value;
  if (ArrayBuffer.isView(value)) {
    const length = viewLength(value);
    return length === 0 ? NOTHING : new Uint8Array(value.buffer, value.byteOffset, length);
  }
  if (isAnyArrayBuffer(value)) return value.byteLength === 0 ? NOTHING : new Uint8Array(value);
  return undefined;
}

/** The getter of a `DataView` throws once its memory is gone. @param {ArrayBufferView} view */
function viewLength(view) {
  try {
    return view.byteLength;
  } catch {
    return 0;
  }
}

/**
 * As `windowOf`, but a copy where another thread could change the bytes under the engine's hands.
 *
 * @param {unknown} value
 * @returns {Uint8Array | undefined}
 */
function bytesOf(value) {
  const bytes = windowOf(value);
  // The first question is the cheap one; buffers of other realms answer the second.
  if (bytes === undefined || bytes.buffer instanceof ArrayBuffer) return bytes;
  return isSharedArrayBuffer(bytes.buffer) ? new Uint8Array(bytes) : bytes;
}

/** As `bytesOf`; text as UTF-8. @param {unknown} value @returns {Uint8Array | undefined} */
function textOrBytes(value) {
  if (value instanceof Uint8Array) return bytesOf(value); // Node is asked what a `String` object is
  const text = textOf(value);
  return text === undefined ? bytesOf(value) : Buffer.from(text, 'utf8');
}

module.exports = { textOf, windowOf, bytesOf, textOrBytes };
