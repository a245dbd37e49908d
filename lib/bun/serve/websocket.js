'use strict';

/**
 * A WebSocket of a server.
 *
 * @see node_modules/bun-types/docs/runtime/http/websockets.mdx
 */

const { codeError, ERR_INVALID_ARG_TYPE: ERR_INVALID_ARGUMENT } = require('../../internal/errors');
const { engine } = require('./native');
const open = require('./open-sockets');
const { BlobQueue, checkBlob, publishBlob } = require('./websocket-blobs');
const { DEFAULT_TYPE, Rare, Received, binaryOf, binaryTypeOf, bytesOf, utf8 } = require('./websocket-data');
const { callHandler, callMessage } = require('./websocket-handlers');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** Opcodes of RFC 6455. */
const [TEXT, BINARY, PING, PONG] = [1, 2, 9, 10];
/** Added to an opcode: compressed, if the peer can read it. */
const COMPRESS = 0x40;

const OPEN = 1;
const CLOSED = 3;

class ServerWebSocket {
  #id;
  #seq;
  #state;
  #remoteAddress;
  #readyState = OPEN;
  #data;
  /** What most have not: most of them are idle most of the time. @type {Rare | null} */
  #rare = null;

  /** @param {any} state the server's @param {number} id @param {number} seq @param {string} remoteAddress @param {any} data */
  constructor(state, id, seq, remoteAddress, data) {
    this.#state = state;
    this.#id = id;
    this.#seq = seq;
    this.#remoteAddress = remoteAddress;
    this.#data = data;
    open.add(id, seq, this);
  }

  get data() {
    return this.#data;
  }

  set data(value) {
    this.#data = value;
  }

  get readyState() {
    return this.#readyState;
  }

  get remoteAddress() {
    return this.#remoteAddress;
  }

  get binaryType() {
    return this.#rare === null ? DEFAULT_TYPE : this.#rare.binaryType;
  }

