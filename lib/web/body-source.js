'use strict';

/**
 * What bodies are made of: sorting what a program gave, and turning it into bytes and streams.
 *
 * @see https://fetch.spec.whatwg.org/#bodyinit-unions
 */

const { isAscii } = require('node:buffer');
const { windowOf } = require('../bun/byte-source');
const { codeError } = require('../internal/errors');
const { lengthOf } = require('../internal/real-length');
const { SteeredIterator } = require('./steered-iterator');

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
  /** the body of a request that is still arriving: `{ all(), text(), stream() }` */
  UPLOAD: 7,
});

/** From this length on it pays to ask whether a text is ASCII. */
const LONG = 1024;
const nonAscii = /[\x80-\xff]/;
const AsyncGeneratorFunction = Object.getPrototypeOf(async function* () {}).constructor;
const AsyncGenerator = AsyncGeneratorFunction.prototype.prototype;
const { isPrototypeOf } = Object.prototype;

/** Where texts are looked at. @type {Buffer | undefined} */
let scratch;
const SCRATCH = 64 * 1024;

/** The text of bytes that a string has as its characters. @param {string} source @returns {string} */
function latin1Text(source) {
  const { length } = source;
  // An expression takes ten times as long as writing and looking.
  if (length >= LONG && length <= SCRATCH) {
    const bytes = (scratch ??= Buffer.allocUnsafeSlow(SCRATCH)).subarray(0, length);
    bytes.write(source, 'latin1');
    return isAscii(bytes) ? source : utf8Text(bytes);
  }
  return nonAscii.test(source) ? utf8Text(Buffer.from(source, 'latin1')) : source;
}

/** @param {any} value @param {unknown} tag its `Symbol.toStringTag` */
function isBlob(value, tag) {
  return value instanceof Blob || (typeof value.stream === 'function' && (tag === 'Blob' || tag === 'File'));
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
    // First: each generator function has a prototype of its own, so that each look at a property of one is a slow one.
    if (isPrototypeOf.call(AsyncGenerator, value)) return [Kind.ITERABLE, value, null];
    if (value instanceof Uint8Array) return [Kind.BYTES, new Uint8Array(value), null];
    const tag = value[Symbol.toStringTag];
    if (value instanceof ArrayBuffer || tag === 'SharedArrayBuffer') {
      return [Kind.BYTES, new Uint8Array(new Uint8Array(value)), null];
    }
    if (ArrayBuffer.isView(value)) {
      return [Kind.BYTES, new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)), null];
    }
    if (tag === 'URLSearchParams') {
      return [Kind.TEXT, String(value), 'application/x-www-form-urlencoded;charset=UTF-8'];
    }
    if (tag === 'FormData') {
      const { serialize } = require('./multipart');
      const { blob, type } = serialize(value);
      return [Kind.BLOB, blob, type];
    }
    if (isBlob(value, tag)) return [Kind.BLOB, value, value.type || null];
    if (tag === 'ReadableStream') {
      if (value.locked || isDisturbed(value)) throw ERR_BODY_ALREADY_USED('Body is disturbed or locked');
      const origin = origins.get(value);
      require('./direct-stream').readOnce(value);
      if (origin) return [origin.kind, origin.source, origin.kind === Kind.BLOB ? origin.source.type || null : null];
      return [Kind.STREAM, value, null];
    }
    if (typeof value[Symbol.asyncIterator] === 'function') return [Kind.ITERABLE, value, null];
    if (tag === 'Image') {
      const { bodyOf, isImage } = require('../bun/image');
      if (isImage(value)) {
        const { bytes, type } = bodyOf(value);
        return [Kind.BYTES, bytes, type];
      }
    }
  }
  if (typeof value === 'function' && value instanceof AsyncGeneratorFunction) return [Kind.ITERABLE, value(), null];
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  return [Kind.TEXT, String(value), null];
}

/** @param {any} stream @returns {boolean} */
function isDisturbed(stream) {
  return /** @type {any} */ (require('node:stream')).isDisturbed(stream);
}

/** The bytes of a chunk of a stream. @param {any} chunk @returns {Uint8Array} */
function chunkBytes(chunk) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  const bytes = chunk instanceof Uint8Array ? chunk : windowOf(chunk);
  if (bytes === undefined) throw new TypeError('Expected text, ArrayBuffer or ArrayBufferView');
  return bytes;
}

/** @param {AsyncIterable<any>} chunks @returns {Promise<Uint8Array>} */
async function collect(chunks) {
  const parts = [];
  for await (const chunk of chunks) {
    const bytes = chunkBytes(chunk);
    // What was transferred away counts as empty, but cannot be copied.
    if (lengthOf(bytes) > 0) parts.push(bytes);
  }
  if (parts.length === 1 && parts[0].byteLength === parts[0].buffer.byteLength) return parts[0];
  return joined(parts);
}

/** @param {Uint8Array[]} parts @returns {Uint8Array<ArrayBuffer>} */
function joined(parts) {
  let length = 0;
  for (const part of parts) length += lengthOf(part);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += lengthOf(part);
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

/** @param {Uint8Array} bytes @returns {string} without a byte order mark */
function utf8Text({ buffer, byteOffset, byteLength }) {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  // Old versions of V8 decode ASCII a byte at a time.
  if (byteLength >= LONG && isAscii(bytes)) return /** @type {any} */ (bytes).latin1Slice();
  const marked = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return marked ? bytes.toString('utf8', 3) : bytes.toString();
}

/** A stream of the chunks of an async iterable; cancelling it ends the iteration. @param {AsyncIterable<any>} source */
function iterableStream(source) {
  const iterator = new SteeredIterator(source);
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(chunkBytes(value));
      },
      async cancel(reason) {
        await iterator.return(reason);
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

module.exports = {
  Kind,
  latin1Text,
  extract,
  isDisturbed,
  chunkBytes,
  collect,
  joined,
  latin1Bytes,
  utf8Bytes,
  utf8Text,
  iterableStream,
  bytesStream,
  origins,
  ERR_BODY_ALREADY_USED,
};
