'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { fileEngine } = require('../internal/file-engine');
const { codeError, received } = require('../internal/errors');
const { sourceOf } = require('./bun-file');
const { fileTarget } = require('./file-target');
const { checkOptions, createPathOf, modeOf } = require('./write-options');

const message = (/** @type {string} */ text) => text;
const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', message);
const ERR_BODY_ALREADY_USED = codeError(TypeError, 'ERR_BODY_ALREADY_USED', () => 'Body already used');
const DESTINATION = 'The "destination" argument must be of type path, file descriptor, or Blob.';
const NO_DIRECTORY = 'Cannot create a directory for a file descriptor';
const READ_ONLY = 'Cannot write to a Blob backed by bytes, which are always read-only';
const SOURCE = 'Bun.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write';

/** Writes up to this size are done on the calling thread: handing them over costs more. */
const INLINE = 256 * 1024;

/** @type {any} */
let binding;
const engine = () => (binding ??= fileEngine());

/**
 * @typedef {{ target: string | number, mode: number, createPath: boolean, limit: number }} Destination
 *   `limit`: as many bytes of another file are copied into a slice as it has; -1 for no slice
 */

/**
 * `Bun.write`: writes anything that has bytes to a file, replacing it.
 *
 * @see https://bun.com/docs/runtime/file-io#writing-files-bun-write
 * @param {string | number | URL | ArrayBufferView | ArrayBufferLike | import('bun').BunFile} destination
 * @param {any} input text, bytes, a Blob or file, a Request or Response, a ReadableStream, an array of parts;
 *   anything else is written as its string
 * @param {{ mode?: number, createPath?: boolean }} [options] `mode` of a new file (0..0o777); `createPath` (true) makes the directories
 * @returns {Promise<number>} bytes written
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_VALUE, ERR_INVALID_URL_SCHEME; rejects with the system's error
 */