  set binaryType(value) {
    const type = binaryTypeOf(value);
    (this.#rare ??= new Rare()).binaryType = type;
  }

  get isPaused() {
    return this.#rare !== null && this.#rare.paused && this.#readyState === OPEN;
  }

  get subscriptions() {
    return [...(this.#rare?.topics ?? [])];
  }

  /** @param {number} opcode @param {string} text @returns {number} */
  #sendText(opcode, text) {
    if (this.#readyState !== OPEN) return 0;
    const blobs = this.#rare === null ? null : this.#rare.blobs;
    if (blobs !== null) return blobs.push(opcode, text, Buffer.byteLength(text));
    return engine().socketText(this.#id, this.#seq, opcode, text);
  }

  /** @param {number} opcode @param {Uint8Array} bytes @returns {number} */
  #sendBytes(opcode, bytes) {
    if (this.#readyState !== OPEN) return 0;
    const blobs = this.#rare === null ? null : this.#rare.blobs;
    if (blobs !== null) return blobs.push(opcode, new Uint8Array(bytes), bytes.byteLength);
    return engine().socketBytes(this.#id, this.#seq, opcode, bytes);
  }

  /** @param {number} opcode @param {Blob} blob @param {string} name of the method @returns {number} */
  #sendBlob(opcode, blob, name) {
    checkBlob(blob, name);
    if (this.#readyState !== OPEN) return 0;
    const rare = (this.#rare ??= new Rare());
    rare.blobs ??= new BlobQueue((kind, data) => {
      if (data === null) rare.blobs = null;
      else if (this.#readyState !== OPEN) return;
      else if (typeof data === 'string') engine().socketText(this.#id, this.#seq, kind, data);
      else engine().socketBytes(this.#id, this.#seq, kind, data);
    });
    return rare.blobs.push(opcode, blob, blob.size);
  }

  /** @param {any} data @param {boolean} [compress] @returns {number} bytes sent; -1 when they wait; 0 when they were dropped */
  send(data, compress) {
    const flag = compress ? COMPRESS : 0;
    if (typeof data === 'string') return this.#sendText(TEXT | flag, data);
    if (arguments.length === 0) throw new Error('send requires at least 1 argument');
    const bytes = bytesOf(data);
    if (bytes !== null) return this.#sendBytes(BINARY | flag, bytes);
    if (data == null) throw new Error('send requires a non-empty message');
    if (data instanceof Blob) return this.#sendBlob(BINARY | flag, data, 'send');
    return this.#sendText(TEXT | flag, String(data));
  }

  /** @param {string} text @param {boolean} [compress] @returns {number} */
  sendText(text, compress) {
    if (typeof text !== 'string') throw new TypeError('sendText expects a string');
    return this.#sendText(TEXT | (compress ? COMPRESS : 0), text);
  }

  /** @param {any} data @param {boolean} [compress] @returns {number} */
  sendBinary(data, compress) {
    const flag = compress ? COMPRESS : 0;
    if (data instanceof Blob) return this.#sendBlob(BINARY | flag, data, 'sendBinary');
    const bytes = bytesOf(data);
    if (bytes === null) throw new TypeError('sendBinary requires an ArrayBufferView');
    return this.#sendBytes(BINARY | flag, bytes);
  }

  /** @param {any} [data] @returns {number} */
  ping(data = '') {
    return this.#control(PING, data);
  }

  /** @param {any} [data] @returns {number} */
  pong(data = '') {
    return this.#control(PONG, data);
  }

  /** @param {number} opcode @param {any} data @returns {number} */
  #control(opcode, data) {
    if (data instanceof Blob) return this.#sendBlob(opcode, data, opcode === PING ? 'ping' : 'pong');
    const bytes = bytesOf(data);
    return bytes === null ? this.#sendText(opcode, String(data)) : this.#sendBytes(opcode, bytes);
  }

  /** @param {number} [code] @param {string} [reason] */
  close(code = 1000, reason = '') {
    if (typeof code !== 'number') throw ERR_INVALID_ARG_TYPE('close requires a numeric code or undefined');
    if (this.#readyState !== OPEN) return;
    const text = String(reason);
    engine().socketClose(this.#id, this.#seq, code, text);
    this.#closed(code, text);
  }

  terminate() {
    if (this.#readyState !== OPEN) return;
    engine().socketTerminate(this.#id, this.#seq);
    this.#closed(1006, '');
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    open.remove(this.#id, this.#seq);
    this.#call('close', code, reason);
    if (this.#rare === null || this.#rare.topics === null) return;
    for (const topic of this.#rare.topics) this.#state.topics.remove(topic, this);
    this.#rare.topics = null;
  }

  /** @param {string} topic @returns {boolean} */
  subscribe(topic) {
    if (this.#readyState !== OPEN) return false;
    const name = String(topic);
    if (name === '') return false;
    ((this.#rare ??= new Rare()).topics ??= new Set()).add(name);
    this.#state.topics.add(name, this);
    return true;
  }

  /** @param {string} topic @returns {boolean} */
  unsubscribe(topic) {
    const name = String(topic);
    if (this.#readyState !== OPEN || !this.#rare?.topics?.delete(name)) return false;
    this.#state.topics.remove(name, this);
    return true;
  }

  /** @param {string} topic @returns {boolean} */
  isSubscribed(topic) {
    return this.#rare?.topics?.has(String(topic)) ?? false;
  }

  /** @param {string} topic @param {any} data @param {boolean} [compress] @returns {number} */
  publish(topic, data, compress = true) {
    if (data == null) throw new Error('publish requires a non-empty message');
    if (this.#readyState !== OPEN) return 0;
    return publish(this.#state, String(topic), data, compress, this.#state.websocket.publishToSelf ? null : this);
  }

  /** @param {string} topic @param {string} text @param {boolean} [compress] @returns {number} */
  publishText(topic, text, compress) {
    if (typeof text !== 'string') throw new TypeError('publishText expects a string');
    return this.publish(topic, text, compress);
  }

  /** @param {string} topic @param {any} data @param {boolean} [compress] @returns {number} */
  publishBinary(topic, data, compress) {
    if (bytesOf(data) === null) throw new TypeError('publishBinary expects an ArrayBufferView');
    return this.publish(topic, data, compress);
  }

  /** What is sent in a turn leaves in one system call anyway. @param {(socket: ServerWebSocket) => any} callback */
  cork(callback) {
    if (typeof callback !== 'function') throw ERR_INVALID_ARGUMENT('"callback" argument', 'of type function', callback);
    return callback(this);
  }

  /** @returns {number} */
  getBufferedAmount() {
    return this.#readyState === OPEN ? engine().socketBuffered(this.#id, this.#seq) : 0;
  }

  pause() {
    (this.#rare ??= new Rare()).paused = true;
    engine().socketPause(this.#id, this.#seq, true);
  }

  resume() {
    if (this.#rare !== null) this.#rare.paused = false;
    engine().socketPause(this.#id, this.#seq, false);
  }

  /** @param {string} name @param {any[]} rest */
  #call(name, ...rest) {
    callHandler(this.#state, this, name, rest);
  }

  static {
    /** @param {ServerWebSocket} socket @param {Int32Array} into @param {number} at */
    const writeKey = (socket, into, at) => into.set([socket.#id, socket.#seq], at);
    opened = (socket) => socket.#call('open');
    received = (id, seq, what, payload, detail) => {
      const socket = open.find(id, seq);
      if (socket === undefined) return;
      switch (what) {
        case Received.TEXT:
          return callMessage(socket.#state, socket, detail === 0 ? payload : utf8(payload));
        case Received.BINARY:
          return callMessage(socket.#state, socket, binaryOf(payload, socket.binaryType));
        case Received.PING:
          return socket.#call('ping', binaryOf(payload, socket.binaryType));
        case Received.PONG:
          return socket.#call('pong', binaryOf(payload, socket.binaryType));
        case Received.CLOSE:
          return socket.#closed(detail, utf8(payload));
        default:
          return socket.#call('drain');
      }
    };
    publish = (state, topic, data, compress, except) => {
      if (data instanceof Blob) return publishBlob(data, state, topic, compress, except);
      const bytes = bytesOf(data);
      const opcode = (bytes === null ? TEXT : BINARY) | (compress ? COMPRESS : 0);
      const payload = bytes ?? Buffer.from(String(data));
      const list = BlobQueue.isInUse ? undefined : state.topics.list(topic, writeKey);
      if (list !== undefined) return engine().socketPublish(list, except === null ? -1 : except.#seq, opcode, payload);
      return state.topics.publish(
        topic,
        (/** @type {ServerWebSocket} */ socket) => socket.#sendBytes(opcode, payload),
        except,
      );
    };
  }
}

/** @type {(socket: ServerWebSocket) => void} */
var opened;
/** @type {(id: number, seq: number, what: number, payload: string, detail: number) => void} */
var received;
/** @type {(state: any, topic: string, data: any, compress: boolean, except: ServerWebSocket | null) => number} */
var publish;

Object.defineProperty(ServerWebSocket.prototype, Symbol.toStringTag, { value: 'ServerWebSocket', configurable: true });
for (const name of Object.getOwnPropertyNames(ServerWebSocket.prototype)) {
  if (name !== 'constructor') Object.defineProperty(ServerWebSocket.prototype, name, { enumerable: true });
}

module.exports = { ServerWebSocket, Received, opened, received, publish };
