'use strict';

const zlib = require('node:zlib');
const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');
const { textOrBytes } = require('./byte-source');
const { compressionOptions, decompressionOptions, limitOf, zstdLevel } = require('./compression-options');
const { bufferOf, bytesOf: arrayOf, forGzip, forZstd, lentMemory } = require('./compression-result');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

const INVALID_ARGUMENT = () => new Error('Zlib error: Invalid argument');

const DEFAULT_LEVEL = 6;
const LINUX = 3;
/** From here on `windowBits` means gzip, or whatever it is. */
const GZIP_WINDOW = 16;
/** From here on the memory of dead results is worth getting back. */
const LARGE = 256 * 1024;

/**
 * `Bun.gzipSync`, `Bun.zstdCompress` and their like.
 *
 * gzip and deflate run on libdeflate, what is short and level 1 on encoders of ours, unless an option asks for what only
 * zlib has (`strategy`, `memLevel`, `windowBits`, `library: 'zlib'`), or for libdeflate alone (`library: 'libdeflate'`, above
 * 2 KB); docs/compression.md has the figures. What decompresses takes
 * `maxOutputLength` as Node's zlib does, which Bun's do not.
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
    const level = zstdLevel(options);
    const into = lentMemory();
    return bufferOf(functions().zstdCompress(bytes, level, undefined, into), into);
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {{ level?: number }} [options] @returns {Promise<Buffer>} */
  zstdCompress(data, options = undefined) {
    const bytes = bytesOf(data);
    return lending(bytes).zstdCompress(bytes, zstdLevel(options)).then(asBuffer);
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {{ maxOutputLength?: number }} [options] @returns {Buffer} @throws ERR_ZSTD, ERR_BUFFER_TOO_LARGE */
  zstdDecompressSync(data, options = undefined) {
    const bytes = bytesOf(data);
    const limit = limitOf(options);
    const into = forZstd(bytes);
    return bufferOf(functions().zstdDecompress(bytes, limit, undefined, into), into);
  },

  /** @param {string | ArrayBuffer | ArrayBufferView} data @param {{ maxOutputLength?: number }} [options] @returns {Promise<Buffer>} */
  zstdDecompress(data, options = undefined) {
    const bytes = bytesOf(data);
    return lending(bytes).zstdDecompress(bytes, limitOf(options)).then(asBuffer);
  },
};

/** @type {any} */
let binding;
/** @returns {any} */
const engine = () => (binding ??= native('bun-core', 'bun'));

/** @type {any} */
let calls;

/** The calls that make something at once. @returns {any} */
const functions = () => (calls ??= engine().compressionFunctions());

/** The engine for a call whose result is memory on loan. @param {Uint8Array} bytes that it is to work on @returns {any} */
function lending(bytes) {
  if (bytes.length >= LARGE) require('./young-collection').collectYoung(native('bun-core', 'file'));
  return engine();
}

/** @param {ArrayBuffer} made */
function asBuffer(made) {
  return Buffer.from(made);
}

/** @param {unknown} data @returns {Uint8Array} */
function bytesOf(data) {
  const bytes = textOrBytes(data);
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE('data must be a string, ArrayBuffer or ArrayBufferView');
  return bytes;
}

/** @param {unknown} data @param {unknown} options @param {boolean} gzip */
function compress(data, options, gzip) {
  const bytes = bytesOf(data);
  const { library, level, strategy, memLevel } = compressionOptions(options);
  if (library === 'libdeflate') {
    const chosen = level ?? DEFAULT_LEVEL;
    if (chosen < 0 || chosen > 12)
      throw ERR_INVALID_ARG_TYPE('Compression level must be between 0 and 12 for libdeflate');
    const into = lentMemory();
    return arrayOf(functions().deflate(bytes, chosen, gzip, into, true), into);
  }
  const chosen = level ?? -1;
  if (chosen < -1 || chosen > 9) throw INVALID_ARGUMENT();
  if (library === undefined && strategy === 0 && memLevel === undefined) {
    const into = lentMemory();
    const packed = arrayOf(functions().deflate(bytes, chosen === -1 ? DEFAULT_LEVEL : chosen, gzip, into), into);
    return gzip ? likeZlib(packed, chosen) : packed;
  }
  const given = { level: chosen, strategy, memLevel: memLevel ?? 8 };
  return plain(gzip ? zlib.gzipSync(bytes, given) : zlib.deflateRawSync(bytes, given));
}

/** Writes the header that zlib writes. @param {Uint8Array} packed @param {number} level */
function likeZlib(packed, level) {
  packed[8] = level === 9 ? 2 : level === 0 || level === 1 ? 4 : 0;
  packed[9] = LINUX;
  return packed;
}

/** @param {unknown} data @param {unknown} options @param {boolean} gzip */
function decompress(data, options, gzip) {
  const bytes = bytesOf(data);
  const { library, windowBits } = decompressionOptions(options);
  const limit = limitOf(options);
  if (windowBits === undefined) {
    try {
      return inflated(bytes, limit, gzip);
    } catch (error) {
      if (library === 'libdeflate' || isTooLarge(error)) throw error;
      // zlib says what is wrong with the data.
    }
  }
  try {
    return plain(byWindow(bytes, windowBits, gzip, limit));
  } catch (error) {
    if (isTooLarge(error) || !(error instanceof Error && 'code' in error)) throw error;
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'Z_DATA_ERROR' && windowBits !== undefined && windowBits >= GZIP_WINDOW) {
      try {
        return inflated(bytes, limit, true); // Node looks at what follows gzip
      } catch {
        // it is wrong in itself
      }
    }
    if (code === 'Z_DATA_ERROR') throw new Error(message);
    throw new Error('Zlib returned an error');
  }
}

/** @param {Uint8Array} bytes @param {number} limit @param {boolean} gzip @returns {Uint8Array} */
function inflated(bytes, limit, gzip) {
  const into = gzip ? forGzip(bytes) : lentMemory();
  return arrayOf(functions().inflate(bytes, limit, gzip, into), into);
}

/** zlib's `windowBits` names the format too. @param {Uint8Array} bytes @param {number | undefined} bits @param {boolean} gzip @param {number} limit */
function byWindow(bytes, bits, gzip, limit) {
  const options = limit === Infinity ? {} : { maxOutputLength: limit };
  if (bits === undefined) return gzip ? zlib.gunzipSync(bytes, options) : zlib.inflateRawSync(bytes, options);
  const window = bits < 0 ? -bits : bits & 15;
  if (bits < -15 || bits > 47 || (window < 8 && !(window === 0 && bits >= 0))) throw INVALID_ARGUMENT();
  if (bits < 0) return zlib.inflateRawSync(bytes, { ...options, windowBits: window });
  const read = bits < 16 ? zlib.inflateSync : bits < 32 ? zlib.gunzipSync : zlib.unzipSync;
  return read(bytes, { ...options, windowBits: window });
}

/** @param {any} error */
function isTooLarge(error) {
  return error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** Bun gives a plain `Uint8Array`. @param {Buffer} buffer */
function plain(buffer) {
  const { buffer: whole, byteLength } = buffer;
  return whole.byteLength === byteLength ? new Uint8Array(whole) : new Uint8Array(buffer); // never a slice of Node's pool
}

module.exports = compression;
