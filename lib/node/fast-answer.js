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
const {
  end: nodesEnd,
  writeHead: nodesWriteHead,
  _implicitHeader: nodesImplicitHeader,
  _storeHeader: nodesStoreHeader,
  _send: nodesSend,
  _writeRaw: nodesWriteRaw,
} = answers;
const { write: nodesWrite } = net.Socket.prototype;
/** What Node calls the functions of its last piece. */
const LAST = 'bound onFinish';
/** What it gives for a piece that has none. */
const nothing = (() => {
  /** @type {unknown} */
  let found;
  const response = /** @type {any} */ (
    new ServerResponse(/** @type {any} */ ({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 }))
  );
  response._send = (/** @type {unknown[]} */ ...[, , callback]) => {
    found = callback;
    return true;
  };
  response.setHeader('Content-Length', 1);
  response.write('-');
  return found;
})();

/** @type {any} the response that is ended now */
let ending;
/** The text it is ended with, and its encoding as the program gave it. @type {any} */
let given = '';
/** @type {any} */
let encodingGiven;
/** How many of its pieces have come. */
let count = 0;
/** These, put together. */
let head = '';
let body = '';
/** The encodings of the first one, which the head is written in, and of the text. */
let first = '';
let own = '';
/** Bytes of the body. */
let size = 0;

/**
 * Whether a text can be put together with its head: a program that has replaced what makes or sends the head may write
 * something by then.
 *
 * @param {any} response
 * @param {unknown} chunk
 * @param {unknown} encoding
 * @param {unknown} callback
 */
function isPlain(response, chunk, encoding, callback) {
  const { socket } = response;
  return (
    typeof chunk === 'string' &&
    chunk !== '' &&
    (encoding == null || encoding === 'utf8' || encoding === 'latin1') &&
    callback == null &&
    !response.finished &&
    !response.destroyed &&
    !response.strictContentLength &&
    !response._headerSent &&
    response._trailer === '' &&
    response.outputData.length === 0 &&
    response.writableCorked === 0 &&
    response.writeHead === nodesWriteHead &&
    response._implicitHeader === nodesImplicitHeader &&
    response._storeHeader === nodesStoreHeader &&
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

/**
 * Whether a piece is the next one of those that `end` sends: the text and, in some releases, an empty one; or the five of
 * a chunk and the last one. A header may have a `toString` that writes.
 *
 * @param {any} response
 * @param {any} data
 * @param {unknown} encoding
 * @param {any} callback
 */
function isNext(response, data, encoding, callback) {
  const last = callback?.name === LAST;
  if (!response.chunkedEncoding) {
    if (count === 0) return data === given && encoding === encodingGiven && (last || callback === nothing);
    return count === 1 && data === '' && last;
  }
  switch (count) {
    case 0:
      return encoding === 'latin1' && callback === null && /^[\da-f]+$/.test(data);
    case 1:
      return encoding === null && callback === null && isLineEnd(data);
    case 2:
      return data === given && encoding === encodingGiven && callback === null;
    case 3:
      return encoding === null && callback === nothing && isLineEnd(data);
    default:
      return count === 4 && data === '0\r\n\r\n' && encoding === 'latin1' && last;
  }
}

/** @param {any} data */
const isLineEnd = (data) => typeof data !== 'string' && data.length === 2 && data[0] === 13 && data[1] === 10;

/** @this {any} @param {any} data @param {any} encoding @param {any} callback @param {any} length */
function send(data, encoding, callback, length) {
  if (ending !== this) return answers._send.call(this, data, encoding, callback, length);
  if (!isNext(this, data, encoding, callback)) {
    ending = undefined;
    if (head !== '' || body !== '') flush(this, null);
    return answers._send.call(this, data, encoding, callback, length);
  }
  count += 1;
  if (!this._headerSent && this._header !== null) {
    this._headerSent = true;
    head = this._header;
    first = encoding ?? 'utf8';
  }
  const text = typeof data === 'string' ? data : '\r\n';
  body += text;
  size += length ?? text.length;
  if (callback === null || callback === nothing) return true;
  ending = undefined;
  return flush(this, callback);
}

/** @this {any} @param {any} chunk @param {any} encoding @param {any} callback */
function end(chunk, encoding, callback) {
  // What a header's `toString` ends while another response is ended is Node's.
  if (ending !== undefined || !isPlain(this, chunk, encoding, callback))
    return answers.end.call(this, chunk, encoding, callback);
  ending = this;
  given = chunk;
  encodingGiven = encoding;
  own = encoding ?? 'utf8';
  count = size = 0;
  try {
    return nodesEnd.call(this, chunk, encoding);
  } finally {
    if (ending === this && (head !== '' || body !== '')) flush(this, null);
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
