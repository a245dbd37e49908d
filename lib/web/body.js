'use strict';

/**
 * The body mixin of `Request` and `Response`: what a body may be made of, and how it is consumed.
 * A body keeps what it was given and turns it into a stream only when someone asks for one.
 *
 * @see https://fetch.spec.whatwg.org/#body-mixin
 */

const { codeError } = require('../internal/errors');

const ERR_BODY_ALREADY_USED = codeError(TypeError, 'ERR_BODY_ALREADY_USED', (message = 'Body already used') => message);

/** What a body's source is. */
const Kind = Object.freeze({
  NULL: 0,
  /** a string */
  TEXT: 1,
  /** a `Uint8Array` that is ours */
  BYTES: 2,
  /** a `Blob`, `File` or `Bun.file` */
  BLOB: 3,
  /** a `ReadableStream` */
  STREAM: 4,
  /** an object with `Symbol.asyncIterator` */
  ITERABLE: 5,
  /** the bytes of a small request body as a latin1 string */
  LATIN1: 6,
  /** the body of a request that is still arriving: `{ all(), stream() }` */
  UPLOAD: 7,
});

const nonAscii = /[\x80-\xff]/;
const AsyncGeneratorFunction = Object.getPrototypeOf(async function* () {}).constructor;

/** @param {any} value @param {string} tag */
function isTagged(value, tag) {
  return value[Symbol.toStringTag] === tag;
}

/** @param {any} value */
function isBlob(value) {
  return value instanceof Blob || (typeof value.stream === 'function' && (isTagged(value, 'Blob') || isTagged(value, 'File')));
}

/**
 * Sorts what was given as a body that is neither a string nor null.
 *
 * @param {any} value
 * @returns {[kind: number, source: any, type: string | null]}
 * @see https://fetch.spec.whatwg.org/#concept-bodyinit-extract
 */
function extract(value) {
  if (typeof value === 'object') {
    if (value instanceof Uint8Array) return [Kind.BYTES, new Uint8Array(value), null];
    if (value instanceof ArrayBuffer || isTagged(value, 'SharedArrayBuffer')) {
      return [Kind.BYTES, new Uint8Array(new Uint8Array(value)), null];
    }
    if (ArrayBuffer.isView(value)) {
      return [Kind.BYTES, new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)), null];
    }
    if (isTagged(value, 'URLSearchParams')) {
      return [Kind.TEXT, String(value), 'application/x-www-form-urlencoded;charset=UTF-8'];
    }
    if (isTagged(value, 'FormData')) {
      const { serialize } = require('./multipart');
      const { blob, type } = serialize(value);
      return [Kind.BLOB, blob, type];
    }
    if (isBlob(value)) return [Kind.BLOB, value, value.type || null];
    if (isTagged(value, 'ReadableStream')) {
      if (value.locked || isDisturbed(value)) throw ERR_BODY_ALREADY_USED('Body is disturbed or locked');
      const origin = origins.get(value);
      if (origin) return [origin.kind, origin.source, origin.kind === Kind.BLOB ? origin.source.type || null : null];
      return [Kind.STREAM, value, null];
    }
    if (typeof value[Symbol.asyncIterator] === 'function') return [Kind.ITERABLE, value, null];
  }
  if (typeof value === 'function' && value instanceof AsyncGeneratorFunction) return [Kind.ITERABLE, value(), null];
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  return [Kind.TEXT, String(value), null];
}

/** @param {any} stream @returns {boolean} */
function isDisturbed(stream) {
  return require('node:stream').isDisturbed(stream);
}

/** The bytes of a chunk of a stream. @param {any} chunk @returns {Uint8Array} */
function chunkBytes(chunk) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError('Expected text, ArrayBuffer or ArrayBufferView');
}

