'use strict';

const path = require('node:path');
const { native } = require('../internal/native');
const { codeError } = require('../internal/errors');
const { toText } = require('../internal/to-text');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const INPUT = 'Expected an object, Blob, TypedArray, or ArrayBuffer';
const [LEAST, USUAL, MOST] = [1, 6, 12];

/** @type {any} */
let binding;
const engine = () => (binding ??= native('bun-core', 'bun'));

/**
 * `Bun.Archive`: a tar archive, made from contents in memory or taken as it is.
 *
 * @see https://bun.com/docs/runtime/archive
 */
class Archive {
  /** @type {Uint8Array} the archive, or what was given as one, possibly compressed */
  #bytes;
  #level;

  /**
   * @param {any} data contents by path; or an archive as a Blob or bytes
   * @param {{ compress?: 'gzip', level?: number }} [options] `level` 1 to 12 (6)
   * @throws ERR_INVALID_ARG_TYPE
   */
  constructor(data = undefined, options = undefined) {
    this.#level = levelOf(options);
    this.#bytes = archiveOf(data, INPUT);
  }

  /**
   * Makes an archive and writes it to a file.
   *
   * @param {string} file
   * @param {any} data as for the constructor, or an `Archive`
   * @param {{ compress?: 'gzip', level?: number }} [options]
   * @returns {Promise<void>}
   * @throws ERR_INVALID_ARG_TYPE; rejects with the system's error of `open` or `write`
   */
  static write(file, data, options = undefined) {
    if (typeof file !== 'string') throw ERR_INVALID_ARG_TYPE('Archive.write: first argument must be a string path');
    const level = options == null && data instanceof Archive ? data.#level : levelOf(options);
    const bytes =
      data instanceof Archive
        ? data.#bytes
        : archiveOf(data, 'Expected an object, Blob, TypedArray, ArrayBuffer, or Archive');
    return compress(bytes, level).then(async (packed) => {
      await require('./write')(file, packed, { createPath: false });
    });
  }

  /** @returns {Promise<Blob>} */
  async blob() {
    return new Blob([/** @type {any} */ (await this.bytes())]);
  }

  /** @returns {Promise<Uint8Array>} */
  async bytes() {
    const packed = await compress(this.#bytes, this.#level);
    return packed === this.#bytes ? packed.slice() : packed;
  }

  /**
   * @param {string | string[]} [glob] patterns of which one must match; those with `!` in front must not
   * @returns {Promise<Map<string, File>>} the regular files by path
   * @throws ERR_INVALID_ARG_TYPE; rejects with an `Error` for what is no archive
   */
  files(glob = undefined) {
    const patterns = patternsOf(glob, 'Archive.files');
    return engine().archiveFiles(this.#bytes, patterns).then(filesOf);
  }

  /**
   * @param {string} directory made when it is not there
   * @param {{ glob?: string | string[] }} [options]
   * @returns {Promise<number>} files, directories and links that were made
   * @throws ERR_INVALID_ARG_TYPE; rejects with an `Error` for what is no archive, or the system's
   */
  extract(directory, options = undefined) {
    if (typeof directory !== 'string') throw ERR_INVALID_ARG_TYPE('Archive.extract requires a path argument');
    if (options != null && typeof options !== 'object')
      throw ERR_INVALID_ARG_TYPE('Archive.extract: second argument must be an options object');
    const patterns = patternsOf(options?.glob, 'Archive.extract');
    return engine().extractArchive(this.#bytes, path.resolve(directory), patterns);
  }

  get [Symbol.toStringTag]() {
    return 'Archive';
  }
}

/** @param {Uint8Array} bytes @param {number | undefined} level @returns {Promise<Uint8Array>} */
async function compress(bytes, level) {
  if (level === undefined) return bytes;
  const { buffer, byteOffset, byteLength } = await engine().gzipArchive(bytes, level);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** @param {any} options @returns {number | undefined} undefined for none */
function levelOf(options) {
  if (options == null) return undefined;
  if (typeof options !== 'object') throw ERR_INVALID_ARG_TYPE('Archive: options must be an object');
  const { compress, level } = options;
  if (compress == null) return undefined;
  if (typeof compress !== 'string') throw ERR_INVALID_ARG_TYPE('Archive: compress option must be a string');
  if (compress !== 'gzip') throw ERR_INVALID_ARG_TYPE('Archive: compress option must be "gzip"');
  if (level == null) return USUAL;
  if (typeof level !== 'number') throw ERR_INVALID_ARG_TYPE('Archive: level must be a number');
  if (!(level >= LEAST && level <= MOST))
    throw ERR_INVALID_ARG_TYPE(`Archive: level must be between ${LEAST} and ${MOST}`);
  return Math.trunc(level);
}

/** @param {any} data @param {string} expected @returns {Uint8Array} a copy, or freshly packed */
function archiveOf(data, expected) {
  if ((typeof data !== 'object' && typeof data !== 'function') || data === null) throw ERR_INVALID_ARG_TYPE(expected);
  if (isBytes(data) || data instanceof Blob) return contentOf(data).slice();
  const names = Object.keys(data);
  const contents = names.map((name) => contentOf(data[name]));
  const lengths = contents.map(({ byteLength }) => byteLength);
  const { buffer, byteOffset, byteLength } = engine().packArchive(names, Buffer.concat(contents), lengths);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** @param {any} value */
function isBytes(value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/** @param {any} value @returns {Uint8Array} */
function contentOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return new Uint8Array(/** @type {ArrayBuffer} */ (value));
  if (value instanceof Blob) return require('./blob-bytes').bytesNow(value);
  return Buffer.from(toText(value));
}

/** @param {any} glob @param {string} method @returns {string[]} */
function patternsOf(glob, method) {
  if (glob == null) return [];
  if (typeof glob === 'string') return [glob];
  if (!Array.isArray(glob)) throw ERR_INVALID_ARG_TYPE(`${method}: glob must be a string or array of strings`);
  if (glob.some((pattern) => typeof pattern !== 'string'))
    throw ERR_INVALID_ARG_TYPE(`${method}: glob array must contain only strings`);
  return glob;
}

/** @param {{ names: string, facts: number[], contents: Buffer }} found */
function filesOf({ names, facts, contents }) {
  const { File } = require('node:buffer');
  const files = new Map();
  let at = 0;
  for (const [i, name] of names.split('\0').slice(0, -1).entries()) {
    const [length, lastModified] = [facts[2 * i], facts[2 * i + 1]];
    files.set(name, new File([/** @type {any} */ (contents.subarray(at, at + length))], name, { lastModified }));
    at += length;
  }
  return files;
}

module.exports = Archive;
