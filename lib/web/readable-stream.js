'use strict';

/**
 * Node's `ReadableStream` with Bun's `type: 'direct'`. The class stays Node's, so that `instanceof` holds for streams
 * that Node makes; only what `new` does is ours.
 *
 * @see https://bun.com/docs/runtime/streams
 */

const { ReadableStream: Original } = require('node:stream/web');

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

module.exports = ReadableStream;
