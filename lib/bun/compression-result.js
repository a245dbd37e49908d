'use strict';

/**
 * Arrays for what is compressed and decompressed: each has memory of its own, as in Bun, which is what takes the time with
 * a kilobyte. So one whose length the data say is made before and written to by the engine; others are copied from memory
 * that it may always write to.
 */

/** What is no longer than this is made in memory of ours, or of the array's. */
const LENT = 64 * 1024;
/** So small arrays lie in V8's own heap, until native code asks where. */
const IN_HEAP = 64;
/** Views of so short a start of the memory are kept. */
const KEPT = 2048;
/** So many times larger at most can be what comes of gzip, and of zstd. */
const MOST_OF_GZIP = 1032;
const MOST_OF_ZSTD = 1 << 17;
/** The shortest member of gzip. */
const LEAST_GZIP = 18;
const ZSTD_MAGIC = 0xfd2fb528;

/** The class of Node's buffers, which a program cannot replace. @type {new (length: number) => Buffer} */
const FastBuffer = /** @type {any} */ (Buffer)[Symbol.species];
/** Copies; a program that replaces it gets no view of memory of ours. */
const slice = /** @type {any} */ (Uint8Array.prototype.slice);
const { set, subarray } = /** @type {any} */ (Uint8Array.prototype);

/** Made when it is needed first. */
let lent = new Uint8Array(0);
/** @type {Uint8Array[]} */
const starts = [];

/** The memory that the engine may write to. */
function lentMemory() {
  if (lent.length === 0) lent = new Uint8Array(new ArrayBuffer(LENT));
  return lent;
}

/**
 * What the engine made.
 *
 * @param {number | Uint8Array} made how many bytes it wrote, or what did not fit
 * @param {Uint8Array} into where
 * @returns {Uint8Array}
 */
function bytesOf(made, into) {
  if (typeof made !== 'number') return made;
  return made === into.length && into !== lent ? into : slice.call(into, 0, made);
}

/** The same as a buffer. @param {number | Buffer} made @param {Uint8Array} into @returns {Buffer} */
function bufferOf(made, into) {
  if (typeof made !== 'number') return made;
  if (made === into.length && into !== lent) return /** @type {Buffer} */ (into);
  // A slice of a buffer would ask which class it is to have.
  const buffer = new FastBuffer(made);
  const start =
    made <= KEPT && into === lent ? (starts[made] ??= subarray.call(lent, 0, made)) : into.subarray(0, made);
  set.call(buffer, start);
  return buffer;
}

/** Where the content of gzip is written to. @param {Uint8Array} bytes */
function forGzip(bytes) {
  const { length } = bytes;
  if (length < LEAST_GZIP) return lentMemory();
  const said = uint32(bytes, length - 4);
  return isLikely(said, length * MOST_OF_GZIP) ? new Uint8Array(said) : lentMemory();
}

/** Where the content of zstd is written to. @param {Uint8Array} bytes */
function forZstd(bytes) {
  const said = zstdLength(bytes);
  return isLikely(said, bytes.length * MOST_OF_ZSTD) ? new FastBuffer(said) : lentMemory();
}

/** @param {number} said @param {number} most */
function isLikely(said, most) {
  return said > IN_HEAP && said <= LENT && said <= most;
}

/** The length that a frame says in its header (RFC 8878, section 3.1.1.1); -1 if it does not. @param {Uint8Array} bytes */
function zstdLength(bytes) {
  if (bytes.length < LEAST_GZIP || uint32(bytes, 0) !== ZSTD_MAGIC) return -1;
  const descriptor = bytes[4];
  const isSingle = (descriptor & 32) !== 0;
  const dictionary = descriptor & 3;
  const at = (isSingle ? 5 : 6) + (dictionary === 3 ? 4 : dictionary);
  switch (descriptor >> 6) {
    case 0:
      return isSingle ? bytes[at] : -1;
    case 1:
      return (bytes[at] | (bytes[at + 1] << 8)) + 256;
    case 2:
      return uint32(bytes, at);
    default:
      return -1; // it would not fit
  }
}

/** @param {Uint8Array} bytes @param {number} at */
function uint32(bytes, at) {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

module.exports = { lentMemory, bytesOf, bufferOf, forGzip, forZstd };
