'use strict';

/** CRC-32 and Adler-32 of short ASCII strings; -1 when a character is not ASCII. */

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

/** Sums stay below the modulus for so few characters. @param {string} text */
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

module.exports = { crc32, adler32 };
