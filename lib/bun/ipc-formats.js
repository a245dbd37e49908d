'use strict';

/**
 * How Node writes messages between processes (for Bun's way see `ipc-bun-format.js`).
 *
 * `json`: one JSON text a line. `advanced`: a length of four bytes, then V8's serialization.
 */

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
  /** Nothing for what JSON has no text for (a function): a line that is none breaks the channel. @param {unknown} message */
  encode(message) {
    const text = JSON.stringify(message);
    return Buffer.from(text === undefined ? '' : `${text}\n`);
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

const node = {
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

module.exports = { json, node };
