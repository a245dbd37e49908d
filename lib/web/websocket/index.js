'use strict';

/**
 * `WebSocket`, the client, with Bun's options (`headers`, `protocols`, `proxy`, `tls`, `perMessageDeflate`).
 *
 * @see https://bun.com/docs/runtime/http/websockets#connect-to-a-websocket-server
 * @see https://websockets.spec.whatwg.org/
 */

const { ERR_MISSING_ARGS } = require('../../internal/errors');
const { defineHandlers } = require('../event-handlers');
const { readArguments } = require('./arguments');
const { connect } = require('./handshake');
const { FrameReader, frame, ProtocolError, BINARY, CLOSE, PING, PONG } = require('./frames');
const { closePayload, isCloseCode, payload } = require('./payload');

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
const ABNORMAL = 1006;
const NO_STATUS = 1005;
/** How long the other side has to end the connection after both have said so. */
const LINGER = 2000;
const handled = ['open', 'message', 'error', 'close'];
const binaryTypes = new Set(['nodebuffer', 'arraybuffer', 'blob']);

const invalidState = () => new DOMException('The object is in an invalid state.', 'InvalidStateError');

class WebSocket extends EventTarget {
  #url;
  #state = CONNECTING;
  #protocol = '';
  #extensions = '';
  #binaryType = 'nodebuffer';
  /** @type {import('node:net').Socket | undefined} */
  #socket;
  /** @type {ReturnType<typeof import('./deflate').agree>} */
  #compression;
  #giveUp;
  /** Bytes that were to be sent after the end. */
  #lost = 0;
  /** What the other side said. @type {{ code: number, reason: string } | undefined} */
  #goodbye;
  /** Bodies of blobs are read before what follows them is sent. @type {Promise<void> | undefined} */
  #queue;

  /** @param {string | URL} url @param {any} [options] protocols, or options */
  constructor(url, options) {
    super();
    if (arguments.length === 0) throw ERR_MISSING_ARGS('Not enough arguments');
    const plan = readArguments(url, options);
    this.#url = plan.shown;
    this.#giveUp = connect(plan, { open: (facts) => this.#opened(facts), fail: (message) => this.#fail(message) });
  }

  /** @param {{ socket: import('node:net').Socket, head: Buffer, protocol: string, extensions: string, compression: ReturnType<typeof import('./deflate').agree> }} facts */
  #opened({ socket, head, protocol, extensions, compression }) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#extensions = extensions;
    this.#compression = compression;
    this.#state = OPEN;
    socket.setTimeout(0);
    socket.setNoDelay(true);
    const reader = new FrameReader(
      {
        message: (data, isText) => this.#message(data, isText),
        control: (opcode, data) => this.#control(opcode, data),
      },
      compression?.inflate,
    );
    const read = (/** @type {Buffer} */ chunk) => {
      if (this.#state === CLOSED) return;
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#fail(error.message);
      }
    };
    socket.on('data', read);
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#ended());
    socket.on('error', () => this.#ended());
    this.dispatchEvent(new Event('open'));
    if (head.length > 0) read(head);
  }

