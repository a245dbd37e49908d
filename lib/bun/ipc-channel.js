'use strict';

/**
 * The channel between a parent and a child: Node's own protocol, as `child_process.fork` speaks it.
 * Bun speaks its own, which is another one for `advanced`.
 */

const net = require('node:net');
const { bun, isGreeting, isBun } = require('./ipc-bun-format');
const { json, node } = require('./ipc-formats');

class Channel {
  #socket;
  /** @type {typeof json | typeof node | typeof bun | undefined} undefined until the other side has said who it is */
  #format;
  /** @type {Buffer[]} parts of messages: a large one is put together once, when it is complete */
  #parts = [];
  #size = 0;
  /** Whether the first bytes say what is spoken there. */
  #negotiates;
  /** @type {Buffer[]} messages for one that has not greeted, as Bun reads them */
  #held = [];
  #onMessage;
  #open = true;

  /**
   * @param {{ fd: number } | { handle: object }} end this process's, owned from here on
   * @param {object} peer
   * @param {'json' | 'advanced'} peer.serialization
   * @param {string} [peer.program] the program there
   * @param {Buffer} [peer.first] what it has said already
   * @param {(message: unknown) => void} onMessage
   * @param {() => void} onClose called once
   */
  constructor(end, { serialization, program, first }, onMessage, onClose) {
    this.#negotiates = serialization === 'advanced';
    // Bun greets as soon as it runs; Node may never say anything.
    if (!this.#negotiates) this.#format = json;
    else if (program !== undefined && !isBun(program)) this.#format = node;
    this.#onMessage = onMessage;
    this.#socket = new net.Socket(/** @type {any} */ ({ ...end, readable: true, writable: true }));
    this.#socket.on('data', (bytes) => this.#receive(/** @type {any} */ (bytes)));
    this.#socket.on('error', () => {}); // 'close' follows
    this.#socket.once('close', () => {
      this.#open = false;
      onClose();
    });
    if (first) this.#receive(first);
  }

  get connected() {
    return this.#open;
  }

  /** @param {unknown} message @param {() => void} [done] */
  send(message, done) {
    if (this.#format) return this.#socket.write(this.#format.encode(message), done);
    this.#held.push(bun.encode(message));
    return true;
  }

  disconnect() {
    if (!this.#open) return;
    this.#open = false;
    if (this.#held.length === 0) this.#socket.destroySoon();
  }

  /** @param {boolean} on */
  keepAlive(on) {
    if (on) this.#socket.ref();
    else this.#socket.unref();
  }

  /** Learns from the first bytes what is spoken there, and says what was to be said meanwhile. */
  #negotiate() {
    const greeted = isGreeting(this.#parts.length > 1 ? Buffer.concat(this.#parts) : this.#parts[0]);
    if (greeted === undefined) return;
    const format = greeted ? bun : node;
    this.#negotiates = false;
    this.#format = format;
    if (greeted) this.#socket.write(bun.greeting);
    for (const held of this.#held.splice(0)) {
      this.#socket.write(greeted ? held : node.encode(bun.decode(held).messages[0]));
    }
    if (!this.#open) this.#socket.destroySoon(); // what was said before `disconnect` goes out
  }

  /** @param {Buffer} bytes */
  #receive(bytes) {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#negotiates) this.#negotiate();
    if (!this.#format?.isDue(this.#parts, this.#size)) return;
    let decoded;
    try {
      decoded = this.#format.decode(this.#parts.length > 1 ? Buffer.concat(this.#parts, this.#size) : bytes);
    } catch {
      this.#socket.destroy(); // whoever speaks there does not speak this protocol
      return;
    }
    this.#parts = decoded.rest.length > 0 ? [decoded.rest] : [];
    this.#size = decoded.rest.length;
    for (const message of decoded.messages) {
      if (!isInternal(message)) this.#onMessage(message);
    }
  }
}

/** Node's own messages are not for the user. @param {any} message */
function isInternal(message) {
  return (
    typeof message === 'object' &&
    message !== null &&
    typeof message.cmd === 'string' &&
    message.cmd.startsWith('NODE_')
  );
}

module.exports = { Channel };
