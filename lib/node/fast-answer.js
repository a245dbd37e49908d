'use strict';

/**
 * `ServerResponse` for servers of `fast-http.js`. Node gives the socket an answer in pieces, so that the system call is a `writev`
 * of two (text of a known length, before Node 24) to five (chunked). Here a text that ends an answer is put together with
 * its head and its frame, and is one write. `end` is Node's; what is odd goes its way.
 */

const { ServerResponse } = require('node:http');
const net = require('node:net');

/** @type {any} */
const answers = ServerResponse.prototype;
const { end: nodesEnd, _send: nodesSend, _writeRaw: nodesWriteRaw } = answers;
const { write: nodesWrite } = net.Socket.prototype;
/** What Node calls the functions of its last piece and of others. */
const LAST = 'bound onFinish';
const OTHER = 'nop';

/** @type {any} the response that is ended now */
let ending;
/** Its pieces. */
let head = '';
let body = '';
/** The encodings of the first one, which the head is written in, and of the text. */
let first = '';
let own = '';
/** Bytes of the body. */
let size = 0;

/** Whether a text can be put together with its head. @param {any} response @param {unknown} chunk @param {unknown} encoding */
function isPlain(response, chunk, encoding) {
  const { socket } = response;
  return (
    typeof chunk === 'string' &&
    chunk !== '' &&
    (encoding == null || encoding === 'utf8' || encoding === 'latin1') &&
    !response.finished &&
    !response.destroyed &&
    !response.strictContentLength &&
    !response._headerSent &&
    response.outputData.length === 0 &&
    response.writableCorked === 0 &&
    response._send === send &&
    answers._send === nodesSend &&
    answers.end === nodesEnd &&
    response._writeRaw === nodesWriteRaw &&
    socket != null &&
    socket._httpMessage === response &&
    socket.writable &&
    socket.writableCorked === 0 &&
    socket.write === nodesWrite
  );
}

/** Writes what has been put together. @param {any} response @param {unknown} callback */
function flush(response, callback) {
  const [lines, rest] = [head, body];
  head = body = '';
  if (!response.chunkedEncoding) return response._writeRaw(lines + rest, first, callback);
  // The head of a chunked answer is latin1, whatever its text is.
  if (own === 'latin1' || size === rest.length) return response._writeRaw(lines + rest, 'latin1', callback);
  response._writeRaw(lines, 'latin1', null);
  return response._writeRaw(rest, own, callback);
}

/** @this {any} @param {any} data @param {any} encoding @param {any} callback @param {any} length */
function send(data, encoding, callback, length) {
  if (ending !== this) return answers._send.call(this, data, encoding, callback, length);
  if (!this._headerSent && this._header !== null) {
    this._headerSent = true;
    head = this._header;
    first = encoding ?? 'utf8';
  }
  const text = typeof data === 'string' ? data : data.latin1Slice();
  body += text;
  size += length ?? text.length;
  const name = callback?.name ?? OTHER;
  if (name === OTHER) return true;
  if (name !== LAST) ending = undefined;
  return flush(this, callback);
}

/** @this {any} @param {any} chunk @param {any} encoding @param {any} callback */
function end(chunk, encoding, callback) {
  if (!isPlain(this, chunk, encoding)) return answers.end.call(this, chunk, encoding, callback);
  ending = this;
  own = encoding ?? 'utf8';
  size = 0;
  try {
    return nodesEnd.call(this, chunk, encoding, callback);
  } finally {
    if (head !== '' || body !== '') flush(this, null);
    ending = undefined;
  }
}

/** Without a constructor of its own: that of such a response is Node's. A program may replace the methods of that one's. */
class Answer extends ServerResponse {}
Reflect.deleteProperty(Answer.prototype, 'constructor');
Object.defineProperties(Answer.prototype, {
  end: { ...Object.getOwnPropertyDescriptor(Object.getPrototypeOf(answers), 'end'), value: end },
  _send: { ...Object.getOwnPropertyDescriptor(Object.getPrototypeOf(answers), '_send'), value: send },
});

module.exports = { Answer };
