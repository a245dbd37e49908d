'use strict';

const { Duplex } = require('node:stream');

/** @typedef {(error?: Error | null) => void} Done */

const NOTHING = Buffer.alloc(0);

/**
 * A decoder of Node's zlib that knows its end: what comes behind it is left to `behind`. Node's own never calls back for
 * a write that has something behind the end.
 */
class ZlibDecoder extends Duplex {
  #make;
  #code;
  /** @type {import('node:zlib').Inflate | undefined} */
  #inner;
  /** Bytes that it was given, and the last of them. */
  #given = 0;
  /** @type {Buffer} */
  #chunk = NOTHING;
  #over = false;
  /** Of the write or the end that is under way. @type {Done} */
  #done = () => {};

  /**
   * @param {(first: Buffer) => import('node:zlib').Inflate} make
   * @param {string} [code] of all errors
   */
  constructor(make, code = undefined) {
    super();
    this.#make = make;
    this.#code = code;
  }

  /** @override @param {Buffer} chunk @param {string} _ @param {Done} done */
  _write(chunk, _, done) {
    if (this.#over || chunk.length === 0) done();
    else this.decode(chunk, done);
  }

  /** Decodes. @protected @param {Buffer} chunk not empty @param {Done} done */
  decode(chunk, done) {
    const inner = (this.#inner ??= this.#start(chunk));
    this.#given += chunk.length;
    this.#chunk = chunk;
    this.#done = done;
    inner.write(chunk, () => this.#inner === inner && done());
  }

  /** @param {Buffer} first */
  #start(first) {
    const inner = this.#make(first);
    this.#given = 0;
    inner.on('data', (data) => {
      this.decoded(data);
      if (!this.push(data)) inner.pause();
    });
    inner.on('error', (error) => {
      if (this.#inner !== inner) return;
      this.#inner = undefined;
      this.#done(this.#code === undefined ? error : Object.assign(error, { code: this.#code }));
    });
    inner.on('end', () => {
      this.#inner = undefined;
      const left = this.#given - inner.bytesWritten;
      this.behind(this.#chunk.subarray(this.#chunk.length - left), this.#done);
    });
    return inner;
  }

  /** Sees what came out. @protected @param {Buffer} _data */
  decoded(_data) {}

  /** The end is met; `rest` came behind it, and is nobody's. @protected @param {Buffer} _rest @param {Done} done */
  behind(_rest, done) {
    this.finish(done);
  }

  /** There is no more to decode. @protected @param {Done} done */
  finish(done) {
    if (!this.#over) this.push(null);
    this.#over = true;
    done();
  }

  /** Whether all is decoded; whether a decoder waits for more. @protected */
  get isOver() {
    return this.#over;
  }

  /** @protected */
  get isWithin() {
    return this.#inner !== undefined;
  }

  /** @override @param {Done} done */
  _final(done) {
    if (this.#inner === undefined) return this.finish(done);
    this.#chunk = NOTHING;
    this.#done = done;
    this.#inner.end();
  }

  /** @override */
  _read() {
    this.#inner?.resume();
  }

  /** @override @param {Error | null} error @param {Done} done */
  _destroy(error, done) {
    const inner = this.#inner;
    this.#inner = undefined;
    inner?.destroy();
    done(error);
  }
}

module.exports = { ZlibDecoder };
