'use strict';

/**
 * Frames of a client: reading those of the server, writing masked ones.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-5
 */

const { isUtf8 } = require('node:buffer');
const { randomFillSync } = require('node:crypto');

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const SHORT = 126;
const LONG = 127;
const MOST_CONTROL = 125;

class ProtocolError extends Error {}

/** Reads frames out of chunks and tells of messages. */
class FrameReader {
  /** @type {Buffer[]} */
  #chunks = [];
  #length = 0;
  /** The message so far. @type {{ opcode: number, compressed: boolean, parts: Buffer[] } | undefined} */
  #message;
  #on;
  #inflate;

  /**
   * @param {{ message: (data: Buffer, isText: boolean) => void, control: (opcode: number, data: Buffer) => void }} on
   * @param {((data: Buffer) => Buffer) | undefined} inflate where compression was agreed on
   */
  constructor(on, inflate) {
    this.#on = on;
    this.#inflate = inflate;
  }

  /** @param {Buffer} chunk @throws {ProtocolError} */
  push(chunk) {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#frame());
  }

  /** The first bytes, in one piece. @param {number} count @returns {Buffer} */
  #peek(count) {
    if (this.#chunks[0].length < count) this.#chunks = [Buffer.concat(this.#chunks, this.#length)];
    return this.#chunks[0];
  }

  /** @returns {boolean} whether there was a whole one */
  #frame() {
    if (this.#length < 2) return false;
    const [first, second] = this.#peek(2);
    if (first & 0x30) throw new ProtocolError('Protocol error - RSV2 and RSV3 must be clear');
    if (second & 0x80) throw new ProtocolError('Protocol error - unexpected mask from server');
    let size = second & 0x7f;
    let head = 2;
    if (size === SHORT) head = 4;
    else if (size === LONG) head = 10;
    if (this.#length < head) return false;
    const start = this.#peek(head);
    if (size === SHORT) size = start.readUInt16BE(2);
    else if (size === LONG) size = Number(start.readBigUInt64BE(2));
    const opcode = first & 0x0f;
    const final = (first & 0x80) !== 0;
    const compressed = (first & 0x40) !== 0;
    this.#check(opcode, final, compressed, size);
    if (this.#length < head + size) return false;
    const whole = this.#peek(head + size);
    const data = whole.subarray(head, head + size);
    const rest = whole.subarray(head + size);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#length -= head + size;
    if (opcode >= CLOSE) this.#on.control(opcode, data);
    else this.#part(opcode, final, compressed, data);
    return true;
  }

  /** @param {number} opcode @param {boolean} final @param {boolean} compressed @param {number} size */
  #check(opcode, final, compressed, size) {
    if (opcode > PONG || (opcode > BINARY && opcode < CLOSE))
      throw new ProtocolError(`Protocol error - unsupported control frame: ${opcode}`);
    if (opcode >= CLOSE) {
      if (!final) throw new ProtocolError('Protocol error - control frame is fragmented');
      if (size > MOST_CONTROL) throw new ProtocolError('Protocol error - control frame is too big');
      if (compressed) throw new ProtocolError('Protocol error - control frame is compressed');
    } else if (opcode === CONTINUATION) {
      if (!this.#message) throw new ProtocolError('Protocol error - unexpected opcode: 0');
      if (compressed) throw new ProtocolError('Protocol error - compressed continuation');
    } else {
      if (this.#message) throw new ProtocolError(`Protocol error - unexpected opcode: ${opcode}`);
      if (compressed && !this.#inflate) throw new ProtocolError('Protocol error - unexpected compressed frame');
    }
  }

  /** @param {number} opcode @param {boolean} final @param {boolean} compressed @param {Buffer} data */
  #part(opcode, final, compressed, data) {
    const message = (this.#message ??= { opcode, compressed, parts: [] });
    message.parts.push(data);
    if (!final) return;
    this.#message = undefined;
    /** @type {Buffer} */
    let whole = message.parts.length === 1 ? Buffer.from(data) : Buffer.concat(message.parts);
    if (message.compressed) {
      try {
        whole = /** @type {(data: Buffer) => Buffer} */ (this.#inflate)(whole);
      } catch {
        throw new ProtocolError('Invalid compressed data');
      }
    }
    if (message.opcode === TEXT && !isUtf8(whole)) throw new ProtocolError('Server sent invalid UTF8');
    this.#on.message(whole, message.opcode === TEXT);
  }
}

/** @param {number} opcode @param {Uint8Array} data @param {boolean} [compressed] @returns {Buffer} a frame, masked */
function frame(opcode, data, compressed = false) {
  const { length } = data;
  const extended = length < SHORT ? 0 : length < 65536 ? 2 : 8;
  const at = 2 + extended + 4;
  const bytes = Buffer.allocUnsafe(at + length);
  bytes[0] = 0x80 | (compressed ? 0x40 : 0) | opcode;
  bytes[1] = 0x80 | (extended === 0 ? length : extended === 2 ? SHORT : LONG);
  if (extended === 2) bytes.writeUInt16BE(length, 2);
  else if (extended === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  randomFillSync(bytes, at - 4, 4);
  bytes.set(data, at);
  for (let index = 0; index < length; index++) bytes[at + index] ^= bytes[at - 4 + (index & 3)];
  return bytes;
}

module.exports = { FrameReader, frame, ProtocolError, TEXT, BINARY, CLOSE, PING, PONG };
