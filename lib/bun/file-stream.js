'use strict';

/**
 * `BunFile.stream()`: a file as a ReadableStream, opened at the first read.
 */

const fs = require('node:fs');
const { promisify } = require('node:util');
const { native } = require('../internal/native');
const { collectYoung } = require('./young-collection');

const open = promisify(fs.open);
const fstat = promisify(fs.fstat);
const read = promisify(fs.read);
const close = promisify(fs.close);

const FIRST = 256 * 1024;
const NEXT = 512 * 1024;
const PIPE = 64 * 1024;

/**
 * @param {string | number} target
 * @param {number} offset
 * @param {number} length -1 to the end
 * @returns {ReadableStream<Uint8Array>}
 */
function fileStream(target, offset, length) {
  require('./stream-readers').installReaders();
  const source = new FileSource(target, offset, length < 0 ? Infinity : length);
  return new ReadableStream(
    {
      pull: (controller) => source.pull(controller),
      cancel: () => source.close(),
    },
    { highWaterMark: 0 },
  );
}

/** @type {any} */
let binding;
const engine = () => (binding ??= native('bun-core', 'file'));

class FileSource {
  #target;
  #offset;
  #rest;
  #descriptor = -1;
  #positioned = false;
  #started = false;

  /** @param {string | number} target @param {number} offset @param {number} rest */
  constructor(target, offset, rest) {
    this.#target = target;
    this.#offset = offset;
    this.#rest = rest;
  }

  /** @param {ReadableStreamDefaultController<Uint8Array>} controller */
  async pull(controller) {
    try {
      const first = !this.#started;
      if (first) await this.#open();
      const size = Math.min(this.#rest, first ? FIRST : NEXT);
      const chunk = size > 0 ? (this.#readNow(size) ?? (await this.#read(size))) : undefined;
      if (!chunk || chunk.byteLength === 0) {
        await this.close();
        controller.close();
        return;
      }
      this.#offset += chunk.byteLength;
      this.#rest -= chunk.byteLength;
      controller.enqueue(chunk);
    } catch (error) {
      await this.close().catch(() => {});
      throw error;
    }
  }

  async #open() {
    this.#started = true;
    this.#descriptor = typeof this.#target === 'number' ? this.#target : await open(this.#target, 'r');
    const stats = await fstat(this.#descriptor);
    if (stats.isDirectory()) {
      const { makeError } = require('../internal/errors');
      throw makeError('Error', 'EISDIR', 'EISDIR: illegal operation on a directory, fstat', {
        errno: -21,
        syscall: 'fstat',
      });
    }
    this.#positioned = stats.isFile() && stats.size > 0 && (typeof this.#target === 'string' || this.#offset > 0);
    if (!this.#positioned) await this.#skip();
  }

  /** What cannot be positioned is read up to the offset. */
  async #skip() {
    let rest = this.#offset;
    while (rest > 0) {
      const { bytesRead } = await read(
        this.#descriptor,
        Buffer.allocUnsafe(Math.min(rest, PIPE)),
        0,
        Math.min(rest, PIPE),
        null,
      );
      if (bytesRead === 0) return;
      rest -= bytesRead;
    }
  }

  /** What the page cache holds, without a trip to another thread. @param {number} size @returns {Uint8Array<ArrayBuffer> | undefined} */
  #readNow(size) {
    if (!this.#positioned || process.platform === 'win32') return undefined;
    const chunk = engine().readChunkNow(this.#descriptor, this.#offset, size);
    return chunk === null ? undefined : new Uint8Array(chunk);
  }

  /** @param {number} size */
  async #read(size) {
    if (this.#positioned && process.platform !== 'win32') {
      collectYoung(engine());
      return new Uint8Array(await engine().read(this.#descriptor, this.#offset, size, false));
    }
    const bytes = new Uint8Array(Math.min(size, this.#positioned ? NEXT : PIPE));
    const { bytesRead } = await this.#wait(bytes);
    return bytes.subarray(0, bytesRead);
  }

  /** A descriptor that another program made non-blocking has nothing for us at times. @param {Uint8Array} bytes */
  async #wait(bytes) {
    for (let pause = 1; ; pause = Math.min(pause * 2, 16)) {
      try {
        return await read(this.#descriptor, bytes, 0, bytes.byteLength, this.#positioned ? this.#offset : null);
      } catch (error) {
        if (/** @type {any} */ (error).code !== 'EAGAIN') throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async close() {
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    if (descriptor !== -1 && typeof this.#target === 'string') await close(descriptor);
  }
}

module.exports = { fileStream };
