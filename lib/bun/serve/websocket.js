'use strict';

/**
 * A WebSocket of a server.
 *
 * @see node_modules/bun-types/docs/runtime/http/websockets.mdx
 */

const { codeError, ERR_INVALID_ARG_TYPE: ERR_INVALID_ARGUMENT } = require('../../internal/errors');
const { engine } = require('./native');
const { Received, bytesOf, utf8 } = require('./websocket-data');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);

/** Opcodes of RFC 6455. */
const [TEXT, BINARY, PING, PONG] = [1, 2, 9, 10];

const OPEN = 1;
const CLOSED = 3;
const BINARY_TYPES = ['nodebuffer', 'arraybuffer', 'uint8array', 'blob'];

/** The open sockets of this environment, by the engine's sequence number. @type {Map<number, ServerWebSocket>} */
const sockets = new Map();

class ServerWebSocket {
  #id;
  #seq;
  #state;
  #remoteAddress;
  #binaryType = 'nodebuffer';
  #readyState = OPEN;
  #paused = false;
  /** @type {Set<string>} */
  #topics = new Set();
  #data;

  /**
   * @param {any} state the server's
   * @param {number} id
   * @param {number} seq
   * @param {string} remoteAddress
   * @param {any} data
   */
  constructor(state, id, seq, remoteAddress, data) {
    this.#state = state;
    this.#id = id;
    this.#seq = seq;
    this.#remoteAddress = remoteAddress;
    this.#data = data;
    sockets.set(seq, this);
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
    return this.#binaryType;
  }

  set binaryType(value) {
    if (!BINARY_TYPES.includes(value)) {
      throw new Error('binaryType must be either "uint8array", "arraybuffer", "nodebuffer" or "blob"');
    }
    this.#binaryType = value;
  }

  get isPaused() {
    return this.#paused && this.#readyState === OPEN;
  }

  get subscriptions() {
    return [...this.#topics];
  }

  /** @param {number} opcode @param {string} text @returns {number} */
  #sendText(opcode, text) {
    return this.#readyState === OPEN ? engine().socketText(this.#id, this.#seq, opcode, text) : 0;
  }

