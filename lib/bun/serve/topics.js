'use strict';

/** Who has subscribed to what, on one server. */

class Topics {
  /** @type {Map<string, Set<any>>} */
  #subscribers = new Map();

  /** @param {string} topic @param {any} socket */
  add(topic, socket) {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) this.#subscribers.set(topic, new Set([socket]));
    else subscribers.add(socket);
  }

  /** @param {string} topic @param {any} socket */
  remove(topic, socket) {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return;
    subscribers.delete(socket);
    if (subscribers.size === 0) this.#subscribers.delete(topic);
  }

  /** @param {string} topic @returns {number} */
  count(topic) {
    return this.#subscribers.get(topic)?.size ?? 0;
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