/** @param {AsyncIterable<any>} chunks @returns {Promise<Uint8Array>} */
async function collect(chunks) {
  const parts = [];
  for await (const chunk of chunks) parts.push(chunkBytes(chunk));
  if (parts.length === 1 && parts[0].byteLength === parts[0].buffer.byteLength) return parts[0];
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** @param {string} text latin1 @returns {Uint8Array} with a buffer of its own */
function latin1Bytes(text) {
  const bytes = new Uint8Array(text.length);
  Buffer.from(bytes.buffer).latin1Write(text, 0);
  return bytes;
}

/** @param {string} text @returns {Uint8Array} with a buffer of its own */
function utf8Bytes(text) {
  return new TextEncoder().encode(text);
}

/** @param {Uint8Array} bytes @returns {string} */
function utf8Text(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** A stream of the chunks of an async iterable; cancelling it ends the iteration. @param {AsyncIterable<any>} source */
function iterableStream(source) {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(chunkBytes(value));
      },
      async cancel(reason) {
        await iterator.return?.(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** @param {Uint8Array} bytes */
function bytesStream(bytes) {
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (bytes.byteLength > 0) controller.enqueue(bytes.slice()); // what is read is detached; others may have the bytes
      controller.close();
      /** @type {any} */ (controller).byobRequest?.respond(0);
    },
  });
}

/**
 * What the stream that `body` gave was made of: `new Response(other.body, other)` is how frameworks change headers, and
 * the length and the bytes need no stream in between.
 *
 * @type {WeakMap<ReadableStream, { kind: number, source: any }>}
 */
const origins = new WeakMap();

class Body {
  #kind = 0;
  /** @type {any} */
  #source = null;
  #used = false;

  /** @param {number} kind @param {any} source */
  constructor(kind, source) {
    this.#kind = kind;
    this.#source = source;
  }

  /** @returns {ReadableStream | null} */
  get body() {
    if (this.#kind === Kind.NULL) return null;
    if (this.#kind !== Kind.STREAM) {
      const spent = this.#used;
      if (this.#kind === Kind.TEXT) this.#source = utf8Bytes(this.#source);
      if (this.#kind === Kind.LATIN1) this.#source = latin1Bytes(this.#source);
      const kind = this.#kind === Kind.TEXT || this.#kind === Kind.LATIN1 ? Kind.BYTES : this.#kind;
      const origin = kind === Kind.BYTES || kind === Kind.BLOB ? { kind, source: this.#source } : undefined;
      this.#source = kind === Kind.BYTES ? bytesStream(spent ? new Uint8Array(0) : this.#source) : this.#toStream();
      this.#kind = Kind.STREAM;
      if (spent) void this.#source.cancel();
      else if (origin) origins.set(this.#source, origin);
    }
    return this.#source;
  }

  #toStream() {
    return this.#kind === Kind.ITERABLE ? iterableStream(this.#source) : this.#source.stream();
  }

  /** @returns {boolean} */
  get bodyUsed() {
    return this.#used || (this.#kind === Kind.STREAM && isDisturbed(this.#source));
  }

  /** Marks the body used, or tells why it cannot be. @returns {Error | null} */
  #use() {
    if (this.#kind === Kind.NULL) return null;
    if (this.#used || (this.#kind === Kind.STREAM && (this.#source.locked || isDisturbed(this.#source)))) {
      return ERR_BODY_ALREADY_USED();
    }
    this.#used = true;
    return null;
  }

  /** @returns {Uint8Array | Promise<Uint8Array>} with a buffer that nobody else has */
  #bytes() {
    const source = this.#source;
    switch (this.#kind) {
      case Kind.NULL:
        return new Uint8Array(0);
      case Kind.TEXT:
        return utf8Bytes(source);
      case Kind.LATIN1:
        return latin1Bytes(source);
      case Kind.BYTES:
        return new Uint8Array(source);
      case Kind.BLOB:
        return source.arrayBuffer().then((/** @type {ArrayBuffer} */ buffer) => new Uint8Array(buffer));
      case Kind.UPLOAD:
        return source.all();
      default:
        return collect(source);
    }
  }

  /** @returns {string | Promise<string>} */
  #text() {
    const source = this.#source;
    switch (this.#kind) {
      case Kind.NULL:
        return '';
      case Kind.TEXT:
        return source.isWellFormed() ? source : source.toWellFormed();
      case Kind.LATIN1:
        return nonAscii.test(source) ? Buffer.from(source, 'latin1').toString('utf8') : source;
      case Kind.BLOB:
        return source.text();
      default: {
        const bytes = this.#bytes();
        return bytes instanceof Uint8Array ? utf8Text(bytes) : bytes.then(utf8Text);
      }
    }
  }

  /** @returns {Promise<string>} */
  text() {
    const error = this.#use();
    if (error !== null) return Promise.reject(error);
    return Promise.resolve(this.#text());
  }

  /** @returns {Promise<any>} */
  json() {
    const error = this.#use();
    if (error !== null) return Promise.reject(error);
    try {
      const text = this.#text();
      return typeof text === 'string' ? Promise.resolve(JSON.parse(text)) : text.then(JSON.parse);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @returns {Promise<Uint8Array>} */
  bytes() {
    const error = this.#use();
    if (error !== null) return Promise.reject(error);
    return Promise.resolve(this.#bytes());
  }

  /** @returns {Promise<ArrayBuffer>} */
  async arrayBuffer() {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    if (byteLength === buffer.byteLength) return /** @type {ArrayBuffer} */ (buffer);
    return /** @type {ArrayBuffer} */ (buffer.slice(byteOffset, byteOffset + byteLength));
  }

  /** @returns {Promise<Blob>} */
  async blob() {
    const type = this.#type();
    if (this.#kind === Kind.BLOB && this.#source.type === type) {
      const error = this.#use();
      if (error !== null) throw error;
      return this.#source;
    }
    return new Blob([await this.bytes()], { type });
  }

  /** @returns {Promise<FormData>} */
  async formData() {
    const type = this.#type();
    return require('./multipart').parse(await this.bytes(), type);
  }

  /** @returns {ReadableStream<string>} */
  textStream() {
    if (this.bodyUsed || (this.#kind === Kind.STREAM && this.#source.locked)) throw ERR_BODY_ALREADY_USED();
    const stream = this.body ?? bytesStream(new Uint8Array(0));
    return stream.pipeThrough(new TextDecoderStream());
  }

  /** @returns {string} */
  #type() {
    const given = /** @type {any} */ (this).headers.get('content-type');
    if (given !== null) return given;
    if (this.#kind === Kind.TEXT) return 'text/plain;charset=utf-8';
    return '';
  }

  static {
    kindOf = (body) => body.#kind;
    sourceOf = (body) => body.#source;
    isUsed = (body) => body.#used || (body.#kind === Kind.STREAM && (body.#source.locked || isDisturbed(body.#source)));
    markUsed = (body) => {
      body.#used = true;
    };
    duplicate = (body) => {
      if (isUsed(body)) throw ERR_BODY_ALREADY_USED('Body is disturbed or locked');
      if (body.#kind < Kind.STREAM || body.#kind === Kind.LATIN1) return [body.#kind, body.#source];
      const [ours, theirs] = /** @type {ReadableStream} */ (body.body).tee();
      body.#source = ours;
      return [Kind.STREAM, theirs];
    };
  }
}

/** @type {(body: Body) => number} */
var kindOf;
/** @type {(body: Body) => any} */
var sourceOf;
/** Whether nothing can be read from a body any more. @type {(body: Body) => boolean} */
var isUsed;
/** @type {(body: Body) => void} */
var markUsed;
/** Kind and source for a copy; a stream is teed. @type {(body: Body) => [number, any]} */
var duplicate;

for (const name of ['body', 'bodyUsed', 'text', 'json', 'bytes', 'arrayBuffer', 'blob', 'formData', 'textStream']) {
  Object.defineProperty(Body.prototype, name, { enumerable: true });
}

module.exports = { Body, Kind, ERR_BODY_ALREADY_USED, extract, chunkBytes, kindOf, sourceOf, isUsed, markUsed, duplicate };
