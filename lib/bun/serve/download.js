'use strict';

/**
 * Bodies of responses that come in pieces: streams, async iterables, blobs. The engine says when
 * to wait, and when the client is gone the source is told.
 */

const { chunkBytes } = require('../../web/body');
const { engine, outgoing } = require('./native');

/** Blobs up to this size are read whole. */
const WHOLE_BLOB = 1024 * 1024;
/** Turns of the microtask queue that a stream has to give its next chunk. */
const SOON = 8;
/** A body that is longer goes out in chunks. */
const LARGEST_AT_HAND = 64 * 1024;
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
 * A promise's value if it is there within a few turns of the microtask queue.
 *
 * @param {Promise<any>} promise
 * @returns {Promise<{ value: any } | null>} null: it takes longer, or fails
 */
async function soon(promise) {
  /** @type {{ value: any } | null} */
  let settled = null;
  promise.then(
    (value) => {
      settled = { value };
    },
    () => {},
  );
  for (let turn = 0; turn < SOON && settled === null; turn++) await Promise.resolve();
  return settled;
}

/**
 * What is at hand of a body: a short one that has ended is sent with its length, as in Bun.
 *
 * @param {() => Promise<IteratorResult<any>>} next
 * @returns {Promise<{ chunks: any[], pending: Promise<IteratorResult<any>> | null }>} pending null: that was all
 */
async function atHand(next) {
  const gathered = [];
  let size = 0;
  for (;;) {
    const pending = next();
    const settled = size > LARGEST_AT_HAND ? null : await soon(pending);
    if (settled === null) return { chunks: gathered, pending };
    const { done, value } = settled.value;
    if (done) return { chunks: gathered, pending: null };
    const bytes = chunkBytes(value);
    size += bytes.byteLength;
    gathered.push(bytes);
  }
}

/**
 * Sends the chunks of an iterator until it ends, fails, or the client is gone.
 *
 * @param {Call} call
 * @param {() => Promise<IteratorResult<any>>} next
 * @param {(reason?: any) => unknown} cancel
 * @param {Sender} sender
 */
async function pump(call, next, cancel, sender) {
  let cancelled = false;
  let begun = false;
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
    const { chunks: ready, pending } = await atHand(next);
    if (cancelled) return;
    if (pending === null) return sender.whole(ready.length === 1 ? ready[0] : Buffer.concat(ready));
    begun = true;
    sender.head();
    for (const chunk of ready) if (write(call, chunk) === false) return await stop();
    for (let current = pending; ; current = next()) {
      const { done, value } = await current;
      if (done || cancelled) break;
      const wait = write(call, value);
      if (wait === false) return await stop();
      if (wait !== null) await wait;
      if (cancelled) return;
    }
    end(call, false);
  } catch (error) {
    if (!begun && !cancelled) sender.head();
    end(call, true);
    if (!cancelled) console.error(error);
  }
}

/**
 * @param {Call} call
 * @param {any} source a `ReadableStream` or an async iterable
 * @param {Sender} sender
 * @typedef {object} Sender
 * @property {() => void} head appends the head of the response
 * @property {(bytes: Uint8Array) => void} whole answers with all bytes
 */
function chunks(call, source, sender) {
  if (typeof source.getReader === 'function') {
    const reader = source.getReader();
    void pump(
      call,
      () => reader.read(),
      () => reader.cancel(),
      sender,
    );
  } else if (typeof source[Symbol.asyncIterator] === 'function') {
    const iterator = source[Symbol.asyncIterator]();
    void pump(
      call,
      async () => iterator.next(),
      () => iterator.return?.(),
      sender,
    );
  } else {
    return chunks(call, source.stream(), sender);
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
  return chunks(call, blob.stream(), { head: () => head(size), whole });
}

module.exports = { chunks, sendBlob };
