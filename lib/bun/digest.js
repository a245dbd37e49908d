'use strict';

const { native } = require('../internal/native');
const { lengthOf } = require('../internal/real-length');
const { bytes: made, page, put } = require('./short-input');

/** @typedef {import('./crypto-algorithms').Algorithm} Algorithm */
/** @typedef {(data: string | Uint8Array, out?: Uint8Array | number, key?: string | Uint8Array) => string | undefined} OneShot */

const engine = native('bun-core', 'bun');
/** @type {Record<number, OneShot>} */
const oneShot = engine.digestFunctions();
/** Of what is short, first all to hexadecimal, then all to base64, then all to `made`. @type {(() => any)[]} */
const shortDigests = engine.shortDigestFunctions(page);
const ALGORITHMS = shortDigests.length / 3;
const BYTES = 2;
/** @type {Record<number, OneShot>} */
const hmacs = engine.hmacFunctions();

/** Input up to this size waits for the digest, which then is a single call of the engine. */
const SHORT = 4096;

/** Copies of short input lie in memory that many of them share: Node's own pool is full after eight of a kilobyte. */
const SLAB = 64 * 1024;
let slab = new Uint8Array(0);
let used = 0;

/** @param {Uint8Array} input of at most `SHORT` bytes @returns {Uint8Array} */
function kept(input) {
  const length = lengthOf(input);
  if (used + length > slab.length) {
    slab = new Uint8Array(Buffer.allocUnsafeSlow(SLAB).buffer); // a part of a buffer would take twice as long to make
    used = 0;
  }
  slab.set(input, used);
  used += length;
  return slab.subarray(used - length, used);
}

/** The texts that the engine makes itself, as its functions are told of them. @type {Map<string, number>} */
const TEXTS = new Map([
  ['hex', 0],
  ['base64', 1],
]);
/** Node's class of buffers: `Buffer.alloc` takes twice as long for a few bytes. @type {new (length: number) => Buffer} */
const FastBuffer = /** @type {any} */ (Buffer)[Symbol.species];

/**
 * Digests at once, or with a key makes an HMAC.
 *
 * @param {Algorithm} algorithm
 * @param {string | Uint8Array} input
 * @param {Uint8Array | string} to the bytes to write to, an encoding, or '' for a new buffer
 * @param {string | Uint8Array} [key]
 * @returns {any}
 */
function once({ number, byteLength }, input, to, key = undefined) {
  const compute = key === undefined ? oneShot[number] : hmacs[number];
  if (typeof to !== 'string') {
    compute(input, to, key);
    return to;
  }
  const text = TEXTS.get(to);
  if (text !== undefined) {
    if (key === undefined && put(input)) return shortDigests[text * ALGORITHMS + number]();
    return compute(input, text, key);
  }
  if (key === undefined) make(number, input);
  else compute(input, made, key);
  return rendered(filled(new FastBuffer(byteLength)), to);
}

/**
 * Digests at once into a plain array.
 *
 * @param {Algorithm} algorithm
 * @param {string | Uint8Array} input
 * @returns {Uint8Array}
 */
function onceToBytes({ number, byteLength }, input) {
  make(number, input);
  return filled(new Uint8Array(byteLength));
}

/**
 * Digests to `made`: the engine would give a small array memory of its own before it could write there.
 *
 * @param {number} number
 * @param {string | Uint8Array} input
 */
function make(number, input) {
  if (put(input)) shortDigests[BYTES * ALGORITHMS + number]();
  else oneShot[number](input, made);
}

/** @template {Uint8Array} T @param {T} out for what the engine has written @returns {T} */
function filled(out) {
  for (let at = 0; at < out.length; at++) out[at] = made[at];
  return out;
}

/** @param {Buffer} out @param {string} to an encoding, or '' for the buffer itself */
function rendered(out, to) {
  return to === '' || to === 'buffer' ? out : out.toString(/** @type {BufferEncoding} */ (to));
}

/** A digest, or with a key an HMAC, under way. */
class Digest {
  /** What came so far, while it is short: the engine has no state yet. @type {string | Uint8Array | undefined} */
  #pending;
  /** The engine's, once there is more. @type {any} */
  #state;
  /** @type {string | Uint8Array | undefined} */
  #key;
  /** Whether it was an HMAC that gave its code. */
  consumed = false;

  /** @param {Algorithm} algorithm @param {string | Uint8Array} [key] */
  constructor(algorithm, key = undefined) {
    /** @readonly */
    this.algorithm = algorithm;
    // The caller may change it after this call.
    if (key !== undefined) this.#key = typeof key === 'string' ? key : new Uint8Array(key);
  }

  /** @returns {Digest} */
  copy() {
    const copy = new Digest(this.algorithm, this.#key);
    copy.#pending = this.#pending;
    copy.#state = this.#state?.copy();
    return copy;
  }

  /** @param {string | Uint8Array} input that may change after this call */
  update(input) {
    if (this.#state === undefined) {
      const pending = this.#pending;
      if (pending === undefined) {
        if (typeof input === 'string') {
          this.#pending = input;
          return;
        }
        if (lengthOf(input) <= SHORT) {
          this.#pending = kept(input);
          return;
        }
      } else if (lengthIn(pending) + lengthIn(input) <= SHORT) {
        this.#pending =
          typeof pending === 'string' && typeof input === 'string' && endsWhole(pending)
            ? pending + input
            : joined(bytesOf(pending), bytesOf(input));
        return;
      }
      this.#state = new engine.DigestState(
        this.algorithm.number,
        this.#key === undefined ? undefined : bytesOf(this.#key),
      );
      if (pending !== undefined) this.#state.update(bytesOf(pending));
      this.#pending = undefined;
    }
    this.#state.update(bytesOf(input));
  }

  /** @param {Uint8Array | string} to as in `once` */
  finish(to) {
    const { algorithm } = this;
    const key = this.#key;
    const input = this.#pending ?? '';
    this.#pending = undefined;
    if (this.#state === undefined && key === undefined) return once(algorithm, input, to);
    if (key === undefined) return this.#finishState(to);
    this.consumed = true;
    const code = this.#state === undefined ? once(algorithm, input, to, key) : this.#finishState(to);
    if (typeof key !== 'string') key.fill(0);
    return code;
  }

  /** @param {Uint8Array | string} to */
  #finishState(to) {
    const out = typeof to === 'string' ? Buffer.alloc(this.algorithm.byteLength) : to;
    this.#state.finish(out);
    return typeof to === 'string' ? rendered(/** @type {Buffer} */ (out), to) : out;
  }
}

/** Whether what follows a text cannot pair with its last character. @param {string} text */
function endsWhole(text) {
  const last = text.charCodeAt(text.length - 1);
  return !(last >= 0xd800 && last <= 0xdbff);
}

/** @param {string | Uint8Array} input */
function lengthIn(input) {
  return typeof input === 'string' ? input.length : lengthOf(input);
}

/** @param {Uint8Array} first of ours @param {Uint8Array} second @returns {Uint8Array} */
function joined(first, second) {
  const whole = Buffer.allocUnsafeSlow(first.length + lengthOf(second));
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** @param {string | Uint8Array} input @returns {Uint8Array} */
function bytesOf(input) {
  return typeof input === 'string' ? Buffer.from(input) : input;
}

module.exports = { Digest, kept, once, onceToBytes };
