'use strict';

/** What a program sends, as bytes of a frame. */

const { TEXT, BINARY } = require('./frames');

const MOST_REASON = 123;

/** @param {number} code */
const isCloseCode = (code) =>
  (code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999);

/** @param {any} data @param {boolean} copy whether it is sent later @returns {[opcode: number, bytes: Uint8Array]} */
function payload(data, copy) {
  if (ArrayBuffer.isView(data)) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return [BINARY, copy ? bytes.slice() : bytes];
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer)
    return [BINARY, copy ? new Uint8Array(data).slice() : new Uint8Array(data)];
  return [TEXT, Buffer.from(`${data}`)];
}

/** @param {unknown} code none is sent when it is undefined @param {unknown} reason @returns {Buffer} of the close frame */
function closePayload(code, reason) {
  const number = code === undefined ? undefined : Number(code) & 0xffff;
  if (number !== undefined && !isCloseCode(number))
    throw new DOMException(
      `The close code must be a valid WebSocket close code (1000-1014, excluding the reserved codes 1004-1006, or in the range of 3000 to 4999). Received ${number}.`,
      'InvalidAccessError',
    );
  const text = Buffer.from(reason === undefined ? '' : String(reason));
  if (text.length > MOST_REASON)
    throw new SyntaxError(`The close reason must not be greater than 123 UTF-8 bytes. Received ${text.length} bytes.`);
  if (number === undefined && text.length === 0) return text;
  const data = Buffer.alloc(2 + text.length);
  data.writeUInt16BE(number ?? 1000);
  text.copy(data, 2);
  return data;
}

module.exports = { payload, closePayload, isCloseCode };
