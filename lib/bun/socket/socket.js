'use strict';

/**
 * A connection of `Bun.listen` or `Bun.connect`, over one of Node's.
 *
 * @see https://bun.com/docs/runtime/networking/tcp
 */

const { getSystemErrorMap } = require('node:util');
const { codeError, ERR_INVALID_ARG_TYPE } = require('../../internal/errors');
const { inType, readHandlers } = require('./handlers');

const ERR_OUT_OF_RANGE = codeError(RangeError, 'ERR_OUT_OF_RANGE', (message) => message);
/** Bytes that are handed over at once: Bun's `write` takes what the kernel does. */
const MOST = 4 * 1024 * 1024;
const State = { CLOSED: -1, OPENING: 0, OPEN: 1, SHUT: 4 };

/** @param {any} data @param {number} [offset] @param {number} [length] @returns {Uint8Array | undefined} nothing for what has no bytes */
function bytesOf(data, offset = 0, length = undefined) {
  let bytes;
  if (typeof data === 'string') bytes = Buffer.from(data);
  else if (ArrayBuffer.isView(data)) bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  else if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) bytes = new Uint8Array(data);
  else if (data instanceof Blob) bytes = require('../blob-bytes').bytesNow(data);
  else return undefined;
  range('byteOffset', offset, bytes.length);
  const count = length ?? bytes.length; // not what is left, in Bun either
  range('byteLength', count, bytes.length - offset);
  return bytes.subarray(offset, offset + count);
}

/** @param {string} name @param {number} value @param {number} last */
function range(name, value, last) {
  if (value >= 0 && value <= last) return;
  throw ERR_OUT_OF_RANGE(
    `The value of "${name}" is out of range. It must be >= 0 and <= ${last}. Received ${String(value)}`,
  );
}

/** An error of a connection in Bun's words. @param {any} error */
function translated(error) {
  const [, text] = getSystemErrorMap().get(error?.errno) ?? [];
  if (text) error.message = `${error.code}: ${text}, ${error.syscall}`;
  return error;
}

class Socket {
  /** @type {import('node:tls').TLSSocket} which is one without TLS, too */
  #node;
  /** Shared by all that a listener has, so that they change together. @type {{ handlers: import('./handlers').Handlers }} */
  #box;
  /** @type {any} */
  #listener;
  #state = State.OPENING;
  #halfOpen;
  #secure;
  /** @type {unknown} */
  #error;
  data;

