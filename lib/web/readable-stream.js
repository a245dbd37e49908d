'use strict';

/**
 * Node's `ReadableStream` with Bun's `type: 'direct'`. The class stays Node's, so that `instanceof` holds for streams
 * that Node makes; only what `new` does is ours.
 *
 * @see https://bun.com/docs/runtime/streams
 */

const web = /** @type {any} */ (require('node:stream/web'));

const Original = web.ReadableStream;
const bytes = web.ReadableByteStreamController.prototype;

const ReadableStream = new Proxy(Original, {
  construct(target, given, newTarget) {
    const [source] = given;
    const type = source?.type;
    if (type === 'direct') {
      const { directStream } = require('./direct-stream');
      return directStream(source, (underlying, strategy) =>
        Reflect.construct(target, [underlying, strategy], newTarget),
      );
    }
    if (type !== undefined && String(type) !== 'bytes') {
      throw new TypeError(
        `'${type}' is not a valid underlying source 'type'; expected "bytes", "direct", or undefined`,
      );
    }
    return Reflect.construct(target, given, newTarget);
  },
});
Object.defineProperty(Original.prototype, 'constructor', { value: ReadableStream, writable: true, configurable: true });
require('../bun/stream-readers').installReaders();

/**
 * A stream of bytes takes the whole buffer of a chunk away from whoever has it. Node's small Buffers share one: a copy
 * goes into the stream instead, or `Buffer.from` would fail in all of the process from then on.
 */
const { enqueue } = bytes;
Object.defineProperty(bytes, 'enqueue', {
  /** @this {ReadableByteStreamController} @param {any} chunk */
  value: function enqueueChunk(chunk) {
    const shared = Buffer.isBuffer(chunk) && chunk.byteLength !== chunk.buffer.byteLength;
    return Reflect.apply(enqueue, this, [shared ? new Uint8Array(chunk) : chunk]);
  },
  writable: true,
  enumerable: true,
  configurable: true,
});
Object.defineProperty(bytes.enqueue, 'name', { value: 'enqueue', configurable: true });

module.exports = ReadableStream;