  /** @param {number} opcode @param {Uint8Array} bytes @returns {number} */
  #sendBytes(opcode, bytes) {
    return this.#readyState === OPEN ? engine().socketBytes(this.#id, this.#seq, opcode, bytes) : 0;
  }

  /** @param {any} data @returns {number} bytes sent; -1 when they wait; 0 when they were dropped */
  send(data) {
    if (typeof data === 'string') return this.#sendText(TEXT, data);
    if (arguments.length === 0) throw new Error('send requires at least 1 argument');
    const bytes = bytesOf(data);
    if (bytes !== null) return this.#sendBytes(BINARY, bytes);
    if (data == null) throw new Error('send requires a non-empty message');
    return this.#sendText(TEXT, String(data));
  }

  /** @param {string} text @returns {number} */
  sendText(text) {
    if (typeof text !== 'string') throw new TypeError('sendText expects a string');
    return this.#sendText(TEXT, text);
  }

  /** @param {any} data @returns {number} */
  sendBinary(data) {
    const bytes = bytesOf(data);
    if (bytes === null) throw new TypeError('sendBinary requires an ArrayBufferView');
    return this.#sendBytes(BINARY, bytes);
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
    sockets.delete(this.#seq);
    this.#call('close', code, reason);
    for (const topic of this.#topics) this.#state.topics.remove(topic, this);
    this.#topics.clear();
  }

  /** @param {string} topic @returns {boolean} */
  subscribe(topic) {
    if (this.#readyState !== OPEN) return false;
    const name = String(topic);
    if (name === '') return false;
    this.#topics.add(name);
    this.#state.topics.add(name, this);
    return true;
  }

  /** @param {string} topic @returns {boolean} */
  unsubscribe(topic) {
    const name = String(topic);
    if (this.#readyState !== OPEN || !this.#topics.delete(name)) return false;
    this.#state.topics.remove(name, this);
    return true;
  }

  /** @param {string} topic @returns {boolean} */
  isSubscribed(topic) {
    return this.#topics.has(String(topic));
  }

  /** @param {string} topic @param {any} data @returns {number} */
  publish(topic, data) {
    if (data == null) throw new Error('publish requires a non-empty message');
    if (this.#readyState !== OPEN) return 0;
    return publish(this.#state, String(topic), data, this.#state.websocket.publishToSelf ? null : this);
  }

  /** @param {string} topic @param {string} text @returns {number} */
  publishText(topic, text) {
    if (typeof text !== 'string') throw new TypeError('publishText expects a string');
    return this.publish(topic, text);
  }

  /** @param {string} topic @param {any} data @returns {number} */
  publishBinary(topic, data) {
    if (bytesOf(data) === null) throw new TypeError('publishBinary expects an ArrayBufferView');
    return this.publish(topic, data);
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
    this.#paused = true;
    engine().socketPause(this.#id, this.#seq, true);
  }

  resume() {
    this.#paused = false;
    engine().socketPause(this.#id, this.#seq, false);
  }

  /** Calls a handler of the program's; what it throws goes to `error`, or is uncaught. @param {string} name @param {any[]} rest */
  #call(name, ...rest) {
    const { websocket } = this.#state;
    const handler = websocket[name];
    if (handler === undefined) return;
    try {
      handler.call(websocket, this, ...rest);
    } catch (error) {
      if (websocket.error === undefined)
        queueMicrotask(() => {
          throw error;
        });
      else websocket.error.call(websocket, error, this);
    }
  }

  /** @param {string} payload latin1 */
  #binary(payload) {
    const bytes = Buffer.from(payload, 'latin1');
    if (this.#binaryType === 'nodebuffer') return bytes;
    if (this.#binaryType === 'blob') return new Blob([bytes]);
    const own = new Uint8Array(bytes);
    return this.#binaryType === 'uint8array' ? own : own.buffer;
  }

  static {
    opened = (socket) => socket.#call('open');
    received = (seq, what, payload, detail) => {
      const socket = sockets.get(seq);
      if (socket === undefined) return;
      switch (what) {
        case Received.TEXT:
          return socket.#call('message', detail === 0 ? payload : utf8(payload));
        case Received.BINARY:
          return socket.#call('message', socket.#binary(payload));
        case Received.PING:
          return socket.#call('ping', socket.#binary(payload));
        case Received.PONG:
          return socket.#call('pong', socket.#binary(payload));
        case Received.CLOSE:
          return socket.#closed(detail, utf8(payload));
        default:
          return socket.#call('drain');
      }
    };
    sendTo = (socket, opcode, bytes) => socket.#sendBytes(opcode, bytes);
  }
}

/** @type {(socket: ServerWebSocket) => void} */
var opened;
/** @type {(seq: number, what: number, payload: string, detail: number) => void} */
var received;
/** @type {(socket: ServerWebSocket, opcode: number, bytes: Uint8Array) => number} */
var sendTo;

/** @param {any} state @param {string} topic @param {any} data @param {ServerWebSocket | null} except @returns {number} */
function publish(state, topic, data, except) {
  const bytes = bytesOf(data);
  const opcode = bytes === null ? TEXT : BINARY;
  const payload = bytes ?? Buffer.from(String(data));
  return state.topics.publish(
    topic,
    (/** @type {ServerWebSocket} */ socket) => sendTo(socket, opcode, payload),
    except,
  );
}

Object.defineProperty(ServerWebSocket.prototype, Symbol.toStringTag, { value: 'ServerWebSocket', configurable: true });
for (const name of Object.getOwnPropertyNames(ServerWebSocket.prototype)) {
  if (name !== 'constructor') Object.defineProperty(ServerWebSocket.prototype, name, { enumerable: true });
}

module.exports = { ServerWebSocket, Received, opened, received, publish };
