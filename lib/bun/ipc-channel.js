'use strict';

/**
 * The channel between a parent and a child: Node's own protocol, as `child_process.fork` speaks it.
 * Bun speaks its own, which is another one for `advanced`.
 */

const fs = require('node:fs');
const net = require('node:net');
const { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } = require('../internal/errors');
const { bun, isGreeting, isBun, isNode } = require('./ipc-bun-format');
const { json, node } = require('./ipc-formats');

/** How long a program that is neither Bun nor Node by its name has to greet as Bun, from the first message on. */
const GRACE = 1000;
/** @type {Set<(atExit: boolean) => void>} how to say what waits for the grace, should this process exit before */
const pending = new Set();
const sendable = new Set(['string', 'object', 'number', 'boolean', 'function']);

class Channel {
  #socket;
  /** @type {typeof json | typeof node | typeof bun | undefined} undefined until the other side has said who it is */
  #format;
  /** @type {Buffer[]} parts of messages: a large one is put together once, when it is complete */
  #parts = [];
  #size = 0;
  /** Whether the first bytes say what is spoken there. */
  #negotiates;
  /** @type {Buffer[]} messages for one that has not said who it is, as Bun reads them */
  #held = [];
  /** @type {NodeJS.Timeout | undefined} */
  #grace;
  /** @type {number | undefined} */
  #pid;
  #onMessage;
  #open = true;

  /**
   * @param {{ fd: number } | { handle: object }} end this process's, owned from here on
   * @param {object} peer
   * @param {'json' | 'advanced'} peer.serialization
   * @param {'bun' | 'node'} [peer.format] whose `advanced` is spoken there, where that is known
   * @param {number} [peer.pid] the process there
   * @param {Buffer} [peer.first] what it has said already
   * @param {(message: unknown) => void} onMessage
   * @param {() => void} onClose called once
   */
  constructor(end, { serialization, format, pid, first }, onMessage, onClose) {
    // Bun greets as soon as it runs; Node may never say anything.
    if (serialization === 'json') this.#format = json;
    else if (format) this.#format = format === 'bun' ? bun : node;
    this.#negotiates = this.#format === undefined;
    this.#pid = pid;
    this.#onMessage = onMessage;
    this.#socket = new net.Socket(/** @type {any} */ ({ ...end, readable: true, writable: true }));
    this.#socket.on('data', (bytes) => this.#receive(/** @type {any} */ (bytes)));
    this.#socket.on('error', () => {}); // 'close' follows
    this.#socket.once('close', () => {
      this.#open = false;
      this.#stopWaiting();
      onClose();
    });
    if (this.#format === bun) this.#socket.write(bun.greeting);
    if (first) this.#receive(first);
  }

  get connected() {
    return this.#open;
  }

  /**
   * @param {unknown} message
   * @param {() => void} [done]
   * @throws ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE; a DataCloneError
   */
  send(message, done) {
    checkMessage(message);
    if (this.#format) return this.#socket.write(this.#format.encode(message), done);
    this.#held.push(bun.encode(message));
    if (!this.#grace) {
      this.#grace = setTimeout(this.#judge, GRACE, false);
      if (pending.size === 0) process.on('exit', sayPending);
      pending.add(this.#judge);
    }
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

  /** Learns from the first bytes what is spoken there. */
  #negotiate() {
    const greeted = isGreeting(this.#parts.length > 1 ? Buffer.concat(this.#parts) : this.#parts[0]);
    if (greeted !== undefined) this.#speak(greeted);
  }

  /**
   * What has not greeted in time is no Bun, unless one is seen that has not come to it yet.
   *
   * @param {boolean} atExit of this process: there is no more time
   */
  #judge = (atExit) => {
    const isBunThere = runsBun(this.#pid);
    if (atExit || !isBunThere) this.#speak(isBunThere);
  };

  #stopWaiting() {
    clearTimeout(this.#grace);
    if (pending.delete(this.#judge) && pending.size === 0) process.off('exit', sayPending);
  }

  /** Says what was to be said meanwhile. @param {boolean} toBun */
  #speak(toBun) {
    this.#negotiates = false;
    this.#format = toBun ? bun : node;
    this.#stopWaiting();
    if (toBun) this.#socket.write(bun.greeting);
    for (const held of this.#held.splice(0)) {
      this.#socket.write(toBun ? held : node.encode(bun.decode(held).messages[0]));
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

function sayPending() {
  for (const judge of pending) judge(true);
}

/** @param {unknown} message */
function checkMessage(message) {
  if (message === undefined) throw ERR_MISSING_ARGS('The "message" argument must be specified');
  if (!sendable.has(typeof message))
    throw ERR_INVALID_ARG_TYPE('message', 'one of type string, object, number, or boolean', message);
}

/** Whether a process is Bun or has started it; only Linux tells. @param {number | string | undefined} pid @returns {boolean} */
function runsBun(pid) {
  if (isBun(`/proc/${pid}/exe`)) return true;
  try {
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').match(/\d+/g) ?? [];
    return children.some((child) => runsBun(child));
  } catch {
    return false;
  }
}

/** Whose `advanced` a program speaks, where its name says it. @param {string} program its path */
function formatOf(program) {
  if (isBun(program)) return 'bun';
  return isNode(program) ? 'node' : undefined;
}

module.exports = { Channel, formatOf };
