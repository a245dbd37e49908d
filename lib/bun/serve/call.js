'use strict';

/**
 * The server's side of one request: how the engine knows it, and who wants to hear what happens
 * to it. Calls that wait for something are on the list of live calls; the others cost no look-up.
 */

/** @type {Map<number, Call>} slot -> call that waits for events */
const live = new Map();

class Call {
  /** @type {AbortController | null} */
  #controller = null;
  /** @type {InstanceType<typeof import('./upload').Upload> | null} */
  upload = null;
  /** Called when the client goes away. @type {(() => void) | null} */
  onAbort = null;
  /** Called when the stream of the response has room again. @type {(() => void) | null} */
  onDrain = null;
  /** The route that answers, and what its pattern found. @type {import('./router').Route | null} */
  route = null;
  /** @type {string[] | null} */
  values = null;
  /** @type {Record<string, string> | undefined} */
  #params = undefined;
  /** The cookies that the handler has looked at. @type {any} */
  cookies = null;
  /** @type {any} */
  request = null;
  answered = false;
  /** A file is sent as the response says: no part of it, without a name. */
  asIs = false;
  aborted = false;
  /** The `error` handler has had its turn. */
  failed = false;

  /**
   * @param {any} state the server's state, see server.js
   * @param {number} slot
   * @param {number} seq
   * @param {boolean} isHead
   */
  constructor(state, slot, seq, isHead) {
    this.state = state;
    this.slot = slot;
    this.seq = seq;
    this.isHead = isHead;
  }

  /** Undefined without a route. @returns {Record<string, string> | undefined} */
  get params() {
    if (this.route === null) return undefined;
    return (this.#params ??= this.route.paramsOf(/** @type {string[]} */ (this.values)));
  }

  get scheme() {
    return this.state.scheme;
  }

  /** Asks to be told of events. */
  listen() {
    if (!this.aborted) live.set(this.slot, this);
  }

  /** Who was to be told of events is not interested any more. */
  forget() {
    if (this.#controller === null && this.upload === null && this.onAbort === null && live.get(this.slot) === this)
      live.delete(this.slot);
  }

  /** @returns {AbortSignal} */
  signal() {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      const { engine } = require('./native');
      if (this.aborted || (!this.answered && engine().pendingCall(this.slot, this.seq) === 0)) this.#abort();
      else this.listen();
    }
    return this.#controller.signal;
  }

  #abort() {
    this.#controller?.abort(new DOMException('The connection was closed.', 'AbortError'));
  }

  /** The client went away before the answer was sent. */
  abort() {
    if (this.aborted) return;
    this.aborted = true;
    live.delete(this.slot);
    this.#abort();
    this.upload?.abort();
    this.onAbort?.();
    this.onDrain?.();
  }
}

/** @param {number} slot @param {number} seq @returns {Call | undefined} */
function liveCall(slot, seq) {
  const call = live.get(slot);
  return call !== undefined && call.seq === seq ? call : undefined;
}

module.exports = { Call, liveCall };
