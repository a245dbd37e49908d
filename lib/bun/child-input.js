'use strict';

/**
 * What a child reads: the `FileSink` that the user writes to, and the feeding from other sources.
 */

const { reactor, listen, unlisten, hold, pipeError } = require('./child-events');
const { bytesOf } = require('./file-sink');

/** Chunks are gathered up to a page. */
const PAGE = 4096;

class ChildInput {
  sinkId = 2;
  #id;
  /** @type {Buffer[]} */
  #chunks = [];
  #size = 0;
  #scheduled = false;
  #ended = false;
  #broken = false;
  /** Bytes that the child has not taken yet. */
  #sent = 0;
  /** @type {((bytes: number) => void)[]} */
  #waiting = [];

  /** @param {number} id */
  constructor(id) {
    this.#id = id;
    listen(id, this);
  }

  /** @param {any} chunk @returns {number | true} bytes of the chunk; `true` when nobody reads any more */
  write(chunk) {
    const bytes = bytesOf(chunk, arguments.length);
    if (this.#ended || this.#broken) return true;
    if (bytes.byteLength === 0) return 0;
    this.#chunks.push(typeof chunk === 'string' ? bytes : Buffer.from(bytes));
    this.#size += bytes.byteLength;
    if (this.#size >= PAGE) this.#push();
    else this.#schedule();
    return bytes.byteLength;
  }

  /**
   * @returns {number | Promise<number> | undefined} bytes that left; a promise while the child has not taken them
   * @throws EPIPE when the child has closed its end
   */
  flush() {
    if (this.#broken) return undefined;
    const size = this.#push(true);
    return this.#sent === 0 ? size : this.#settled();
  }

  /** @param {Error} [_error] @returns {number | Promise<number>} @throws as `flush` */
  end(_error) {
    if (this.#ended) return 0;
    let size;
    try {
      size = this.#push(true);
    } finally {
      this.#ended = true;
      reactor().closePipe(this.#id);
      if (this.#sent === 0) unlisten(this.#id);
    }
    return this.#sent === 0 || this.#broken ? size : this.#settled();
  }

  close() {
    this.end();
  }

  start() {}

  ref() {}

  unref() {}

  /** @param {number} errno */
  onWritten(errno) {
    const sent = this.#sent;
    this.#sent = 0;
    if (errno) this.#break();
    else if (this.#ended) unlisten(this.#id);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(sent);
  }

  /** The child has ended: what it has not taken yet nobody will, unless a child of its own reads on. */
  onChildExit() {
    if (this.#sent > 0 || this.#ended || this.#broken) return;
    reactor().closePipe(this.#id);
    this.#break();
  }

  #break() {
    this.#broken = true;
    this.#chunks = [];
    this.#size = 0;
    unlisten(this.#id);
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#ended) this.#push();
    });
  }

  /** @param {boolean} [tells] whether somebody is there to be told of an error */
  #push(tells = false) {
    const size = this.#size;
    if (size === 0 || this.#broken) return 0;
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, size);
    this.#chunks = [];
    this.#size = 0;
    const errno = reactor().writePipe(this.#id, bytes);
    if (errno < 0) this.#sent += size;
    else if (errno > 0) this.#break();
    if (errno > 0 && tells) throw pipeError(errno, 'write');
    return size;
  }

  /** @returns {Promise<number>} the bytes that were under way, once they are gone */
  async #settled() {
    hold(1);
    const sent = await new Promise((resolve) => this.#waiting.push(resolve));
    hold(-1);
    return sent;
  }

  /** Whether the child has let go of its end. */
  get isBroken() {
    return this.#broken;
  }
}

Object.defineProperty(ChildInput, 'name', { value: 'FileSink' });

/** Feeds a child from bytes, a Blob, a body or a stream. @param {ChildInput} sink @param {any} source */
function feed(sink, source) {
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) {
    sink.write(source);
    endQuietly(sink);
    return;
  }
  const stream = source instanceof ReadableStream ? source : source instanceof Blob ? source.stream() : source.body;
  if (!stream) return void sink.end();
  pour(sink, stream).catch(() => endQuietly(sink));
}

/** A child may leave what it is given. @param {ChildInput} sink */
function endQuietly(sink) {
  try {
    sink.end();
  } catch {}
}

/** @param {ChildInput} sink @param {any} stream */
async function pour(sink, stream) {
  require('../web/direct-stream').readOnce(stream);
  for await (const chunk of stream) {
    if (sink.write(chunk) === true) break;
    await sink.flush();
    if (sink.isBroken) break;
  }
  sink.end();
}

module.exports = { ChildInput, feed };
