'use strict';

/** @param {ArrayBuffer} buffer @param {unknown} length @returns {ArrayBuffer} */
function move(buffer, length) {
  const size = length === undefined ? buffer.byteLength : Math.trunc(Number(length)) || 0;
  if (size < 0) throw new RangeError('Invalid array buffer length');
  if (size === buffer.byteLength) return structuredClone(buffer, { transfer: [buffer] });
  const result = new ArrayBuffer(size);
  new Uint8Array(result).set(new Uint8Array(buffer, 0, Math.min(size, buffer.byteLength)));
  structuredClone(buffer, { transfer: [buffer] });
  return result;
}

/** @see https://tc39.es/ecma262/#sec-arraybuffer.prototype.transfer */
module.exports = {
  /** @this {ArrayBuffer} @param {number} [newLength] */
  transfer(newLength = undefined) {
    return move(this, newLength);
  },

  /** @this {ArrayBuffer} @param {number} [newLength] */
  transferToFixedLength(newLength = undefined) {
    return move(this, newLength);
  },
};
