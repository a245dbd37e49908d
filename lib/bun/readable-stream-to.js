'use strict';

/**
 * `Bun.readableStreamTo…`: a whole stream as one value.
 *
 * @see https://bun.com/docs/runtime/utils#bun-readablestreamto
 */

const { codeError, ERR_INVALID_ARG_TYPE } = require('../internal/errors');
const { gather, gatherText, readable } = require('./stream-readers');

const ERR_INVALID_BOUNDARY = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** @param {ReadableStream<any>} stream */
async function all(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** A stream as form data is read: what is neither text nor bytes counts as its text. @param {ReadableStream<any>} stream */
async function parts(stream) {
  return new Uint8Array(await new Blob(await all(stream)).arrayBuffer());
}

/**
 * What is no stream is refused at once; one that somebody reads or has read, by the promise.
 *
 * @template T @param {(stream: ReadableStream<any>, ...more: any[]) => Promise<T>} read
 */
const reader =
  (read) =>
  (/** @type {ReadableStream<any>} */ stream, /** @type {any[]} */ ...more) => {
    if (!(stream instanceof ReadableStream)) throw ERR_INVALID_ARG_TYPE('stream', 'of type ReadableStream', stream);
    return (async () => read(readable(stream), ...more))();
  };

module.exports = {
  readableStreamToArray: reader(all),
  readableStreamToArrayBuffer: reader(async (stream) => (await gather(stream)).buffer),
  readableStreamToBytes: reader(gather),
  readableStreamToText: reader(gatherText),
  readableStreamToJSON: reader(async (stream) => require('./parse-json').parseJson(await gatherText(stream))),
  readableStreamToBlob: reader(async (stream) => new Blob(await all(stream))),
  readableStreamToFormData: reader(async (stream, boundary) => {
    const { parseFormData } = require('./form-data');
    if (boundary != null && typeof boundary !== 'string' && !ArrayBuffer.isView(boundary))
      throw ERR_INVALID_BOUNDARY('boundary must be a string or ArrayBufferView');
    const limit =
      boundary &&
      (typeof boundary === 'string'
        ? boundary
        : Buffer.from(boundary.buffer, boundary.byteOffset, boundary.byteLength).toString());
    const type = limit ? `multipart/form-data; boundary=${limit}` : 'application/x-www-form-urlencoded';
    return parseFormData(await parts(stream), type);
  }),
};
