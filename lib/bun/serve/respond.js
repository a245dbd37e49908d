'use strict';

/**
 * Answers on their way to the engine: a record of eight ints and the bytes of headers and body,
 * appended to the batch that the engine takes when the handlers of a turn have run.
 */

const { Kind, kindOf, sourceOf, isUsed, markUsed, ERR_BODY_ALREADY_USED } = require('../../web/body');
const { headerTriples, isBareJson } = require('../../web/response');
const { BunFile } = require('../bun-file');
const { engine, outgoing, bytes, RECORD, RECORDS } = require('./native');
const { chunks, drop, sendBlob } = require('./download');
const { headerLines, hasType } = require('./header-lines');
const { writeLongText } = require('./long-text');
const { openFile } = require('./send-file');
const { writeText } = require('./stage');

/** Where a body is; `payload` in crates/web/src/server/outbound.rs. */
const INLINE = 0;
const WRITTEN = 1;
const STREAM = 2;
const FILE = 3;
const LENT = 4;

/** Numbers of content types; `CONTENT_TYPES` in crates/web/src/server/outbound.rs. */
const NO_TYPE = 0;
const TEXT_PLAIN = 1;
const JSON_TYPE = 2;
const OCTET_STREAM = 3;

/** Statuses whose answers have no body. */
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;

/** Above this a body does not go through the batch. */
const LARGEST_INLINE = 16 * 1024;
const UTF8_GROWTH = 3;

/** Lets the engine take the batch now. @param {Uint8Array} [lent] the body of the last answer, if that is not in the batch */
function flush(lent) {
  if (outgoing[0] > 0) engine().flush(lent);
}

/** Makes room for one more answer with so many bytes. @param {number} size */
function reserve(size) {
  if (outgoing[0] >= RECORDS || outgoing[1] + size > bytes.length) flush();
}

/**
 * Appends a record. `header` bytes of header lines and `length` of body lie at the end of the batch.
 *
 * @param {Call} call
 * @param {number} status
 * @param {number} payload
 * @param {number} header
 * @param {number} length
 * @param {number} contentType
 * @typedef {InstanceType<typeof import('./call').Call>} Call
 */
function append(call, status, payload, header, length, contentType) {
  const count = outgoing[0];
  const used = outgoing[1];
  const at = RECORD * (count + 1);
  outgoing[at] = call.slot;
  outgoing[at + 1] = call.seq;
  outgoing[at + 2] = status;
  outgoing[at + 3] = payload;
  outgoing[at + 4] = header;
  outgoing[at + 5] = used;
  outgoing[at + 6] = length;
  outgoing[at + 7] = contentType;
  outgoing[0] = count + 1;
  outgoing[1] = used + header + (payload === INLINE ? length : 0);
  call.answered = true;
}

/** @param {string[] | null} list @param {any} cookies @returns {string[] | null} */
function withCookies(list, cookies) {
  const values = cookies.toSetCookieHeaders();
  if (values.length === 0) return list;
  return values.reduce(
    (/** @type {string[]} */ all, /** @type {string} */ value) => all.concat('set-cookie', value, 'set-cookie'),
    list ?? [],
  );
}

/** Whether a GET with this status has a body. @param {number} status */
const hasBody = (status) => status !== NO_CONTENT && status !== NOT_MODIFIED;

/** hyper gives an empty answer to HEAD no length by itself. @param {string[] | null} list */
function emptyLength(list) {
  return list !== null && list.includes('content-length') ? '' : 'content-length:0\n';
}

/**
 * Answers a request. What cannot be sent is thrown, so that the server's `error` handler sees it.
 *
 * @param {Call} call
 * @param {InstanceType<typeof import('../../web/response').Response>} response
 * @returns {Promise<void> | void} rejects when the body cannot be read and nothing was sent
 */
function respond(call, response) {
  const kind = kindOf(response);
  if (kind !== Kind.NULL && isUsed(response)) {
    if (call.isHead) return sendBytes(call, response.status, headerTriples(response), NO_TYPE, null);
    throw ERR_BODY_ALREADY_USED(
      'Response body already used. A Response body can only be sent once; create a new Response for each request.',
    );
  }
  if (kind !== Kind.NULL && !call.isHead) markUsed(response);
  const { status } = response;
  if (status === 0) {
    throw new Error(
      'Cannot send a Response with status 0. HTTP status codes must be between 100 and 999 (Response.error() returns status 0).',
    );
  }
  const bare = isBareJson(response);
  const given = bare ? null : headerTriples(response);
  const list = call.cookies === null ? given : withCookies(given, call.cookies);
  switch (kind) {
    case Kind.NULL:
      return sendBytes(call, status, list, NO_TYPE, null);
    case Kind.TEXT:
      return sendText(call, status, list, sourceOf(response), bare ? JSON_TYPE : TEXT_PLAIN);
    case Kind.BYTES:
      return sendBytes(call, status, list, OCTET_STREAM, sourceOf(response));
    default:
      if (call.isHead && kind !== Kind.BLOB) return sendHeadOfStream(call, status, list, sourceOf(response));
      return sendStream(call, status, list, response, kind);
  }
}

