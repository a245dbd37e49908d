'use strict';

/** Who has subscribed to what, on one server. */

class Topics {
  /** @type {Map<string, Set<any>>} */
  #subscribers = new Map();
  /** What the engine is given of a topic's sockets, until they change. @type {Map<string, Uint8Array>} */
  #lists = new Map();

  /** @param {string} topic @param {any} socket */
  add(topic, socket) {
    const subscribers = this.#subscribers.get(topic);
    this.#lists.delete(topic);
    if (subscribers === undefined) this.#subscribers.set(topic, new Set([socket]));
    else subscribers.add(socket);
  }

  /** @param {string} topic @param {any} socket */
  remove(topic, socket) {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return;
    this.#lists.delete(topic);
    subscribers.delete(socket);
    if (subscribers.size === 0) this.#subscribers.delete(topic);
  }

  /** @param {string} topic @returns {number} */
  count(topic) {
    return this.#subscribers.get(topic)?.size ?? 0;
  }

  /**
   * The sockets of a topic for the engine.
   *
   * @param {string} topic
   * @param {(socket: any, into: Int32Array, at: number) => void} write puts id and sequence number of a socket
   * @returns {Uint8Array | undefined} undefined when there are none
   */
  list(topic, write) {
    const known = this.#lists.get(topic);
    if (known !== undefined) return known;
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return undefined;
    const ints = new Int32Array(2 * subscribers.size);
    let at = 0;
    for (const socket of subscribers) {
      write(socket, ints, at);
      at += 2;
    }
    const list = new Uint8Array(ints.buffer);
    this.#lists.set(topic, list);
    return list;
  }

  /**
   * Sends to every subscriber.
   *
   * @param {string} topic
   * @param {(socket: any) => number} send
   * @param {any} except a socket that is left out
   * @returns {number} 0 when nobody got it or one was left out by its limit, -1 when one has to wait, else what `send` gave
   */
  publish(topic, send, except) {
    const subscribers = this.#subscribers.get(topic);
    let result = 0;
    let dropped = false;
    let waiting = false;
    if (subscribers !== undefined) {
      for (const socket of [...subscribers]) {
        if (socket === except) continue;
        const sent = send(socket);
        if (sent === 0) dropped = true;
        else if (sent < 0) waiting = true;
        else result = sent;
      }
    }
    if (dropped) return 0;
    return waiting ? -1 : result;
  }
}

module.exports = { Topics };
