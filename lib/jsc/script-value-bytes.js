'use strict';

/** Bytes that grow, and bytes that are read in turn; numbers are little-endian. */

const FIRST_SIZE = 256;
/** Up to here characters are faster one by one than all in a call. */
const SHORT = 24;

class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** What was written. */
  take() {
    return this.#bytes.subarray(0, this.#at);
  }

  /** @param {number} value */
  byte(value) {
    if (this.#at === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#at++] = value;
  }

  /** @param {number} value */
  uint16(value) {
    if (this.#at + 2 > this.#bytes.length) this.#grow(2);
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  /** @param {number} value */
  uint32(value) {
    if (this.#at + 4 > this.#bytes.length) this.#grow(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** @param {number} value */
  uint64(value) {
    this.uint32(value >>> 0);
    this.uint32(Math.floor(value / 2 ** 32));
  }

  /** @param {number} value */
  double(value) {
    if (this.#at + 8 > this.#bytes.length) this.#grow(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** @param {Uint8Array} bytes */
  raw(bytes) {
    if (this.#at + bytes.byteLength > this.#bytes.length) this.#grow(bytes.byteLength);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.byteLength;
  }

  /**
   * A short text whose characters are bytes, behind a number.
   *
   * @param {number} prefix
   * @param {string} text
   * @returns {boolean} false, and nothing is written, if the text is another one
   */
  shortLatin1(prefix, text) {
    const { length } = text;
    if (length > SHORT) return false;
    if (this.#at + 4 + length > this.#bytes.length) this.#grow(4 + length);
    const start = this.#at + 4;
    let seen = 0;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      seen |= code;
      this.#bytes[start + index] = code;
    }
    if (seen > 0xff) return false;
    this.uint32(prefix);
    this.#at += length;
    return true;
  }

  /** Characters of a byte each. @param {string} text */
  latin1(text) {
    if (this.#at + text.length > this.#bytes.length) this.#grow(text.length);
    this.#bytes.latin1Write(text, this.#at);
    this.#at += text.length;
  }

  /** @param {string} text */
  utf16(text) {
    if (this.#at + text.length * 2 > this.#bytes.length) this.#grow(text.length * 2);
    /** @type {any} */ (this.#bytes).ucs2Write(text, this.#at);
    this.#at += text.length * 2;
  }

  /** @param {number} size */
  #grow(size) {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + size));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

class ByteReader {
  #bytes;
  #view;
  #at = 0;

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  byte() {
    return this.#bytes[this.#advance(1)];
  }

  uint16() {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32() {
    return this.#view.getUint32(this.#advance(4), true);
  }

  uint64() {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  double() {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** @param {number} size */
  raw(size) {
    const at = this.#advance(size);
    return this.#bytes.subarray(at, at + size);
  }

  /** @param {number} size */
  latin1(size) {
    const at = this.#advance(size);
    return /** @type {any} */ (this.#bytes).latin1Slice(at, at + size);
  }

  /** @param {number} size in bytes */
  utf16(size) {
    const at = this.#advance(size);
    return /** @type {any} */ (this.#bytes).ucs2Slice(at, at + size);
  }

  /** @param {number} size @returns {number} where what is read begins */
  #advance(size) {
    const at = this.#at;
    if (!(at + size <= this.#bytes.length)) throw malformed();
    this.#at = at + size;
    return at;
  }
}

function malformed() {
  return new TypeError('Unable to deserialize data.');
}

module.exports = { ByteWriter, ByteReader, malformed };
