'use strict';

/**
 * `FileSink`: incremental writing to a file, pipe or descriptor.
 *
 * Small chunks are gathered and leave together: when they reach the mark, on `flush`, on `end`, or
 * once the current turn of the event loop is over. A descriptor that does not take bytes now (a
 * full pipe) makes `flush` and `end` return promises.
 *
 * @see https://bun.com/docs/runtime/file-io#incremental-writing-with-filesink
 */

const fs = require('node:fs');
const { codeError, makeError } = require('../internal/errors');

const message = (/** @type {string} */ text) => text;
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
const ERR_MISSING_ARGS = codeError(TypeError, 'ERR_MISSING_ARGS', message);
const ERR_STREAM_NULL_VALUES = codeError(TypeError, 'ERR_STREAM_NULL_VALUES', message);
const WRITE_EXPECTS = 'write() expects a string, ArrayBufferView, or ArrayBuffer';

/** Chunks are gathered up to a page, or to what `highWaterMark` asks for. */
const PAGE = 4096;

class FileSink {
  sinkId = 2;
  #descriptor;
  #own;
  #mark;
  /** @type {Buffer[]} */
  #chunks = [];
  #size = 0;
  #scheduled = false;
  #ended = false;
  /** @type {Promise<number> | undefined} */
  #busy;
  /** @type {unknown} */
  #failure;

  /**
   * @param {string | number} target
   * @param {{ highWaterMark?: number }} [options]
   * @throws ERR_INVALID_ARG_TYPE when `options` is no object; the system's error when the file cannot be opened
   */
  constructor(target, options = undefined) {
    if (options != null && typeof options !== 'object')
      throw ERR_INVALID_ARG_TYPE('options must be an object or undefined');
    this.#mark = markOf(options);
    this.#own = typeof target === 'string';
    this.#descriptor = typeof target === 'string' ? openSink(target) : checkedDescriptor(target);
  }

  /**
   * @param {string | ArrayBufferView | ArrayBufferLike} chunk
   * @returns {number | true} bytes of the chunk; `true` after `end`
   */
  write(chunk) {
    const bytes = bytesOf(chunk, arguments.length);
    if (this.#ended) return true;
    if (bytes.byteLength === 0) return 0;
    const { byteLength } = bytes;
    if (this.#busy || this.#size + byteLength < this.#mark) {
      this.#chunks.push(typeof chunk === 'string' ? bytes : Buffer.from(bytes));
      this.#size += byteLength;
      this.#schedule();
    } else {
      this.#chunks.push(bytes);
      this.#size += byteLength;
      this.#push();
    }
    return byteLength;
  }

  /** @returns {number | true | Promise<number>} bytes that left */
  flush() {
    if (this.#ended) return true;
    return this.#busy ?? this.#push();
  }

  /** @param {Error} [_error] @returns {number | Promise<number>} bytes that left */
  end(_error) {
    if (this.#ended) return this.#busy ?? 0;
    this.#ended = true;
    if (!this.#busy) {
      try {
        const left = this.#push();
        if (typeof left === 'number') {
          this.#close();
          return left;
        }
      } catch (error) {
        this.#close();
        throw error;
      }
    }
    this.#busy = /** @type {Promise<number>} */ (this.#busy).finally(() => this.#close());
    return this.#busy;
  }

  close() {
    this.end();
  }

  /** @param {{ highWaterMark?: number }} [options] */
  start(options) {
    if (options != null && typeof options === 'object') this.#mark = markOf(options);
  }

  ref() {}

  unref() {}

  _getFd() {
    return this.#descriptor;
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#ended || this.#busy || this.#size === 0) return;
      try {
        this.#push();
      } catch (error) {
        this.#failure = error; // told at the next flush or end
      }
    });
  }

  /** @returns {number | Promise<number>} */
  #push() {
    this.#tell();
    const { length } = this.#chunks;
    if (length === 0) return 0;
    const bytes = length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [];
    this.#size = 0;
    const done = this.#writeNow(bytes, 0);
    if (done === bytes.byteLength) return done;
    this.#busy = this.#writeLater(Buffer.from(bytes.subarray(done)), done);
    this.#busy.catch(() => {});
    return this.#busy;
  }

  #tell() {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }

  /** Writes what the descriptor takes. @param {Uint8Array} bytes @param {number} done */
  #writeNow(bytes, done) {
    while (done < bytes.byteLength) {
      try {
        done += fs.writeSync(this.#descriptor, bytes, done, bytes.byteLength - done);
      } catch (error) {
        const { code } = /** @type {NodeJS.ErrnoException} */ (error);
        if (code === 'EAGAIN') return done;
        throw error;
      }
    }
    return done;
  }

  /** @param {Buffer} bytes @param {number} before */
  async #writeLater(bytes, before) {
    let total = before;
    for (let pause = 1; ;) {
      const done = this.#writeNow(bytes, 0);
      total += done;
      bytes = bytes.subarray(done);
      if (bytes.byteLength === 0 && this.#size > 0) {
        bytes = Buffer.concat(this.#chunks, this.#size);
        this.#chunks = [];
        this.#size = 0;
      }
      if (bytes.byteLength === 0) break;
      pause = done > 0 ? 1 : Math.min(pause * 2, 16);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.#busy = undefined;
    return total;
  }

  #close() {
    const descriptor = this.#descriptor;
    if (!this.#own || descriptor < 0) return;
    this.#descriptor = -1;
    fs.closeSync(descriptor);
  }
}

/** @param {any} options */
function markOf(options) {
  const mark = options?.highWaterMark;
  return typeof mark === 'number' && mark > PAGE ? mark : PAGE;
}

/** @param {string} path */
function openSink(path) {
  const { O_WRONLY, O_CREAT, O_NONBLOCK = 0 } = fs.constants;
  return fs.openSync(path, O_WRONLY | O_CREAT | O_NONBLOCK, 0o664);
}

/** @param {number} fd @throws EBADF as Bun's, which asks for the descriptor's flags */
function checkedDescriptor(fd) {
  try {
    fs.fstatSync(fd);
  } catch (error) {
    const { code, errno } = /** @type {any} */ (error);
    if (code !== 'EBADF') throw error;
    throw makeError('Error', code, 'EBADF: bad file descriptor, fcntl', { errno, syscall: 'fcntl' }, { fd });
  }
  return fd;
}

/** @param {any} chunk @param {number} given @returns {Buffer} */
function bytesOf(chunk, given) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer || chunk instanceof SharedArrayBuffer)
    return Buffer.from(/** @type {any} */ (chunk));
  if (given === 0) throw ERR_MISSING_ARGS(WRITE_EXPECTS);
  if (chunk == null) throw ERR_STREAM_NULL_VALUES(WRITE_EXPECTS);
  throw ERR_INVALID_ARG_TYPE(WRITE_EXPECTS);
}

Object.defineProperty(FileSink.prototype, Symbol.toStringTag, { value: 'FileSink', configurable: true });

module.exports = { FileSink, bytesOf };
