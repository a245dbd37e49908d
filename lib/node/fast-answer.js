'use strict';

/**
 * `ServerResponse` for `fast-http.js`. Before Node 24 `end` gives the socket what it is called with and an empty text for
 * the callback, so that each answer is a `writev` of two; here it is one write, as in later releases. What is odd is the
 * inherited method's.
 */

const { ServerResponse } = require('node:http');
const net = require('node:net');

/** The first release whose own `end` writes once. */
const WRITES_ONCE = 24;
/** @type {any} */
const answers = ServerResponse.prototype;
const { end: nodesEnd, _send: nodesSend, _writeRaw: nodesWriteRaw } = answers;
const { write: nodesWrite } = net.Socket.prototype;

/** @param {any} response */
function onWritten(response) {
  if (!response.socket?._hadError) response.emit('finish');
}

/** Whether a text can be written with its head at once. @param {any} response @param {unknown} chunk @param {unknown} encoding */
function isPlain(response, chunk, encoding) {
  const { socket } = response;
  return (
    typeof chunk === 'string' &&
    chunk !== '' &&
    (encoding === undefined || encoding === 'utf8' || encoding === 'latin1') &&
    !response.finished &&
    !response.destroyed &&
    !response.strictContentLength &&
    !response._headerSent &&
    response.outputData.length === 0 &&
    response._send === nodesSend &&
    response._writeRaw === nodesWriteRaw &&
    socket != null &&
    socket._httpMessage === response &&
    socket.writable &&
    socket.writableCorked === 0 &&
    socket.write === nodesWrite
  );
}

class Answer extends ServerResponse {
  /** @param {any} [chunk] @param {any} [encoding] @param {any} [callback] @returns {this} */
  end(chunk, encoding, callback) {
    const response = /** @type {any} */ (this);
    if (callback === undefined && isPlain(response, chunk, encoding)) {
      if (!response._header) {
        response._contentLength = Buffer.byteLength(chunk, encoding);
        response._implicitHeader();
      }
      if (response._header && response._hasBody && !response.chunkedEncoding && !response._headerSent) {
        response._headerSent = true;
        response.socket.write(response._header + chunk, encoding, () => onWritten(response));
        response.finished = true;
        response._finish();
        return this;
      }
    }
    return super.end(chunk, encoding, callback);
  }
}
// Programs ask for the constructor of a response.
Reflect.deleteProperty(Answer.prototype, 'constructor');

/** The class of a response: that of a program which has replaced `end` is Node's. @type {() => any} */
const classOf =
  Number(process.versions.node.split('.')[0]) < WRITES_ONCE
    ? () => (answers.end === nodesEnd ? Answer : ServerResponse)
    : () => ServerResponse;

module.exports = { classOf };
