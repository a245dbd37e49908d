'use strict';

/**
 * The body of a response that comes in pieces. They are put together while the microtasks run, then the head goes. A body
 * that has ended by then goes out with its length, as in Bun; further pieces go to the engine as they come.
 */

const { lengthOf } = require('../../internal/real-length');
const { chunkBytes } = require('../../web/body');
const { isEmpty } = require('../../web/steered-iterator');
const { engine } = require('./native');
const { Stage, LARGEST_AT_HAND } = require('./stage');

/** What the engine's `write` answers. */
const GONE = -1;
const FULL = 0;
const NOTHING = new Uint8Array(0);

/** @typedef {InstanceType<typeof import('./call').Call>} Call */
/**
 * @typedef {object} Sender
 * @property {() => void} head appends the head of the response: the rest comes later
 * @property {(bytes: Uint8Array | null) => void} whole answers with these bytes, or with what the engine was given
 */

/** Pumps whose head has to go when the microtasks have run. @type {Pump[]} */
let beginning = [];

function begin() {
  const pumps = beginning;
  beginning = [];
  for (const pump of pumps) pump.begin();
}

/** A tick that is asked for by a microtask comes when there are no more of them. */
const afterMicrotasks = () => process.nextTick(begin);
/** Costs less than `queueMicrotask`, which makes an async resource. */
const settled = Promise.resolve();

class Pump {
  #call;
  #sender;
  /** Asks for the next piece. @type {(() => any) | null} */
  #next = null;
  /** Says what a piece that came is. @type {import('../../web/steered-iterator').SteeredIterator | null} */
  #steered = null;
  /** @type {() => unknown} */
  #cancel;
  #size = 0;
  /** What came so far, once something has, unless the engine has it. @type {Stage | null} */
  #stage = null;
  /** The engine has what came, or will get it as it comes. */
  #handedOver = false;
  #begun = false;
  #over = false;
  #asking = false;
  #full = false;
  /** Of those who wait for room. @type {{ promise: Promise<void>, resolve: () => void } | null} */
  #room = null;

  /** @param {Call} call @param {Sender} sender @param {() => unknown} cancel tells the source that the client is gone */
  constructor(call, sender, cancel) {
    this.#call = call;
    this.#sender = sender;
    this.#cancel = cancel;
    if (beginning.push(this) === 1) settled.then(afterMicrotasks);
  }

  /** Pulls pieces until there are no more. @param {() => Promise<IteratorResult<any>>} next */
  pull(next) {
    this.#next = next;
    this.#ask();
  }

  /** As {@link pull}, with no promise of its own between the iterable's and this. @param {import('../../web/steered-iterator').SteeredIterator} iterator */
  steer(iterator) {
    this.#steered = iterator;
    this.pull(() => /** @type {any} */ (iterator.ask()));
  }

  #ask() {
    if (this.#next === null || this.#asking || this.#over) return;
    this.#asking = true;
    try {
      const result = this.#next();
      (typeof result?.then === 'function' ? result : Promise.resolve(result)).then(this.#got, this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {IteratorResult<any>} result */
  #got = (result) => {
    let piece = result;
    if (this.#steered !== null && !this.#over) {
      const steered = this.#steered.arrived(result);
      if (steered instanceof Promise) return void steered.then(this.#take, this.#failed);
      piece = steered;
    }
    this.#take(piece);
  };

  /** @param {IteratorResult<any>} result */
  #take = (result) => {
    this.#asking = false;
    if (this.#over) return;
    try {
      const { done, value } = result;
      if (done) return this.end();
      // Only of a piece that is none it is asked which iterables may give it.
      if ((value !== undefined && value !== null) || this.#steered === null || !isEmpty(result)) this.write(value);
    } catch (error) {
      return this.fail(error);
    }
    if (!this.#full) this.#ask();
  };

  /** @param {unknown} error */
  #failed = (error) => {
    if (this.#steered === null || this.#over) return this.fail(error);
    try {
      const steered = this.#steered.failed(error);
      if (steered instanceof Promise) steered.then(this.#take, this.#failed);
      else this.#take(steered);
    } catch (failure) {
      this.fail(failure);
    }
  };

  /** @param {any} chunk */
  write(chunk) {
    if (this.#over) return;
    const piece = typeof chunk === 'string' ? chunk : chunkBytes(chunk);
    const length = typeof piece === 'string' ? piece.length : lengthOf(piece);
    if (length === 0) return;
    this.#size += length;
    if (!this.#handedOver && (this.#stage ??= Stage.lend()).take(piece)) return;
    this.#handOver();
    this.#send(piece);
    if (this.#size > LARGEST_AT_HAND) this.begin();
  }

  /** @param {string | Uint8Array} piece */
  #send(piece) {
    if (this.#over) return;
    const { slot, seq, aborted } = this.#call;
    const text = typeof piece === 'string';
    const room = text ? engine().writeText(slot, seq, piece) : engine().writeBytes(slot, seq, piece);
    if (room === GONE || aborted) return void this.#stop();
    this.#full = room === FULL;
  }

  /** Gives the engine what came so far. */
  #handOver() {
    const stage = this.#stage;
    this.#handedOver = true;
    if (stage === null) return;
    this.#stage = null;
    if (stage.content.length > 0) this.#send(stage.content);
    stage.giveBack();
  }

  #drained() {
    this.#full = false;
    this.#tellRoom();
    this.#ask();
  }

  /** What is to be awaited before more is written: the client does not read as fast. @returns {Promise<void> | null} */
  whenRoom() {
    if (!this.#full || this.#over) return null;
    if (this.#room === null) {
      let resolve = () => {};
      const promise = new Promise((/** @type {(value: void) => void} */ settle) => {
        resolve = settle;
      });
      this.#room = { promise, resolve };
    }
    return this.#room.promise;
  }

  #tellRoom() {
    const room = this.#room;
    this.#room = null;
    room?.resolve();
  }

  /** Sends the head, unless all is sent. */
  begin() {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    // Nothing can have happened to a body that has ended by now.
    this.#call.onAbort = () => this.#stop();
    this.#call.onDrain = () => this.#drained();
    this.#call.listen();
    this.#handOver();
    this.#sender.head();
  }

  end() {
    if (this.#over) return;
    const stage = this.#stage;
    this.#stage = null;
    this.#finish();
    if (!this.#begun) {
      try {
        return this.#sender.whole(stage === null ? (this.#handedOver ? null : NOTHING) : stage.content);
      } finally {
        stage?.giveBack();
      }
    }
    engine().end(this.#call.slot, this.#call.seq, false);
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.#over) return;
    this.begin();
    this.#finish();
    engine().end(this.#call.slot, this.#call.seq, true);
    console.error(error);
  }

  #finish() {
    this.#over = true;
    this.#next = null;
    this.#stage?.giveBack();
    this.#stage = null;
    this.#call.onAbort = null;
    this.#call.onDrain = null;
    this.#call.forget();
    this.#tellRoom();
  }

  /** The client is gone. */
  async #stop() {
    if (this.#over) return;
    this.#finish();
    try {
      await this.#cancel();
    } catch {
      // there is nobody to tell
    }
  }
}

module.exports = { Pump };
