'use strict';

/**
 * The bytes of a Blob or of a body, here and now: what `spawnSync` feeds a child with.
 */

const { codeError } = require('../internal/errors');
const { memoryOf } = require('../web/blob-memory');
const { sourceOf } = require('./bun-file');

/**
 * @param {any} value a Blob, file, Request or Response
 * @returns {Uint8Array}
 * @throws ERR_INVALID_ARG_TYPE for a body that is still a stream
 */
function bytesNow(value) {
  if (value instanceof Blob) return blobBytes(value);
  const { Body, Kind, kindOf, sourceOf: contentOf, markUsed } = require('../web/body');
  if (!(value instanceof Body)) throw streamed();
  const [kind, content] = [kindOf(value), contentOf(value)];
  if (kind >= Kind.STREAM && kind !== Kind.LATIN1) throw streamed();
  markUsed(value);
  if (kind === Kind.NULL) return new Uint8Array(0);
  if (kind === Kind.TEXT) return Buffer.from(content);
  if (kind === Kind.LATIN1) return Buffer.from(content, 'latin1');
  return kind === Kind.BYTES ? content : blobBytes(content);
}

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const streamed = () => ERR_INVALID_ARG_TYPE('ReadableStream cannot be used in sync mode');

/** @param {Blob} blob @returns {Uint8Array} */
function blobBytes(blob) {
  const { BunFile } = require('./bun-file');
  const bytes = memoryOf(sourceOf(blob) ? BunFile.snapshotOf(/** @type {any} */ (blob)) : blob);
  if (!bytes) throw streamed();
  return bytes;
}

module.exports = { bytesNow };
