'use strict';

const zlib = require('node:zlib');
const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_OUT_OF_RANGE = codeError(
  RangeError,
  'ERR_OUT_OF_RANGE',
  (name, min, max, value) =>
    `The value of "ZlibCompressionOptions.${name}" is out of range. It must be >= ${min} && <= ${max}. Received ${value}`,
);

/** libdeflate stores what is shorter; zlib, as in Bun, compresses it. */
const SHORT = 64;
const DEFAULT_LEVEL = 6;
const LINUX = 3;

/**
 * `Bun.gzipSync`, `Bun.zstdCompress` and their like.
 *
 * gzip and deflate run on libdeflate, unless an option asks for what only zlib has (`strategy`,
 * `windowBits`, `library: 'zlib'`); docs/hashing.md has the figures.
 *
 * @see https://bun.com/docs/runtime/utils#bun-gzipsync
 */
const compression = {
  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {Record<string, any>} [options] @returns {Uint8Array} */
  gzipSync(data, options = undefined) {
    return compress(data, options, true);
  },

  /** Without a header: what `zlib.deflateRawSync` gives. @param {string | ArrayBuffer | ArrayBufferView} data @param {Record<string, any>} [options] @returns {Uint8Array} */
  deflateSync(data, options = undefined) {
    return compress(data, options, false);
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {Record<string, any>} [options] @returns {Uint8Array} */
  gunzipSync(data, options = undefined) {
    return decompress(data, options, true);
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {Record<string, any>} [options] @returns {Uint8Array} */
  inflateSync(data, options = undefined) {
    return decompress(data, options, false);
  },

  /** Not in Bun; Node's encoder is the fastest there is. @param {string | ArrayBuffer | ArrayBufferView} data @param {zlib.BrotliOptions} [options] @returns {Uint8Array} */
  brotliCompressSync(data, options = undefined) {
    return plain(zlib.brotliCompressSync(bytesOf(data), options));
  },

  /** Not in Bun. @param {string | ArrayBuffer | ArrayBufferView} data @param {zlib.BrotliOptions} [options] @returns {Uint8Array} */
  brotliDecompressSync(data, options = undefined) {
    return plain(zlib.brotliDecompressSync(bytesOf(data), options));
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {{ level?: number }} [options] @returns {Buffer} */
  zstdCompressSync(data, options = undefined) {
    const bytes = bytesOf(data);
    return engine().zstdCompressSync(bytes, zstdLevel(options));
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {{ level?: number }} [options] @returns {Promise<Buffer>} */
  zstdCompress(data, options = undefined) {
    const bytes = bytesOf(data);
    return engine().zstdCompress(bytes, zstdLevel(options));
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @returns {Buffer} @throws ERR_ZSTD */
  zstdDecompressSync(data) {
    return engine().zstdDecompressSync(bytesOf(data));
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @returns {Promise<Buffer>} */
  zstdDecompress(data) {
    return engine().zstdDecompress(bytesOf(data));
  },
};

function engine() {
  return native('bun-core', 'bun');
}

/** @param {unknown} data @returns {Uint8Array} */
function bytesOf(data) {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw ERR_INVALID_ARG_TYPE('data must be a string, ArrayBuffer or ArrayBufferView');
}

/** @param {unknown} data @param {unknown} options @param {boolean} gzip */
function compress(data, options, gzip) {
  const bytes = bytesOf(data);
  const { library, level, strategy, memLevel } = settings(options);
  if (library === 'libdeflate') {
    const chosen = level ?? DEFAULT_LEVEL;
    if (chosen < 0 || chosen > 12)
      throw ERR_INVALID_ARG_TYPE('Compression level must be between 0 and 12 for libdeflate');
    return plain(engine().deflate(bytes, chosen, gzip));
  }
  const chosen = level ?? -1;
  if (chosen < -1 || chosen > 9) throw new Error('Zlib error: Invalid argument');
  if (library === undefined && strategy === 0 && memLevel === undefined && bytes.length >= SHORT) {
    return plain(likeZlib(engine().deflate(bytes, chosen === -1 ? DEFAULT_LEVEL : chosen, gzip), chosen, gzip));
  }
  const given = { level: chosen, strategy, memLevel: memLevel ?? 8 };
  return plain(gzip ? zlib.gzipSync(bytes, given) : zlib.deflateRawSync(bytes, given));
}

/** Writes the header that zlib writes. @param {Buffer} packed @param {number} level @param {boolean} gzip */
function likeZlib(packed, level, gzip) {
  if (!gzip) return packed;
  packed[8] = level === 9 ? 2 : level === 0 || level === 1 ? 4 : 0;
  packed[9] = LINUX;
  return packed;
}

/** @param {unknown} data @param {unknown} options @param {boolean} gzip */
function decompress(data, options, gzip) {
  const bytes = bytesOf(data);
  const { library, windowBits } = settings(options);
  if (windowBits === undefined && library !== 'zlib') {
    try {
      return plain(engine().inflate(bytes, gzip));
    } catch (error) {
      if (library === 'libdeflate') throw error;
      // zlib says what is wrong with the data.
    }
  }
  try {
    return plain(byWindow(bytes, windowBits, gzip));
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'Z_DATA_ERROR') throw new Error(message);
    throw new Error('Zlib returned an error');
  }
}

/** zlib's `windowBits` names the format too. @param {Uint8Array} bytes @param {number | undefined} bits @param {boolean} gzip */
function byWindow(bytes, bits, gzip) {
  if (bits === undefined || bits === 0) return gzip ? zlib.gunzipSync(bytes) : zlib.inflateRawSync(bytes);
  if (bits < 0) return zlib.inflateRawSync(bytes, { windowBits: -bits });
  if (bits <= 15) return zlib.inflateSync(bytes, { windowBits: bits });
  return bits <= 31 ? zlib.gunzipSync(bytes) : zlib.unzipSync(bytes);
}

/** @param {any} options */
function settings(options) {
  if (options === undefined) return { strategy: 0 };
  if (options === null || typeof options !== 'object')
    throw ERR_INVALID_ARG_TYPE('ZlibCompressionOptions must be an object');
  const { library, level, strategy, memLevel, windowBits } = options;
  if (library !== undefined && library !== 'zlib' && library !== 'libdeflate') {
    throw ERR_INVALID_ARG_TYPE("Expected library to be one of 'zlib' or 'libdeflate'");
  }
  return {
    library,
    level: level === undefined ? undefined : Math.trunc(Number(level)) || 0,
    windowBits: windowBits === undefined ? undefined : Math.trunc(Number(windowBits)) || 0,
    memLevel: inRange('memLevel', memLevel, 1, 9),
    strategy: inRange('strategy', strategy, 0, 4) ?? 0,
  };
}

/** @param {string} name @param {unknown} value @param {number} min @param {number} max */
function inRange(name, value, min, max) {
  if (value === undefined) return undefined;
  const number = Math.trunc(Number(value)) || 0;
  if (number < min || number > max) throw ERR_OUT_OF_RANGE(name, min, max, number);
  return number;
}

/** @param {any} options */
function zstdLevel(options) {
  if (options === undefined) return 3;
  if (options === null || typeof options !== 'object')
    throw ERR_INVALID_ARG_TYPE('ZstdCompressionOptions must be an object');
  if (options.level === undefined) return 3;
  const level = Math.trunc(Number(options.level)) || 0;
  if (level < 1 || level > 22) throw ERR_INVALID_ARG_TYPE('Compression level must be between 1 and 22');
  return level;
}

/** Bun gives a plain `Uint8Array`. @param {Buffer} buffer */
function plain(buffer) {
  const { buffer: whole, byteLength } = buffer;
  return whole.byteLength === byteLength ? new Uint8Array(whole) : new Uint8Array(buffer); // never a slice of Node's pool
}

module.exports = compression;
