'use strict';

const gc = require('./gc');

let aggression = 0;

/**
 * `Bun.unsafe`: what has a meaning outside Bun's own engine.
 * @see https://bun.com/reference/bun/unsafe
 */
const unsafe = {
  /**
   * Bun collects after each test at level 1 and 2; here the level is kept for whoever asks.
   * @param {0 | 1 | 2} [level]
   * @returns {number} the level before
   */
  gcAggressionLevel(level = undefined) {
    const before = aggression;
    if (level === 0 || level === 1 || level === 2) {
      aggression = level;
      if (level > 0) gc(true);
    }
    return before;
  },

  /**
   * Reads bytes as Latin-1, or 16-bit units as UTF-16.
   * @param {ArrayBuffer | Uint8Array | Uint16Array} buffer
   * @returns {string}
   * @throws TypeError when it is something else
   */
  arrayBufferToString(buffer) {
    if (buffer instanceof Uint16Array)
      return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('utf16le');
    if (ArrayBuffer.isView(buffer))
      return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('latin1');
    if (buffer instanceof ArrayBuffer) return Buffer.from(buffer).toString('latin1');
    throw new TypeError('Expected an ArrayBuffer');
  },

  /** @returns {number} the resident memory of the process in bytes */
  memoryFootprint() {
    return process.memoryUsage.rss();
  },
};

module.exports = unsafe;
