'use strict';

/** Hashes of 32 bits of short ASCII strings; -1 when a character is not ASCII. */

const POLYNOMIAL = 0xedb88320;
const table = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  table[byte] = value;
}

/** @param {string} text */
function crc32(text) {
  let crc = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return -1;
    crc = table[(crc ^ code) & 255] ^ (crc >>> 8);
  }
  return (crc ^ -1) >>> 0;
}

/** Sums stay below the modulus for up to 31 characters. @param {string} text */
function adler32(text) {
  let a = 1;
  let b = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return -1;
    a += code;
    b += a;
  }
  return ((b << 16) | a) >>> 0;
}

/** @param {number} word */
const scramble = (word) => {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
};

/** MurmurHash3, x86, 32 bits. @param {string} text */
function murmur32v3(text) {
  const { length } = text;
  let state = 0;
  let seen = 0;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const first = text.charCodeAt(at);
    const second = text.charCodeAt(at + 1);
    const third = text.charCodeAt(at + 2);
    const fourth = text.charCodeAt(at + 3);
    seen |= first | second | third | fourth;
    state ^= scramble(first | (second << 8) | (third << 16) | (fourth << 24));
    state = (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let shift = 0; at < length; at++, shift += 8) {
    const code = text.charCodeAt(at);
    seen |= code;
    tail |= code << shift;
  }
  if (seen > 127) return -1;
  state ^= scramble(tail) ^ length;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** MurmurHash2, 32 bits. @param {string} text */
function murmur32v2(text) {
  const M = 0x5bd1e995;
  const { length } = text;
  let state = length;
  let seen = 0;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const first = text.charCodeAt(at);
    const second = text.charCodeAt(at + 1);
    const third = text.charCodeAt(at + 2);
    const fourth = text.charCodeAt(at + 3);
    seen |= first | second | third | fourth;
    const word = Math.imul(first | (second << 8) | (third << 16) | (fourth << 24), M);
    state = Math.imul(state, M) ^ Math.imul(word ^ (word >>> 24), M);
  }
  if (at < length) {
    for (let shift = 0; at < length; at++, shift += 8) {
      const code = text.charCodeAt(at);
      seen |= code;
      state ^= code << shift;
    }
    state = Math.imul(state, M);
  }
  if (seen > 127) return -1;
  state = Math.imul(state ^ (state >>> 13), M);
  return (state ^ (state >>> 15)) >>> 0;
}

module.exports = { crc32, adler32, murmur32v2, murmur32v3 };