/** @param {Call} call @param {number} status @param {string[] | null} list @param {string} text @param {number} own the type of text that has none */
function sendText(call, status, list, text, own) {
  if (text === '' || !hasBody(status)) return sendBytes(call, status, list, NO_TYPE, null);
  const type = hasType(list) ? NO_TYPE : own;
  const lines = list === null ? '' : headerLines(list, false);
  if (text.length > LARGEST_INLINE) {
    writeLongText(call, text);
    return sendHead(call, status, WRITTEN, lines, 0, type);
  }
  reserve(lines.length + text.length * UTF8_GROWTH);
  const start = outgoing[1];
  const header = lines === '' ? 0 : bytes.latin1Write(lines, start);
  append(call, status, INLINE, header, writeText(bytes, text, start + header), type);
}

/** @param {Call} call @param {number} status @param {string[] | null} list @param {number} type @param {Uint8Array | null} body */
function sendBytes(call, status, list, type, body) {
  const contentType = body === null || body.length === 0 || hasType(list) ? NO_TYPE : type;
  const lines =
    headerLines(list, body === null && call.isHead) +
    (call.isHead && hasBody(status) && (body === null || body.length === 0) ? emptyLength(list) : '');
  if (body !== null && body.length > LARGEST_INLINE) return sendHead(call, status, LENT, lines, 0, contentType, body);
  const length = body === null ? 0 : body.length;
  reserve(lines.length + length);
  const start = outgoing[1];
  const header = lines === '' ? 0 : bytes.latin1Write(lines, start);
  if (body !== null) bytes.set(body, start + header);
  append(call, status, INLINE, header, length, contentType);
}

/** @param {Call} call @param {number} status @param {number} payload @param {string} lines @param {number} length @param {number} type @param {Uint8Array} [lent] */
function sendHead(call, status, payload, lines, length, type, lent) {
  reserve(lines.length);
  const header = lines === '' ? 0 : bytes.latin1Write(lines, outgoing[1]);
  append(call, status, payload, header, length, type);
  // What is large leaves while it is in the processor's caches, and its client goes on.
  if (payload === WRITTEN || payload === LENT) flush(lent);
}

/**
 * What a HEAD gets of a body that comes in pieces: nobody asks for them, and their source is told.
 *
 * @param {Call} call
 * @param {number} status
 * @param {string[] | null} list
 * @param {any} source
 */
function sendHeadOfStream(call, status, list, source) {
  sendHead(call, status, STREAM, headerLines(list, false), -1, NO_TYPE);
  engine().end(call.slot, call.seq, false);
  void drop(source);
}

/**
 * A body that is not at hand: its head goes now, its bytes as they come.
 *
 * @param {Call} call
 * @param {number} status
 * @param {string[] | null} list
 * @param {InstanceType<typeof import('../../web/response').Response>} response
 * @param {number} kind
 * @returns {Promise<void> | void} rejects when the body cannot be read and nothing was sent
 */
function sendStream(call, status, list, response, kind) {
  const source = sourceOf(response);
  const whole = (/** @type {Uint8Array | null} */ body) =>
    body === null
      ? sendHead(call, status, WRITTEN, headerLines(list, false), 0, NO_TYPE)
      : sendBytes(call, status, list, NO_TYPE, body);
  if (kind !== Kind.BLOB) {
    return chunks(call, source, kind, {
      head: () => sendHead(call, status, STREAM, headerLines(list, false), -1, NO_TYPE),
      whole,
    });
  }
  const type = source.type ? NO_TYPE : TEXT_PLAIN;
  const origin = BunFile.sourceOf(source);
  const file = origin === undefined ? undefined : openFile(call, status, list, origin);
  if (file !== undefined) {
    const lines = headerLines(list, false) + file.lines;
    return sendHead(call, file.status, FILE, lines, 0, hasType(list) ? NO_TYPE : type);
  }
  const head = (/** @type {number} */ length) =>
    sendHead(call, status, STREAM, headerLines(list, false), length, hasType(list) ? NO_TYPE : type);
  return sendBlob(call, source, head, (body) => sendBytes(call, status, list, type, body), whole);
}

module.exports = { respond, flush };
