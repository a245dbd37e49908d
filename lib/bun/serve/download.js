'use strict';

/**
 * Bodies of responses that come in pieces: streams, async iterables, blobs. The engine says when
 * to wait, and when the client is gone the source is told.
 */

const { chunkBytes } = require('../../web/body');
const { engine, outgoing } = require('./native');

/** Blobs up to this size are read whole. */
const WHOLE_BLOB = 1024 * 1024;
/** What `write` answers. */
const GONE = -1;
const FULL = 0;

/** @typedef {InstanceType<typeof import('./call').Call>} Call */

/**
 * Adds a chunk.
 *
 * @param {Call} call
 * @param {any} chunk
 * @returns {Promise<void> | null | false} to wait for; nothing to wait for; the client is gone
 */
function write(call, chunk) {
  if (outgoing[0] > 0) engine().flush(); // the head goes first
  const calls = engine();
  const room =
    typeof chunk === 'string'
      ? calls.writeText(call.slot, call.seq, chunk)
      : calls.writeBytes(call.slot, call.seq, chunkBytes(chunk));
  if (room === GONE || call.aborted) return false;
  if (room !== FULL) return null;
  return new Promise((resolve) => {
    call.onDrain = resolve;
  });
}

/** @param {Call} call @param {boolean} failed */
function end(call, failed) {
  if (outgoing[0] > 0) engine().flush();
  engine().end(call.slot, call.seq, failed);
}

/**
 * Sends the chunks of an iterator until it ends, fails, or the client is gone.
 *
 * @param {Call} call
 * @param {() => Promise<IteratorResult<any>>} next
 * @param {(reason?: any) => unknown} cancel
 */
async function pump(call, next, cancel) {
  let cancelled = false;
  const stop = async () => {
    if (cancelled) return;
    cancelled = true;
    try {
      await cancel();
    } catch {
      // the client is gone: there is nobody to tell
    }
  };
  call.onAbort = stop;
  call.listen();
  try {
    for (;;) {
      const { done, value } = await next();
      if (done || cancelled) break;
      const wait = write(call, value);
      if (wait === false) return await stop();
      if (wait !== null) await wait;
      if (cancelled) return;
    }
    end(call, false);
  } catch (error) {
    end(call, true);
    if (!cancelled) console.error(error);
  }
}

/**
 * @param {Call} call
 * @param {any} source a `ReadableStream` or an async iterable
 * @param {() => void} head appends the head of the response
 */
function chunks(call, source, head) {
  head();
  if (typeof source.getReader === 'function') {
    const reader = source.getReader();
    void pump(
      call,
      () => reader.read(),
      () => reader.cancel(),
    );
  } else if (typeof source[Symbol.asyncIterator] === 'function') {
    const iterator = source[Symbol.asyncIterator]();
    void pump(
      call,
      () => iterator.next(),
      () => iterator.return?.(),
    );
  } else {
    return chunks(call, source.stream(), () => {});
  }
}

/**
 * @param {Call} call
 * @param {Blob} blob
 * @param {(length: number) => void} head appends the head of the response
 * @param {(bytes: Uint8Array) => void} whole answers with all bytes
 * @returns {Promise<void> | void} rejects when the blob cannot be read
 */
function sendBlob(call, blob, head, whole) {
  const { size } = blob;
  if (size <= WHOLE_BLOB || !Number.isFinite(size)) {
    return blob.arrayBuffer().then((buffer) => whole(new Uint8Array(buffer)));
  }
  return chunks(call, blob.stream(), () => head(size));
}

module.exports = { chunks, sendBlob };
