'use strict';

/**
 * The body mixin of `Request` and `Response`: what a body may be made of, and how it is consumed.
 * A body keeps what it was given and turns it into a stream only when someone asks for one.
 *
 * @see https://fetch.spec.whatwg.org/#body-mixin
 */

const { parseBody, parseJson } = require('../bun/parse-json');
const { SteeredIterator } = require('./steered-iterator');
const {
  Kind,
  latin1Text,
  extract,
  isDisturbed,
  chunkBytes,
  collect,
  latin1Bytes,
  utf8Bytes,
  utf8Text,
  iterableStream,
  bytesStream,
  origins,
  ERR_BODY_ALREADY_USED,
} = require('./body-source');

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
      case Kind.ITERABLE:
        return collect(new SteeredIterator(source));
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
        return latin1Text(source);
      case Kind.BLOB:
      case Kind.UPLOAD:
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
      return typeof text === 'string' ? Promise.resolve(parseBody(text)) : text.then(parseJson);
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

module.exports = {
  Body,
  Kind,
  ERR_BODY_ALREADY_USED,
  extract,
  chunkBytes,
  kindOf,
  sourceOf,
  isUsed,
  markUsed,
  duplicate,
};
