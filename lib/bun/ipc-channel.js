'use strict';

/**
 * The channel between a parent and a child: Node's own protocol, as `child_process.fork` speaks it.
 * `json`: one JSON text a line. `advanced`: a length of four bytes, then V8's serialization.
 */

const net = require('node:net');
const v8 = require('node:v8');

const LENGTH = 4;
const VIEW = 0;
const OTHER = 1;

/** V8's format with Node's mark in front of each host object. */
class Serializer extends v8.DefaultSerializer {
  /** @param {any} object */
  _writeHostObject(object) {
    if (ArrayBuffer.isView(object)) {
      this.writeUint32(VIEW);
      return super['_writeHostObject'](object);
    }
    this.writeUint32(OTHER);
    this.writeValue({ ...object });
  }
}

class Deserializer extends v8.DefaultDeserializer {
  /** @returns {any} */
  _readHostObject() {
    return this.readUint32() === VIEW ? super['_readHostObject']() : this.readValue();
  }
}

const json = {
  /** Whether a whole message is there. @param {Buffer[]} parts what has come, in order */
  isDue(parts) {
    return parts[parts.length - 1].includes(10);
  },
  /** @param {unknown} message */
  encode(message) {
    return Buffer.from(`${JSON.stringify(message)}\n`);
  },
  /** @param {Buffer} bytes @returns {{ messages: unknown[], rest: Buffer }} */
  decode(bytes) {
    const messages = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      messages.push(JSON.parse(bytes.toString('utf8', start, end)));
      start = end + 1;
    }
    return { messages, rest: bytes.subarray(start) };
  },
};

const advanced = {
  /** Whether a whole message is there. @param {Buffer[]} parts what has come, in order @param {number} size */
  isDue(parts, size) {
    if (size < LENGTH) return false;
    const head = parts[0].length < LENGTH ? Buffer.concat(parts) : parts[0];
    return size - LENGTH >= head.readUInt32BE(0);
  },
  /** @param {unknown} message */
  encode(message) {
    const serializer = new Serializer();
    serializer.writeHeader();
    serializer.writeValue(message);
    const body = serializer.releaseBuffer();
    const bytes = Buffer.allocUnsafe(LENGTH + body.length);
    bytes.writeUInt32BE(body.length);
    body.copy(bytes, LENGTH);
    return bytes;
  },
  /** @param {Buffer} bytes @returns {{ messages: unknown[], rest: Buffer }} */
  decode(bytes) {
    const messages = [];
    let at = 0;
    while (bytes.length - at >= LENGTH && bytes.length - at - LENGTH >= bytes.readUInt32BE(at)) {
      const end = at + LENGTH + bytes.readUInt32BE(at);
      const deserializer = new Deserializer(bytes.subarray(at + LENGTH, end));
      deserializer.readHeader();
      messages.push(deserializer.readValue());
      at = end;
    }
    return { messages, rest: bytes.subarray(at) };
  },
};

class Channel {
  #socket;
  #format;
  /** @type {Buffer[]} parts of messages: a large one is put together once, when it is complete */
  #parts = [];
  #size = 0;
  #onMessage;
  #open = true;

  /**
   * @param {number} descriptor the parent's end, owned from here on
   * @param {'json' | 'advanced'} serialization
   * @param {(message: unknown) => void} onMessage
   * @param {() => void} onClose called once
   */
  constructor(descriptor, serialization, onMessage, onClose) {
    this.#format = serialization === 'json' ? json : advanced;
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
    return this.#socket.write(this.#format.encode(message));
  }

  disconnect() {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.end();
    this.#socket.destroySoon();
  }

  /** @param {boolean} on */
  keepAlive(on) {
    if (on) this.#socket.ref();
    else this.#socket.unref();
  }

  /** @param {Buffer} bytes */
  #receive(bytes) {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (!this.#format.isDue(this.#parts, this.#size)) return;
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
