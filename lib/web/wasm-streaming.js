'use strict';

/**
 * `WebAssembly.compileStreaming` and `instantiateStreaming` of our `Response`, and of Node's. Node's own take Node's alone.
 *
 * @see https://webassembly.github.io/spec/web-api/#streaming-modules
 */

const { codeError, ERR_INVALID_ARG_TYPE } = require('../internal/errors');
const { isReadable } = require('./response');

const ERR_WEBASSEMBLY_RESPONSE = codeError(
  TypeError,
  'ERR_WEBASSEMBLY_RESPONSE',
  (fault) => `WebAssembly response ${fault}`,
);
const ERR_INVALID_CHUNK = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/**
 * @param {unknown} source a `Response`, or what resolves to one
 * @returns {Promise<Buffer>} its bytes
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, ERR_WEBASSEMBLY_RESPONSE
 */
async function bytesOf(source) {
  const response = /** @type {any} */ (await source);
  if (!isReadable(response))
    throw ERR_INVALID_ARG_TYPE('source', 'an instance of Response or an Promise resolving to Response', response);
  const type = response.headers.get('content-type');
  if (type?.toLowerCase() !== 'application/wasm') throw ERR_WEBASSEMBLY_RESPONSE(`has unsupported MIME type '${type}'`);
  if (!response.ok) throw ERR_WEBASSEMBLY_RESPONSE(`has status code ${response.status}`);
  const { body } = response;
  if (response.bodyUsed || body?.locked) throw ERR_WEBASSEMBLY_RESPONSE('body has already been used');
  const chunks = [];
  for await (const chunk of body ?? []) chunks.push(bytesOfChunk(chunk));
  return Buffer.concat(chunks);
}

/** @param {any} chunk @returns {Uint8Array} */
function bytesOfChunk(chunk) {
  const isView = ArrayBuffer.isView(chunk);
  if (!isView && !require('node:util').types.isAnyArrayBuffer(chunk))
    throw ERR_INVALID_CHUNK('chunk must be an ArrayBufferView or an ArrayBuffer');
  try {
    return isView ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : new Uint8Array(chunk);
  } catch {
    throw new TypeError('Underlying ArrayBuffer has been detached from the view or out-of-bounds');
  }
}

/** @param {string} name @param {unknown} imports */
function checkImports(name, imports) {
  if (imports !== undefined && (imports === null || (typeof imports !== 'object' && typeof imports !== 'function')))
    throw new TypeError(`second argument to WebAssembly.${name} must be undefined or an Object`);
}

module.exports = {
  /** @param {unknown} source @param {unknown[]} rest V8's options */
  async compileStreaming(source, ...rest) {
    checkImports('compileStreaming', rest[0]);
    return WebAssembly.compile(/** @type {any} */ (await bytesOf(source)), .../** @type {[]} */ (rest));
  },

  /** @param {unknown} source @param {unknown[]} rest the imports, V8's options */
  async instantiateStreaming(source, ...rest) {
    checkImports('instantiateStreaming', rest[0]);
    return WebAssembly.instantiate(/** @type {any} */ (await bytesOf(source)), .../** @type {[]} */ (rest));
  },
};