  /**
   * @param {any} node
   * @param {{ box: { handlers: import('./handlers').Handlers }, data: any, listener?: any, allowHalfOpen: boolean, secure: boolean }} facts
   */
  constructor(node, { box, data, listener, allowHalfOpen, secure }) {
    this.#node = node;
    this.#box = box;
    this.#listener = listener;
    this.#halfOpen = allowHalfOpen;
    this.#secure = secure;
    this.data = data;
    node.on('error', (/** @type {any} */ error) => {
      this.#error = translated(error);
    });
    node.on('close', () => this.#closed());
    node.on('timeout', () => this.#call('timeout'));
    node.on('drain', () => this.#state === State.OPEN && this.#call('drain'));
    node.on('end', () => this.#ended());
  }

  /** The connection stands: what arrives from now on is told. */
  static opened(/** @type {Socket} */ socket) {
    socket.#state = State.OPEN;
    if (!socket.#call('open')) socket.end();
    socket.#node.on('data', (/** @type {any} */ chunk) => {
      if (socket.#state === State.CLOSED) return;
      const { data, binaryType } = socket.#box.handlers;
      if (data) socket.#call('data', inType(chunk, binaryType));
    });
  }

  /** @param {Socket} socket @param {string} name @param {any[]} facts */
  static tell = (socket, name, ...facts) => socket.#call(name, ...facts);
  /** @param {Socket} socket @param {string} name */
  static hears = (socket, name) => socket.#box.handlers[name] !== undefined;
  /** @param {Socket} socket */
  static nodeOf = (socket) => socket.#node;
  /** @param {Socket} socket @param {unknown} [error] */
  static closed(socket, error) {
    if (error !== undefined) socket.#error = translated(error);
    socket.#closed();
  }
  /** A connection that failed has no end to tell of. @param {Socket} socket */
  static failed(socket) {
    socket.#state = State.CLOSED;
  }

  /** @param {string} name @param {any[]} facts @returns {boolean} whether the handler did not fail */
  #call(name, ...facts) {
    const { handlers } = this.#box;
    try {
      handlers[name]?.(this, ...facts);
      return true;
    } catch (error) {
      if (name === 'error' || !handlers.error) require('../../web/report-error')(error);
      else this.#call('error', error);
      return false;
    }
  }

  /** The other side sends no more. */
  #ended() {
    if (this.#state === State.CLOSED) return;
    if (this.#state === State.OPEN) this.#call('end');
    if (!this.#halfOpen || this.#state === State.SHUT) this.#finish();
  }

  #finish() {
    const node = this.#node;
    node.end(() => node.destroy());
  }

  #closed() {
    if (this.#state === State.CLOSED) return;
    this.#state = State.CLOSED;
    this.#call('close', this.#error);
  }

  /** @param {any} data @param {number} [offset] @param {number} [length] @returns {number} bytes taken; less than given: the rest after `drain` */
  write(data, offset = undefined, length = undefined) {
    if (this.#state === State.CLOSED || this.#state === State.SHUT) return -1;
    const bytes = bytesOf(data, offset, length);
    if (bytes === undefined) throw ERR_INVALID_ARG_TYPE('data', 'of type string, buffer, or blob', data);
    // What waits to be sent is not to grow: the program keeps the rest. As long as the kernel takes a part at once there is
    // nothing to wait for, and Node tells of no `drain`.
    let taken = 0;
    while (taken < bytes.length && !this.#node.writableNeedDrain) {
      const part = bytes.subarray(taken, taken + MOST);
      // The program may go on with its memory; what the kernel did not take at once is Node's to keep.
      this.#node.write(typeof data === 'string' ? part : Buffer.from(part));
      taken += part.length;
    }
    return taken;
  }

  /** @param {any} [data] @param {number} [offset] @param {number} [length] @returns {number} */
  end(data = undefined, offset = undefined, length = undefined) {
    const bytes = data === undefined ? undefined : bytesOf(data, offset, length);
    if (this.#state === State.CLOSED) return -1;
    if (bytes && this.#state === State.OPEN) this.#node.write(bytes);
    const flushed = this.#node.writableLength === 0;
    this.#finish();
    if (flushed) this.#closed();
    return bytes?.length ?? 0;
  }

  close() {
    this.end();
  }

  terminate() {
    if (this.#secure || typeof this.#node.resetAndDestroy !== 'function') this.#node.destroy();
    else this.#node.resetAndDestroy();
    this.#closed();
  }

  /** Sends no more, and still hears. @param {boolean} [_halfClose] */
  shutdown(_halfClose) {
    if (this.#state !== State.OPEN) return;
    this.#state = State.SHUT;
    this.#node.end();
  }

  flush() {}

  /** @param {number} seconds */
  timeout(seconds) {
    this.#node.setTimeout(Number(seconds) * 1000);
  }

  ref() {
    this.#node.ref();
  }

  unref() {
    this.#node.unref();
  }

  pause() {
    this.#node.pause();
  }

  resume() {
    this.#node.resume();
  }

  /** @param {{ socket: any }} options */
  reload(options) {
    this.#box = { handlers: readHandlers(options?.socket) };
  }

  /** @param {boolean} [enable] */
  setNoDelay(enable = true) {
    this.#node.setNoDelay(enable);
    return true;
  }

  /** @param {boolean} [enable] @param {number} [delay] */
  setKeepAlive(enable = false, delay = 0) {
    this.#node.setKeepAlive(enable, delay);
    return true;
  }

  /** @param {any} options @returns {[Socket, Socket]} */
  upgradeTLS(options) {
    return require('./upgrade').upgrade(this, options);
  }

  get readyState() {
    return this.#state;
  }

  get listener() {
    return this.#listener;
  }

  get fd() {
    return /** @type {any} */ (this.#node)._handle?.fd ?? -1;
  }

  get bytesWritten() {
    return this.#node.bytesWritten;
  }

  getAuthorizationError() {
    return this.#node.authorizationError ?? null;
  }

  getServername() {
    return /** @type {any} */ (this.#node).servername || undefined;
  }

  /** @param {boolean} requestCert @param {boolean} rejectUnauthorized */
  setVerifyMode(requestCert, rejectUnauthorized) {
    if (this.#secure) /** @type {any} */ (this.#node)._handle?.setVerifyMode(requestCert, rejectUnauthorized);
  }

  get authorized() {
    return this.#secure && this.#node.authorized;
  }

  get alpnProtocol() {
    return this.#secure ? this.#node.alpnProtocol : false;
  }

  [Symbol.dispose]() {
    this.terminate();
  }

  get [Symbol.toStringTag]() {
    return this.#secure ? 'TLSSocket' : 'TCPSocket';
  }
}

require('./delegates').define(Socket.prototype, Socket.nodeOf);

module.exports = { Socket };
