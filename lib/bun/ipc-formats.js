'use strict';

/**
 * How messages between processes are written.
 *
 * `json`: one JSON text a line. Node's `advanced`: a length of four bytes, then V8's serialization. Bun's `advanced`: a
 * byte that says what follows, a length of four bytes, JavaScriptCore's serialization.
 */

const fs = require('node:fs');
const path = require('node:path');
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

/** What a packet of Bun's is. */
const VERSION_PACKET = 1;
const MESSAGE_PACKET = 2;
const HEAD = 1 + LENGTH;
/** The first packet of either side: there is no more to it than the head. */
const GREETING = Buffer.from([VERSION_PACKET, 2, 0, 0, 0]);

const bun = {
  greeting: GREETING,
  /** Whether a whole packet is there. @param {Buffer[]} parts what has come, in order @param {number} size */
  isDue(parts, size) {
    if (size < HEAD) return false;
    const head = parts[0].length < HEAD ? Buffer.concat(parts) : parts[0];
    return size - HEAD >= payload(head, 0);
  },
  /** @param {unknown} message @throws {DOMException} DataCloneError */
  encode(message) {
    const body = require('../jsc/script-value-writer').writeScriptValue(message);
    const bytes = Buffer.allocUnsafe(HEAD + body.length);
    bytes[0] = MESSAGE_PACKET;
    bytes.writeUInt32LE(body.length, 1);
    body.copy(bytes, HEAD);
    return bytes;
  },
  /** @param {Buffer} bytes @returns {{ messages: unknown[], rest: Buffer }} */
  decode(bytes) {
    const { readScriptValue } = require('../jsc/script-value-reader');
    const messages = [];
    let at = 0;
    while (bytes.length - at >= HEAD && bytes.length - at - HEAD >= payload(bytes, at)) {
      const end = at + HEAD + payload(bytes, at);
      if (bytes[at] === MESSAGE_PACKET) messages.push(readScriptValue(bytes.subarray(at + HEAD, end)));
      at = end;
    }
    return { messages, rest: bytes.subarray(at) };
  },
};

/** @param {Buffer} bytes @param {number} at @returns {number} the length of what follows a packet's head */
function payload(bytes, at) {
  return bytes[at] === VERSION_PACKET ? 0 : bytes.readUInt32LE(at + 1);
}

/**
 * Who speaks `advanced` there: Bun greets with a number below 256, Node's first four bytes are the length of what follows, and that starts with 0xff.
 *
 * @param {Buffer} first
 * @returns {typeof bun | typeof node | undefined} undefined when more has to come
 */
function formatOf(first) {
  if (first.length < HEAD) return undefined;
  return first[0] === VERSION_PACKET && first.readUIntLE(2, 3) === 0 ? bun : node;
}

/**
 * Whether a program is Bun itself, by its name; what stands in for it (a script, as ours) is not.
 *
 * @param {string} program its path
 */
function isBun(program) {
  try {
    const file = fs.realpathSync(program);
    if (!/^bun[\w-]*(\.exe)?$/.test(path.basename(file))) return false;
    const descriptor = fs.openSync(file, 'r');
    try {
      const start = Buffer.alloc(2);
      fs.readSync(descriptor, start, 0, 2, 0);
      return start.toString('latin1') !== '#!';
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

module.exports = { json, node, bun, formatOf, isBun };