function write(destination, input, options = undefined) {
  const file = sourceOf(destination);
  if (file?.fd !== undefined && options?.createPath === true) throw ERR_INVALID_ARG_TYPE(NO_DIRECTORY);
  const target = /** @type {any} */ (file ? (file.path ?? file.fd) : destinationOf(destination));
  checkOptions(options);
  const mode = modeOf(options);
  const createPath = createPathOf(options);
  if (input == null) throw ERR_INVALID_ARG_TYPE(SOURCE);
  if (typeof input === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  const limit = file?.end === undefined ? -1 : Math.max(0, file.end - file.offset);
  return writeTo({ target, mode, createPath, limit }, input);
}

/** @param {any} destination @returns {string | number} */
function destinationOf(destination) {
  if (destination instanceof Blob) throw ERR_INVALID_ARG_TYPE(READ_ONLY);
  const target = fileTarget(destination);
  if (target === undefined) throw ERR_INVALID_ARG_TYPE(`${DESTINATION} ${received(destination)}`);
  return target;
}

/** @param {Destination} to @param {any} input */
async function writeTo(to, input) {
  return writeInput(to, input);
}

/** @param {Destination} to @param {any} input @returns {Promise<number> | number} */
function writeInput(to, input) {
  if (typeof input === 'string') return writeText(to, input);
  if (typeof input === 'object') {
    if (ArrayBuffer.isView(input))
      return writeBytes(to, new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer)
      return writeBytes(to, new Uint8Array(input));
    const source = sourceOf(input);
    if (source) return copy(to, source);
    if (input instanceof Blob) return writeBlob(to, input);
    if (input instanceof ReadableStream) return writeStream(to, input);
    if (isBody(input)) return writeBody(to, input);
    if (input[Symbol.toStringTag] === 'Archive' && input instanceof require('./archive'))
      return writeArchive(to, input);
    if (Array.isArray(input)) return writeBlob(to, new Blob(input));
  }
  return writeText(to, String(input));
}

/** @param {Destination} to @param {{ bytes(): Promise<Uint8Array> }} archive */
async function writeArchive(to, archive) {
  return writeBytes(to, await archive.bytes());
}

/** A Request or Response, ours or Node's. @param {any} input */
function isBody(input) {
  return typeof input.arrayBuffer === 'function' && 'bodyUsed' in input && 'body' in input;
}

/** @param {Destination} to @param {string} text */
function writeText(to, text) {
  const { target, mode, createPath } = to;
  if (text.length <= INLINE) {
    const written = engine().writeNow(target, text, mode, createPath);
    if (written !== null) return written;
  }
  return engine().writeText(target, text, mode, createPath);
}

/** @param {Destination} to @param {Uint8Array} bytes */
function writeBytes(to, bytes) {
  if (bytes.byteLength <= INLINE) {
    const plain = bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes;
    const written = engine().writeNow(to.target, plain, to.mode, to.createPath);
    if (written !== null) return written;
  }
  return writeChunks(to, [bytes]);
}

/** @param {Destination} to @param {import('node:buffer').Blob | Blob} blob */
async function writeBlob(to, blob) {
  if (blob.size <= INLINE) return writeBytes(to, new Uint8Array(await blob.arrayBuffer()));
  return writeStream(to, /** @type {any} */ (blob.stream()));
}

/** @param {Destination} to @param {any} body a Request or Response */
function writeBody(to, body) {
  if (body.bodyUsed) throw ERR_BODY_ALREADY_USED();
  const { body: stream } = body;
  return stream ? writeStream(to, stream) : writeBytes(to, new Uint8Array(0));
}

/**
 * Nothing is written before the first chunk is there, so that a source that fails at once leaves the file alone.
 *
 * @param {Destination} to
 * @param {ReadableStream<any>} stream
 */
async function writeStream(to, stream) {
  require('../web/direct-stream').readOnce(stream);
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return writeBytes(to, new Uint8Array(0));
  return writeChunks(to, from(first, chunks));
}

/** All chunks, of which the first was taken. @param {IteratorResult<any>} first @param {AsyncIterator<any>} chunks */
async function* from(first, chunks) {
  let isDone = false;
  try {
    for (let result = first; !result.done; result = await chunks.next()) yield result.value;
    isDone = true;
  } finally {
    if (!isDone) await chunks.return?.();
  }
}

/**
 * The file is cut to what was written whether or not that is everything: no byte of the old content stays behind it.
 *
 * @param {Destination} to
 * @param {Iterable<any> | AsyncIterable<any>} chunks
 */
async function writeChunks(to, chunks) {
  const { bytesOf } = require('./file-sink');
  const file = await openSink(to);
  let total = 0;
  try {
    for await (const chunk of chunks) {
      const bytes = bytesOf(chunk, 1);
      for (let done = 0; done < bytes.byteLength;) {
        const count = await file.write(bytes, done);
        done += count;
        total += count;
      }
    }
    await file.cut(total);
  } catch (error) {
    await file.cut(total).catch(() => {}); // the first failure is the one to tell
    throw error;
  } finally {
    await file.close();
  }
  return total;
}

/** @typedef {{ write(bytes: Uint8Array, done: number): Promise<number>, cut(length: number): Promise<void>, close(): Promise<void> | void }} Sink */

/** @param {Destination} to @returns {Promise<Sink>} */
async function openSink({ target, mode, createPath }) {
  if (typeof target === 'number')
    return { write: (bytes, done) => writeDescriptor(target, bytes, done), async cut() {}, close() {} };
  const file = await openPath(target, mode, createPath);
  return {
    write: async (bytes, done) => (await file.write(bytes, done, bytes.byteLength - done)).bytesWritten,
    async cut(length) {
      const stats = await file.stat();
      if (stats.isFile() && stats.size > length) await file.truncate(length);
    },
    close: () => file.close(),
  };
}

/**
 * The file is not emptied here but cut when it is written: ext4 forces the data of an emptied file to the disk.
 *
 * @param {string} target
 * @param {number} mode
 * @param {boolean} createPath
 */
async function openPath(target, mode, createPath) {
  const flags = fs.constants.O_WRONLY | fs.constants.O_CREAT;
  try {
    return await fs.promises.open(target, flags, mode);
  } catch (error) {
    if (!createPath || target === '' || /** @type {any} */ (error).code !== 'ENOENT') throw error;
    if (!(await makeDirectory(path.dirname(target)))) throw error;
    return fs.promises.open(target, flags, mode);
  }
}

/**
 * Node's own `recursive` never ends where a directory is there but takes nothing (`/proc`).
 *
 * @param {string} directory
 * @returns {Promise<boolean>} whether it can be there
 */
async function makeDirectory(directory) {
  const made = await tryDirectory(directory);
  if (made || path.dirname(directory) === directory) return made;
  return (await makeDirectory(path.dirname(directory))) && tryDirectory(directory);
}

/** @param {string} directory @returns {Promise<boolean>} false when there is nothing to make it in */
async function tryDirectory(directory) {
  try {
    await fs.promises.mkdir(directory);
  } catch (error) {
    const { code } = /** @type {any} */ (error);
    if (code === 'ENOENT') return false;
    if (code !== 'EEXIST') throw error;
  }
  return true;
}

/** @param {number} descriptor @param {Uint8Array} bytes @param {number} done @returns {Promise<number>} */
function writeDescriptor(descriptor, bytes, done) {
  return new Promise((resolve, reject) => {
    fs.write(descriptor, bytes, done, bytes.byteLength - done, null, (error, written) => {
      if (!error) resolve(written);
      else if (error.code === 'EAGAIN') setTimeout(resolve, 1, 0);
      else reject(error);
    });
  });
}

/** @param {Destination} to @param {NonNullable<ReturnType<typeof sourceOf>>} source */
function copy({ target, mode, createPath, limit }, { path: from, fd, offset, end }) {
  const length = end === undefined ? -1 : Math.max(0, end - offset);
  const least = length < 0 || limit < 0 ? Math.max(length, limit) : Math.min(length, limit);
  return engine().copy(from ?? fd, offset, least, target, mode, createPath);
}

module.exports = write;
