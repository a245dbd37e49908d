'use strict';

/**
 * `new ReadableStream({ type: 'direct', pull(controller) {} })`: a stream whose source writes to whoever reads.
 *
 * @see https://bun.com/docs/runtime/streams#direct-readablestream
 */

const { windowOf } = require('../bun/byte-source');
const { codeError } = require('../internal/errors');
const { lengthOf } = require('../internal/real-length');

const EXPECTED = 'write() expects a string, ArrayBufferView, or ArrayBuffer';
const SENT =
  'This HTTPResponseSink has already been closed. A "direct" ReadableStream terminates its underlying socket once `async pull()` returns.';
const ERR_STREAM_NULL_VALUES = codeError(TypeError, 'ERR_STREAM_NULL_VALUES', () => EXPECTED);
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', () => EXPECTED);

/** So much goes out by itself, and is none that a flush gives. */
const MOST_UNFLUSHED = 255;

/** @type {WeakMap<ReadableStream, Direct>} */
const directs = new WeakMap();

/** @param {unknown} chunk @returns {Uint8Array} in the memory of the caller, who may use it again */
function bytesOf(chunk) {
  if (chunk === undefined || chunk === null) throw ERR_STREAM_NULL_VALUES();
  if (typeof chunk === 'string') return Buffer.from(chunk);
  const bytes = windowOf(chunk);
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE();
  return bytes;
}

/** The source of one stream, and what it has written since the last flush. */
class Direct {
  #source;
  /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
  #controller;
  /** @type {Parameters<Direct['runInto']>[0] | undefined} */
  #receiver;
  /** @type {Uint8Array[]} */
  #written = [];
  #running = false;
  #ended = false;
  /** Bytes that a receiver got in all, and those that no flush tells of any more. */
  #received = 0;
  #flushed = 0;
  #sent = false;
  #once = false;
  #scheduled = false;
  /** Ends the `pull` that a reader waits for. @type {(() => void) | undefined} */
  #answer;

  /** @param {any} source */
  constructor(source) {
    this.#source = source;
    this.#sink = {
      write: (/** @type {unknown} */ chunk) => this.#write(chunk),
      end: () => {
        if (this.#ended) return undefined;
        this.#end();
        return this.#receiver === undefined ? undefined : this.#received;
      },
      close: (/** @type {unknown} */ error) => (error === undefined ? this.#end() : this.#fail(error)),
      flush: (/** @type {unknown} */ wait) => {
        this.#checkSent();
        if (this.#receiver === undefined) return this.#give();
        return wait === true ? this.#caughtUp() : this.#takeUnflushed();
      },
      error: (/** @type {unknown} */ error) => this.#fail(error),
    };
  }

  /** What the source gets: `write`, `end`, `close`, `flush`, `error`. @type {any} */
  #sink;

  /** Whoever reads all of it lets the stream end with the promise of `pull`; a reader calls `pull` again. */
  readOnce() {
    this.#once = true;
  }

  /**
   * Gives all that is written to a receiver, without the queue of a stream in between.
   *
   * @param {{ write: (chunk: Uint8Array) => unknown, whenRoom: () => Promise<void> | null, end: () => unknown, fail: (error: unknown) => unknown }} receiver
   */
  runInto(receiver) {
    this.#receiver = receiver;
    this.#sink = new HTTPResponseSink(this.#sink);
    this.#once = true;
    this.#run();
  }

  /** Nothing was read yet. */
  get isFresh() {
    return this.#controller === undefined && !this.#ended;
  }

  /** @param {ReadableStreamDefaultController<Uint8Array>} controller @returns {Promise<void>} until something was given */
  pull(controller) {
    this.#controller = controller;
    const { promise, resolve } = withResolvers();
    this.#answer = resolve;
    if (this.#running) this.#give();
    else this.#run();
    return promise;
  }

  #run() {
    this.#running = true;
    let result;
    try {
      result = this.#source.pull(this.#sink);
    } catch (error) {
      return this.#fail(error);
    }
    const isPromise = typeof result?.then === 'function';
    // Whoever reads all of it waits for the end that the source says later.
    if (!isPromise && !this.#once) return this.#settle();
    // What was written up to the first `await` is there to be read.
    this.#give();
    if (!isPromise) return;
    result.then(
      () => this.#settle(),
      (/** @type {unknown} */ error) => this.#fail(error),
    );
  }

  #settle() {
    this.#running = false;
    if (this.#once) return this.#end();
    this.#give();
    // Nothing came of it: the reader goes on waiting, and the source is asked again.
    if (this.#answer && !this.#ended) setImmediate(() => this.#answer && !this.#ended && this.#run());
  }

  /** @param {unknown} chunk @returns {number | Promise<number>} bytes taken; a promise when whoever gets them is behind */
  #write(chunk) {
    const bytes = bytesOf(chunk);
    const length = lengthOf(bytes);
    this.#checkSent();
    if (this.#ended) return 0;
    if (this.#receiver !== undefined) {
      // Written now, so that there is no need for a copy.
      if (length > 0) this.#receiver.write(bytes);
      this.#received += length;
      if (this.#received - this.#flushed > MOST_UNFLUSHED) this.#flushed = this.#received;
      const room = this.#receiver.whenRoom();
      return room === null ? length : room.then(() => length);
    }
    if (length > 0) this.#written.push(typeof chunk === 'string' ? bytes : new Uint8Array(bytes));
    if (this.#answer && !this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#give();
      });
    }
    return length;
  }

  /** An answer that was sent to its end takes no more; one whose client has gone takes it for nothing. */
  #checkSent() {
    if (this.#sent) throw new Error(SENT);
  }

  /** Gives a reader what was written; a receiver has it. */
  #give() {
    if (this.#written.length === 0 || this.#ended) return;
    const chunks = this.#written;
    this.#written = [];
    this.#controller?.enqueue(chunks.length === 1 ? chunks[0] : new Uint8Array(Buffer.concat(chunks)));
    this.#given();
  }

  /** Waits for whoever gets what was written. @returns {Promise<number>} */
  async #caughtUp() {
    const count = this.#takeUnflushed();
    await this.#receiver?.whenRoom();
    return count;
  }

  #takeUnflushed() {
    const count = this.#received - this.#flushed;
    this.#flushed = this.#received;
    return count;
  }

  #given() {
    this.#answer?.();
    this.#answer = undefined;
  }

