'use strict';

/**
 * The channel between a parent and a child: Node's own protocol, as `child_process.fork` speaks it.
 * A child that is Bun speaks Bun's own, which is another one for `advanced`.
 */

const net = require('node:net');
const { json, node, bun, formatOf, isBun } = require('./ipc-formats');

class Channel {
  #socket;
  /** @type {typeof json | typeof node | typeof bun | undefined} undefined until the child has said who it is */
  #format;
  /** @type {Buffer[]} parts of messages: a large one is put together once, when it is complete */
  #parts = [];
  #size = 0;
  /** Whether the first bytes say what the child speaks. */
  #negotiates;
  /** @type {Buffer[]} messages for a child that has not greeted, as Bun reads them */
  #held = [];
  #onMessage;
  #open = true;

  /**
   * @param {number} descriptor the parent's end, owned from here on
   * @param {'json' | 'advanced'} serialization
   * @param {string} program the child's
   * @param {(message: unknown) => void} onMessage
   * @param {() => void} onClose called once
   */
  constructor(descriptor, serialization, program, onMessage, onClose) {
    this.#negotiates = serialization === 'advanced';
    // Bun greets as soon as it runs; Node may never say anything.
    if (!this.#negotiates) this.#format = json;
    else if (!isBun(program)) this.#format = node;
    this.#onMessage = onMessage;
    this.#socket = new net.Socket({ fd: descriptor, readable: true, writable: true });
    this.#socket.on('data', (bytes) => this.#receive(/** @type {any} */ (bytes)));
    this.#socket.on('error', () => {}); // 'close' follows
    this.#socket.once('close', () => {
      this.#open = false;
      onClose();
    });
  }

  get connected() {
    return this.#open;
  }

  /** @param {unknown} message */
  send(message) {
    if (this.#format) return this.#socket.write(this.#format.encode(message));
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

  /** Learns from the first bytes what the child speaks, and says what was to be said meanwhile. */
  #negotiate() {
    const format = formatOf(this.#parts.length > 1 ? Buffer.concat(this.#parts) : this.#parts[0]);
    if (!format) return;
    this.#negotiates = false;
    this.#format = format;
    if (format === bun) this.#socket.write(bun.greeting);
    for (const held of this.#held.splice(0)) {
      this.#socket.write(format === bun ? held : node.encode(bun.decode(held).messages[0]));
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
