'use strict';

/** Blobs on a WebSocket. Node reads them asynchronously, so what is sent after one waits for it. */

const { BunFile } = require('../bun-file');

/** @param {any} blob @param {string} name of the method */
function checkBlob(blob, name) {
  if (BunFile.sourceOf(blob) !== undefined)
    throw new Error(`${name} cannot send a file- or S3-backed Blob synchronously; await blob.bytes() first`);
}

/** Sent when it is read. @param {Blob} blob @param {any} state @param {string} topic @param {boolean} compress @param {any} except */
function publishBlob(blob, state, topic, compress, except) {
  checkBlob(blob, 'publish');
  const { publish } = require('./websocket');
  void blob.arrayBuffer().then((bytes) => publish(state, topic, bytes, compress, except));
  return state.topics.count(topic) > 0 ? blob.size : 0;
}

class BlobQueue {
  static #queues = 0;

  /** Whether something waits for a blob anywhere. */
  static get isInUse() {
    return BlobQueue.#queues > 0;
  }

  /** @type {[opcode: number, data: any][]} */
  #waiting = [];
  #send;

  /** @param {(opcode: number, data: string | Uint8Array | null) => void} send gets null when nothing waits any more */
  constructor(send) {
    this.#send = send;
    BlobQueue.#queues++;
  }

  /** @param {number} opcode @param {any} data @param {number} length @returns {number} the length */
  push(opcode, data, length) {
    this.#waiting.push([opcode, data]);
    if (this.#waiting.length === 1) void this.#drain();
    return length;
  }

  async #drain() {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const [opcode, data] = next;
      const ready = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data;
      this.#send(opcode, ready);
      this.#waiting.shift();
    }
    BlobQueue.#queues--;
    this.#send(0, null);
  }
}

module.exports = { BlobQueue, checkBlob, publishBlob };
