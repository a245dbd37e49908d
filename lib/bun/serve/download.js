'use strict';

/** What bodies of responses that come in pieces are made of: streams, async iterables, blobs. */

const { Kind } = require('../../web/body');
const { Pump } = require('./pump');
const { directOf } = require('../../web/direct-stream');
const { SteeredIterator } = require('../../web/steered-iterator');

/** Blobs up to this size are read whole. */
const WHOLE_BLOB = 1024 * 1024;

/** Why a direct stream is cancelled. */
const gone = () => new DOMException('The connection was closed.', 'AbortError');

/** @typedef {InstanceType<typeof import('./call').Call>} Call */
/** @typedef {import('./pump').Sender} Sender */

/**
 * Sends the pieces of a source as they come.
 *
 * @param {Call} call
 * @param {any} source a `ReadableStream`, an async iterable, or what has a `stream()`
 * @param {number} kind
 * @param {Sender} sender
 */
function chunks(call, source, kind, sender) {
  if (kind === Kind.ITERABLE) {
    const iterator = new SteeredIterator(source, false);
    return new Pump(call, sender, () => iterator.return()).steer(iterator);
  }
  if (typeof source.getReader === 'function') {
    const direct = directOf(source);
    const reader = source.getReader();
    if (direct !== undefined) return direct.runInto(new Pump(call, sender, () => direct.cancel(gone())));
    new Pump(call, sender, () => reader.cancel()).pull(() => reader.read());
  } else if (typeof source[Symbol.asyncIterator] === 'function') {
    const iterator = source[Symbol.asyncIterator]();
    const { next } = iterator;
    new Pump(call, sender, () => iterator.return?.()).pull(() => next.call(iterator));
  } else {
    chunks(call, source.stream(), Kind.STREAM, sender);
  }
}

/**
 * Lets go of a source that nobody has asked for anything. An iterable has not begun yet.
 *
 * @param {any} source a `ReadableStream`, an async iterable, or what has a `stream()`
 */
async function drop(source) {
  try {
    if (typeof source.cancel === 'function') await source.cancel();
    else if (typeof source[Symbol.asyncIterator] !== 'function') await source.stream().cancel();
  } catch {
    // there is nobody to tell
  }
}

/**
 * @param {Call} call
 * @param {Blob} blob
 * @param {(length: number) => void} head appends the head of the response
 * @param {(bytes: Uint8Array) => void} whole answers with all bytes
 * @param {Sender['whole']} written answers with what was written
 * @returns {Promise<void> | void} rejects when the blob cannot be read
 */
function sendBlob(call, blob, head, whole, written) {
  const { size } = blob;
  if (size <= WHOLE_BLOB || !Number.isFinite(size)) {
    return blob.arrayBuffer().then((buffer) => whole(new Uint8Array(buffer)));
  }
  chunks(call, blob.stream(), Kind.STREAM, { head: () => head(size), whole: written });
}

module.exports = { chunks, drop, sendBlob };
