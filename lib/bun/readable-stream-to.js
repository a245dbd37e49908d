'use strict';

/**
 * `Bun.readableStreamTo…`: a whole stream as one value.
 *
 * @see https://bun.com/docs/runtime/utils#bun-readablestreamto
 */

const { codeError, ERR_INVALID_ARG_TYPE } = require('../internal/errors');
const { gather, gatherText } = require('./stream-readers');

const ERR_INVALID_STATE = codeError(TypeError, 'ERR_INVALID_STATE', (message) => message);

/** @param {unknown} stream @returns {ReadableStream<any>} */
function checked(stream) {
  if (!(stream instanceof ReadableStream)) throw ERR_INVALID_ARG_TYPE('stream', 'of type ReadableStream', stream);
  if (stream.locked) throw ERR_INVALID_STATE('Invalid state: ReadableStream is locked');
  require('../web/direct-stream').readOnce(stream);
  return stream;
}

/** @param {ReadableStream<any>} stream */
async function all(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** @template T @param {(stream: ReadableStream<any>, ...more: any[]) => Promise<T>} read */
const reader =
  (read) =>
  (/** @type {ReadableStream<any>} */ stream, /** @type {any[]} */ ...more) =>
    read(checked(stream), ...more);

module.exports = {
  readableStreamToArray: reader(all),
  readableStreamToArrayBuffer: reader(async (stream) => (await gather(stream)).buffer),
  readableStreamToBytes: reader(gather),
  readableStreamToText: reader(gatherText),
  readableStreamToJSON: reader(async (stream) => require('./parse-json').parseJson(await gatherText(stream))),
  readableStreamToBlob: reader(async (stream) => new Blob(await all(stream))),
  readableStreamToFormData: reader(async (stream, boundary) => {
    const { parseFormData } = require('./form-data');
    const limit = typeof boundary === 'string' ? boundary : boundary && Buffer.from(boundary).toString();
    const type = limit ? `multipart/form-data; boundary=${limit}` : 'application/x-www-form-urlencoded';
    return parseFormData(await gather(stream), type);
  }),
};
