'use strict';

/**
 * How Bun writes messages between processes with `advanced`: a byte that says what follows, a length of four bytes,
 * JavaScriptCore's serialization. With `json` it writes as Node does.
 */

const fs = require('node:fs');
const path = require('node:path');

const LENGTH = 4;
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
 * Whether it is Bun that says this: it greets with a number below 256; Node's first four bytes are the length of what
 * follows, and that starts with 0xff.
 *
 * @param {Buffer} first
 * @returns {boolean | undefined} undefined when more has to come
 */
function isGreeting(first) {
  if (first.length < HEAD) return undefined;
  return first[0] === VERSION_PACKET && first.readUIntLE(2, 3) === 0;
}

/**
 * Whether a program is Bun itself, by its name; what stands in for it (a script, as ours) is not.
 *
 * @param {string} program its path
 */
function isBun(program) {
  const { name, script } = identify(program);
  return /^bun[\w-]*(\.exe)?$/.test(name) && script === undefined;
}

/** Whether a program is Node, or a script for it. @param {string} program its path */
function isNode(program) {
  const { file, name, script } = identify(program);
  if (script !== undefined) return /^#!.*\bnode\b/.test(script);
  return /^node(\.exe)?$/.test(name) || file === fs.realpathSync(process.execPath);
}

/** @param {string} program @returns {{ file: string, name: string, script?: string }} `script` is the first line of one */
function identify(program) {
  try {
    const file = fs.realpathSync(program);
    const name = path.basename(file);
    const descriptor = fs.openSync(file, 'r');
    try {
      const start = Buffer.alloc(256);
      const length = fs.readSync(descriptor, start, 0, start.length, 0);
      const [line] = start.toString('latin1', 0, length).split('\n', 1);
      return { file, name, script: line.startsWith('#!') ? line : undefined };
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    return { file: '', name: '' };
  }
}

module.exports = { bun, isGreeting, isBun, isNode };
