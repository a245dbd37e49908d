'use strict';

/**
 * Where the pieces of a body are put together while its source gives one after the other: a call of the engine costs more
 * than a short piece. Stages are lent for as long as the microtasks run, so that a few serve all bodies.
 */

const { lengthOf } = require('../../internal/real-length');

/** A body that is longer goes out in chunks. */
const LARGEST_AT_HAND = 64 * 1024;
/** So many wait for the next body. */
const MOST_FREE = 16;
/** Below this, writing character by character is faster than a call of `utf8Write`. */
const SHORT = 24;
const UTF8_GROWTH = 3;

/**
 * @param {Buffer} bytes
 * @param {string} text
 * @param {number} at
 * @returns {number} the bytes written
 */
function writeText(bytes, text, at) {
  const { length } = text;
  if (length <= SHORT) {
    let index = 0;
    for (; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) break;
      bytes[at + index] = unit;
    }
    if (index === length) return length;
  }
  return /** @type {any} */ (bytes).utf8Write(text, at);
}

/** @type {Stage[]} */
const free = [];

class Stage {
  #bytes = Buffer.allocUnsafeSlow(LARGEST_AT_HAND);
  #used = 0;

  /** @returns {Stage} */
  static lend() {
    return free.pop() ?? new Stage();
  }

  /** @param {string | Uint8Array} piece @returns {boolean} whether there was room for it */
  take(piece) {
    const left = LARGEST_AT_HAND - this.#used;
    if (typeof piece === 'string') {
      if (piece.length * UTF8_GROWTH > left) return false;
      this.#used += writeText(this.#bytes, piece, this.#used);
    } else {
      const length = lengthOf(piece);
      if (length > left) return false;
      // What was transferred away counts as empty, but cannot be copied.
      if (length > 0) this.#bytes.set(piece, this.#used);
      this.#used += length;
    }
    return true;
  }

  /** What was taken, to be used at once. @returns {Uint8Array} */
  get content() {
    return this.#bytes.subarray(0, this.#used);
  }

  /** To be called once, and last. */
  giveBack() {
    this.#used = 0;
    if (free.length < MOST_FREE) free.push(this);
  }
}

module.exports = { Stage, writeText, LARGEST_AT_HAND };
