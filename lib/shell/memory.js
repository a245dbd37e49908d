'use strict';

/**
 * Objects that a script reads (`< ${object}`) or writes (`> ${object}`).
 */

const { isBody } = require('./expression');

const READ = 1;
const WRITE = 2;

/** @typedef {{ content?: Uint8Array, limit?: number }} Memory for the engine; neither: a stream */

/** @param {any} value */
function isBytes(value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/** The bytes of a buffer, in its own memory. @param {any} buffer @returns {Uint8Array} */
function viewOf(buffer) {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/**
 * Turns an object into what the engine takes; `undefined` when that takes time: see `contentOf`.
 *
 * @param {any} value
 * @param {number} use
 * @returns {Memory | undefined}
 * @throws {Error} for what cannot be written
 */
function memoryOf(value, use) {
  if (isBytes(value)) {
    const view = viewOf(value);
    return use === READ ? { content: view } : { limit: view.length };
  }
  if (use === WRITE) throw new Error('Cannot redirect stdout/stderr to an immutable blob. Expected a file');
  return streamOf(value) ? {} : undefined;
}

/** The stream of a value that is read piece by piece. @param {any} value @returns {ReadableStream | undefined} */
function streamOf(value) {
  return value instanceof ReadableStream ? value : undefined;
}

/** The bytes of a blob or body. @param {any} value @returns {Promise<Memory>} */
async function contentOf(value) {
  if (isBody(value) && value.bodyUsed) return { content: new Uint8Array() }; // as Bun: there is nothing left
  return { content: new Uint8Array(await value.arrayBuffer()) };
}

/** Copies what was written into a buffer. @param {any} buffer @param {ArrayBuffer} bytes */
function store(buffer, bytes) {
  const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer;
  if (memory.detached ?? isDetached(memory)) return; // handed away meanwhile: nobody can see what was written
  const view = viewOf(buffer);
  const count = Math.min(view.length, bytes.byteLength);
  view.set(new Uint8Array(bytes, 0, count));
}

/** Node 20 does not tell. @param {any} memory */
function isDetached(memory) {
  try {
    return new Uint8Array(memory).length < 0;
  } catch {
    return true;
  }
}

module.exports = { memoryOf, contentOf, streamOf, store };