  /** @param {Buffer} data @param {boolean} isText */
  #message(data, isText) {
    if (this.#state !== OPEN) return;
    this.dispatchEvent(
      new MessageEvent('message', { data: isText ? data.toString() : this.#binary(data), origin: this.#url }),
    );
  }

  /** @param {Buffer} data */
  #binary(data) {
    if (this.#binaryType === 'blob') return new Blob([/** @type {any} */ (data)]);
    if (this.#binaryType === 'nodebuffer') return data;
    return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  }

  /** @param {number} opcode @param {Buffer} data */
  #control(opcode, data) {
    if (opcode === PING) {
      this.#write(frame(PONG, data));
      this.dispatchEvent(new MessageEvent('ping', { data: this.#binary(Buffer.from(data)) }));
    } else if (opcode === PONG) this.dispatchEvent(new MessageEvent('pong', { data: this.#binary(Buffer.from(data)) }));
    else this.#farewell(data);
  }

  /** @param {Buffer} data of the close frame */
  #farewell(data) {
    if (data.length === 1) throw new ProtocolError('Protocol error - close frame has a length of 1');
    const code = data.length === 0 ? NO_STATUS : data.readUInt16BE(0);
    if (data.length > 0 && !isCloseCode(code)) throw new ProtocolError(`Protocol error - invalid close code: ${code}`);
    this.#goodbye = { code, reason: data.subarray(2).toString() };
    if (this.#state === OPEN) this.#write(frame(CLOSE, data));
    this.#state = CLOSING;
    this.#socket?.end();
    this.#finish(code, this.#goodbye.reason, true);
    setTimeout(() => this.#socket?.destroy(), LINGER).unref();
  }

  /** The connection is gone without a word. */
  #ended() {
    if (this.#state !== CLOSED) this.#finish(ABNORMAL, '', false);
  }

  /** @param {number} code @param {string} reason @param {boolean} wasClean */
  #finish(code, reason, wasClean) {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    if (!wasClean) this.#socket?.destroy();
    this.dispatchEvent(new /** @type {any} */ (globalThis).CloseEvent('close', { code, reason, wasClean }));
  }

  /** @param {string} why */
  #fail(why) {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#socket?.destroy();
    const message = `WebSocket connection to '${this.#url}' failed: ${why}`;
    const { ErrorEvent, CloseEvent } = /** @type {any} */ (globalThis);
    this.dispatchEvent(new ErrorEvent('error', { message, error: new Error(message) }));
    this.dispatchEvent(new CloseEvent('close', { code: ABNORMAL, reason: '', wasClean: false }));
  }

  /** @param {Buffer} bytes */
  #write(bytes) {
    this.#socket?.write(bytes);
  }

  /** @param {string | ArrayBufferLike | ArrayBufferView | Blob} data */
  send(data) {
    if (arguments.length === 0) throw ERR_MISSING_ARGS('Not enough arguments');
    if (this.#state === CONNECTING) throw invalidState();
    if (data instanceof Blob) {
      const blob = data;
      this.#enqueue(async () => this.#sendBytes(BINARY, new Uint8Array(await blob.arrayBuffer())));
    } else if (this.#queue) {
      const [opcode, bytes] = payload(data, true);
      this.#enqueue(async () => this.#sendBytes(opcode, bytes));
    } else this.#sendBytes(...payload(data, false));
  }

  /** @param {() => Promise<void>} work */
  #enqueue(work) {
    const all = Promise.resolve(this.#queue)
      .then(work)
      .then(() => {
        if (this.#queue === all) this.#queue = undefined;
      });
    this.#queue = all;
  }

  /** @param {number} opcode @param {Uint8Array} bytes */
  #sendBytes(opcode, bytes) {
    if (this.#state !== OPEN) {
      this.#lost += bytes.length;
      return;
    }
    const packed = this.#compression?.deflate(bytes);
    this.#write(frame(opcode, packed ?? bytes, packed !== undefined));
  }

  /** @param {number} [code] @param {string} [reason] */
  close(code = undefined, reason = undefined) {
    const data = closePayload(code, reason);
    if (this.#state === CONNECTING) return this.#giveUp();
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    this.#write(frame(CLOSE, data));
  }

  /** @param {any} [data] */
  ping(data = undefined) {
    this.#beat(PING, data);
  }

  /** @param {any} [data] */
  pong(data = undefined) {
    this.#beat(PONG, data);
  }

  /** @param {number} opcode @param {any} data */
  #beat(opcode, data) {
    if (this.#state === CONNECTING) throw invalidState();
    if (this.#state !== OPEN) return;
    const bytes = data === undefined ? Buffer.alloc(0) : payload(data, false)[1];
    this.#write(frame(opcode, bytes.subarray(0, 125)));
  }

  /** Ends the connection without a word. */
  terminate() {
    if (this.#state === CONNECTING) return this.#giveUp();
    if (this.#state === CLOSED) return;
    this.#finish(ABNORMAL, '', false);
  }

  pause() {
    this.#socket?.pause();
  }

  resume() {
    this.#socket?.resume();
  }

  get isPaused() {
    return this.#socket?.isPaused() ?? false;
  }

  get url() {
    return this.#url;
  }

  get URL() {
    return this.#url;
  }

  get readyState() {
    return this.#state;
  }

  get bufferedAmount() {
    return this.#lost + (this.#socket?.writableLength ?? 0);
  }

  get protocol() {
    return this.#protocol;
  }

  get extensions() {
    return this.#extensions;
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(value) {
    if (binaryTypes.has(value)) this.#binaryType = value;
  }
}

for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED })) {
  for (const target of [WebSocket, WebSocket.prototype])
    Object.defineProperty(target, name, { value, enumerable: true });
}
for (const name of [
  'url',
  'readyState',
  'bufferedAmount',
  'protocol',
  'extensions',
  'binaryType',
  'send',
  'close',
  'ping',
  'pong',
  'terminate',
]) {
  Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
}
defineHandlers(WebSocket.prototype, handled);
Object.defineProperty(WebSocket.prototype, Symbol.toStringTag, { value: 'WebSocket', configurable: true });
Object.defineProperty(WebSocket, 'length', { value: 1, configurable: true });

module.exports = { WebSocket };
