'use strict';

/**
 * `BunFile`: a `Blob` whose bytes are a file's, read when they are asked for.
 *
 * The class keeps its state in private fields; `sourceOf` is the seam for the other areas (a
 * server that sends a file, a process that reads one): it gives the file's path or descriptor
 * and the part of it that a slice covers.
 *
 * @see https://bun.com/docs/runtime/file-io
 */

const fs = require('node:fs');
const { fileEngine } = require('../internal/file-engine');
const { codeError } = require('../internal/errors');
const { typeOfOption, typeOfPath } = require('./mime-type');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** What Bun answers for the time of a file that is not there. */
const NO_TIME = 4503599627370495;
/** Bun's mark for "to the end": an end from here on is none. */
const NO_END = 4503599627370495;

const SOURCE = 'blob.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write';

/** @type {any} */
let binding;
const engine = () => (binding ??= fileEngine());

/** Makes a `Blob`, or takes one that is there: Node makes those of clones itself. */
class Base extends Blob {
  /** @param {Blob} [made] */
  constructor(made) {
    if (made !== undefined) return made;
    super([]);
  }
}

class BunFile extends Base {
  /** @type {string | number} */
  #target;
  #offset = 0;
  /** @type {number | undefined} */
  #end;
  #type;
  /** @type {string | undefined} */
  #name;
  /** @type {Blob | undefined} */
  #snapshot;

  /**
   * @param {string | number} target a checked path or descriptor
   * @param {string} type
   * @param {number} [offset]
   * @param {number} [end] undefined: to the end of the file
   * @param {string} [name]
   * @param {Blob} [made] what is to become the file
   */
  constructor(target, type, offset = 0, end = undefined, name = undefined, made = undefined) {
    super(made);
    this.#target = target;
    this.#type = type;
    this.#offset = offset;
    this.#end = end;
    this.#name = name ?? (typeof target === 'string' ? target : undefined);
  }