  #end() {
    if (this.#ended) return;
    this.#give();
    this.#ended = true;
    this.#sent = this.#receiver !== undefined;
    this.#receiver?.end();
    this.#controller?.close();
    this.#given();
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#ended) return;
    this.#ended = true;
    this.#receiver?.fail(error);
    this.#controller?.error(error);
    this.#given();
  }

  /** @param {unknown} reason */
  cancel(reason) {
    this.#ended = true;
    this.#written = [];
    return this.#source.cancel?.(reason);
  }
}

/** What the source of a response's direct stream gets: the functions of a sink as methods, as in Bun. */
class HTTPResponseSink {
  #sink;

  /** @param {any} sink */
  constructor(sink) {
    this.#sink = sink;
  }

  /** @param {string} name @param {unknown} [given] */
  #call(name, given) {
    return this.#sink[name](given);
  }

  /** In Bun, too, there is nothing to start. */
  start() {}

  static {
    for (const name of ['write', 'end', 'close', 'flush', 'error']) {
      /** @this {any} @param {unknown} [given] */
      function method(given) {
        if (typeof this !== 'object' || this === null || !(#sink in this))
          throw new TypeError('Expected HTTPResponseSink');
        return this.#call(name, given);
      }
      Object.defineProperty(method, 'name', { value: name });
      Object.defineProperty(HTTPResponseSink.prototype, name, { value: method, writable: true, configurable: true });
    }
  }
}

/** @returns {{ promise: Promise<void>, resolve: () => void }} */
function withResolvers() {
  /** @type {any} */
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/**
 * @param {any} source
 * @param {(underlying: object, strategy: object) => ReadableStream} construct makes a stream of Node's
 * @returns {ReadableStream}
 */
function directStream(source, construct) {
  if (typeof source.pull !== 'function') {
    return construct(
      { start: (/** @type {any} */ c) => c.error(new TypeError('underlyingSource.pull is not a function')) },
      {},
    );
  }
  const direct = new Direct(source);
  const stream = construct(
    {
      pull: (/** @type {any} */ controller) => direct.pull(controller),
      cancel: (/** @type {unknown} */ reason) => direct.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  directs.set(stream, direct);
  return stream;
}

/** To be told before all of a stream is read. @param {ReadableStream} stream */
const readOnce = (stream) => directs.get(stream)?.readOnce();

/** The source of a direct stream that nobody has read from. @param {ReadableStream} stream */
function directOf(stream) {
  const direct = directs.get(stream);
  return direct?.isFresh ? direct : undefined;
}

module.exports = { directStream, readOnce, directOf };