  /**
   * @param {unknown} value
   * @returns {{ path: string | undefined, fd: number | undefined, offset: number, end: number | undefined } | undefined}
   *   undefined when the value is no `BunFile`; `end` is undefined up to the end of the file
   */
  static sourceOf(value) {
    if (typeof value !== 'object' || value === null || !(#target in value)) return undefined;
    const file = /** @type {BunFile} */ (value);
    const target = file.#target;
    return {
      path: typeof target === 'string' ? target : undefined,
      fd: typeof target === 'number' ? target : undefined,
      offset: file.#offset,
      end: file.#end,
    };
  }

  /**
   * Makes a file of a `Blob` that Node has made for a clone.
   *
   * @param {any} made
   * @param {{ target: string | number, type: string, offset: number, end?: number, name?: string }} description
   */
  static revive(made, { target, type, offset, end, name }) {
    for (const symbol of Object.getOwnPropertySymbols(made)) delete made[symbol]; // accessors of the class stand for them
    Object.setPrototypeOf(made, BunFile.prototype);
    return new BunFile(target, type, offset, end, name, made);
  }

  /** What `revive` needs. @param {BunFile} file */
  static describe(file) {
    return { target: file.#target, type: file.#type, offset: file.#offset, end: file.#end, name: file.#name };
  }

  /** The bytes at this moment as a Blob that Node's own code can work with. @param {BunFile} file */
  static snapshotOf(file) {
    const taken = file.#snapshot;
    if (taken) return taken;
    const bytes = engine().readSync(file.#target, file.#offset, file.#length, false);
    file.#snapshot = new Blob([bytes], { type: file.#type });
    queueMicrotask(() => {
      file.#snapshot = undefined;
    });
    return file.#snapshot;
  }

  get #length() {
    return this.#end === undefined ? -1 : Math.max(0, this.#end - this.#offset);
  }

  /** @param {boolean} text */
  #read(text) {
    const now = engine().readNow(this.#target, this.#offset, this.#length, text);
    if (now !== null) return now;
    const memory = require('./young-collection').room(binding, this.#target, this.#offset, this.#length);
    if (memory === undefined) return this.#readElsewhere(text);
    return memory.then(() => this.#readElsewhere(text));
  }

  /** On another thread. @param {boolean} text */
  #readElsewhere(text) {
    return binding.read(this.#target, this.#offset, this.#length, text);
  }

  get name() {
    return this.#name;
  }

  set name(name) {
    if (typeof name === 'string' || name == null) this.#name = name;
  }

  get type() {
    return this.#type;
  }

  /** Bytes of the file (or of the slice); 0 when it is not there, Infinity for what has no end. */
  get size() {
    if (this.#end !== undefined) return Math.max(0, this.#end - this.#offset);
    return Math.max(0, sizeOf(this.#target) - this.#offset);
  }

  get lastModified() {
    const stats = statOf(this.#target);
    return stats ? Math.trunc(stats.mtimeMs) : NO_TIME;
  }

  async text() {
    return this.#read(true);
  }

  async bytes() {
    return new Uint8Array(await this.#read(false));
  }

  async arrayBuffer() {
    return this.#read(false);
  }

  async json() {
    return require('./parse-json').parseBody(await this.#read(true));
  }

  async formData() {
    return require('./form-data').parseFormData(await this.bytes(), this.#type);
  }

  /** @param {number} [chunkSize] a hint that Bun takes; the engine's own sizes are kept @throws ERR_INVALID_ARG_TYPE */
  // @ts-expect-error: Bun's takes a chunk size
  stream(chunkSize) {
    if (chunkSize != null && typeof chunkSize !== 'number') throw ERR_INVALID_ARG_TYPE('chunkSize must be a number');
    return require('./file-stream').fileStream(this.#target, this.#offset, this.#length);
  }

  async exists() {
    const stats = statOf(this.#target);
    return stats !== undefined && (stats.isFile() || stats.isFIFO());
  }

  async stat() {
    if (typeof this.#target === 'number') return require('node:util').promisify(fs.fstat)(this.#target);
    return fs.promises.stat(this.#target);
  }

  /** @returns {Promise<void>} */
  unlink() {
    if (typeof this.#target === 'number') throw ERR_INVALID_ARG_TYPE('Is not possible to unlink a file descriptor');
    return fs.promises.unlink(this.#target);
  }

  delete() {
    return this.unlink();
  }

  /** @param {any} data @param {any} [options] */
  write(data, options) {
    if (data == null) throw ERR_INVALID_ARG_TYPE(SOURCE);
    return require('./write')(/** @type {any} */ (this), data, options);
  }

  /** @param {{ highWaterMark?: number }} [options] */
  writer(options) {
    const { FileSink } = require('./file-sink');
    return new FileSink(this.#target, options);
  }

  /**
   * @param {number | string} [begin]
   * @param {number | string} [end]
   * @param {string} [type]
   */
  // @ts-expect-error: Bun's gives a BunFile and takes the type second as well
  slice(begin, end, type) {
    if (typeof begin === 'string') [begin, end, type] = [undefined, undefined, begin];
    else if (typeof end === 'string') [end, type] = [undefined, end];
    // What is no number is no place, as in Bun.
    if (typeof begin !== 'number') begin = undefined;
    if (typeof end !== 'number' || end >= NO_END) end = undefined;
    const size = this.#sliceSize(begin, end);
    const from = place(begin ?? 0, size);
    const to = end === undefined ? undefined : Math.max(from, place(end, size));
    const limit = this.#end === undefined ? to : Math.min(this.#offset + (to ?? Infinity), this.#end) - this.#offset;
    return new BunFile(
      this.#target,
      typeOfOption(type) ?? this.#type,
      this.#offset + from,
      limit === undefined ? undefined : this.#offset + limit,
      this.#name,
    );
  }

  /** Negative places count from the end, so only they need the file's size. @param {any} begin @param {any} end */
  #sliceSize(begin, end) {
    if (this.#end !== undefined) return this.size;
    return begin < 0 || end < 0 ? this.size : Infinity;
  }
}

/** @param {unknown} at @param {number} size */
function place(at, size) {
  const number = Math.trunc(Number(at)) || 0;
  return number < 0 ? Math.max(0, size + number) : Math.min(number, size, NO_END);
}

/** @param {string | number} target @returns {import('node:fs').Stats | undefined} */
function statOf(target) {
  try {
    return typeof target === 'number' ? fs.fstatSync(target) : fs.statSync(target, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** @param {string | number} target */
function sizeOf(target) {
  const stats = statOf(target);
  if (!stats) return 0;
  return stats.isFile() || stats.isDirectory() ? stats.size : Infinity;
}

// Node's own code takes a Blob's bytes from symbol-named fields that its constructor sets. Accessors
// of the same names keep the constructor from setting them and read the file when they are asked for:
// `new Blob([file])`, `new File([file])` and FormData work on a snapshot.
for (const symbol of Object.getOwnPropertySymbols(new Blob([]))) {
  Object.defineProperty(BunFile.prototype, symbol, {
    get() {
      return /** @type {any} */ (BunFile.snapshotOf(this))[symbol];
    },
    set() {},
    configurable: true,
  });
}

Object.defineProperty(BunFile.prototype, 'constructor', { value: Blob, writable: true, configurable: true });

require('./file-clone').sendFiles(BunFile.prototype, (file) => ({
  description: BunFile.describe(file),
  snapshot: () => snapshotIfThere(file),
}));

/** A file that cannot be read is cloned all the same: it may be there when the clone is read. @param {BunFile} file */
function snapshotIfThere(file) {
  try {
    return BunFile.snapshotOf(file);
  } catch {
    return new Blob([]);
  }
}

const sourceOf = BunFile.sourceOf;

module.exports = { BunFile, sourceOf, typeOfPath };
