'use strict';

/**
 * Hashes and HMACs for `crypto.createHash` and `createHmac`. What is short is kept, and digested by one call of our engine;
 * what is longer, and every odd argument, goes to Node's own object, which then does all the rest.
 */

const { find } = require('../bun/crypto-algorithms');
const { kept, once } = require('../bun/digest');
const { lengthOf } = require('../internal/real-length');
const { makeStamp } = require('../internal/stamp');
const { isPlain } = require('./plain-bytes');

/** What Node calls them, where Bun's engine has the same. */
const NAMES = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-224', 'sha512-256'];
/** Above this OpenSSL's own object costs no more than a copy and our call. */
const SHORT = 256;
/** The same for what runs on the CPU's SHA unit in both. */
const SHORT_ON_UNIT = 2048;
const ON_UNIT = new Set(['sha1', 'sha224', 'sha256']);
const ENCODINGS = new Set(['hex', 'base64', 'base64url', 'latin1', 'binary', 'buffer']);

/** @type {Map<string, import('../bun/crypto-algorithms').Algorithm>} */
const algorithms = new Map();
for (const name of NAMES) {
  const algorithm = find(name);
  if (algorithm) algorithms.set(name, algorithm);
}

/** @param {unknown} encoding */
const isUtf8 = (encoding) => encoding === undefined || encoding === 'utf8' || encoding === 'utf-8';

/** The longest input that is digested at once. @param {import('../bun/crypto-algorithms').Algorithm} algorithm */
const mostOf = ({ name }) => (ON_UNIT.has(name) ? SHORT_ON_UNIT : SHORT);
/** @param {string | Uint8Array} input */
const lengthIn = (input) => (typeof input === 'string' ? input.length : lengthOf(input));

class State {
  /** @type {string | Uint8Array | undefined} */
  pending;
  /** Node's own object, once it is needed. @type {any} */
  real;
  /** @type {Buffer | undefined} */
  result;
  finalized = false;

  /** @param {import('../bun/crypto-algorithms').Algorithm} algorithm @param {Uint8Array | undefined} key its own, erased in the end */
  constructor(algorithm, key) {
    this.algorithm = algorithm;
    this.key = key;
    this.most = mostOf(algorithm);
  }

  /** Takes input if it is short. @param {unknown} data @param {unknown} encoding @returns {boolean} */
  keep(data, encoding) {
    const { pending } = this;
    if (typeof data === 'string' ? !isUtf8(encoding) : !isPlain(data)) return false;
    const given = /** @type {string | Uint8Array} */ (data);
    if ((pending?.length ?? 0) + lengthIn(given) > this.most) return false;
    if (pending === undefined) this.pending = typeof given === 'string' ? given : kept(given);
    else this.pending = joined(bytesOf(pending), bytesOf(given));
    return true;
  }

  /** @param {'' | 'hex'} to as in `once` */
  digest(to) {
    const { algorithm, key, pending = '' } = this;
    const result = once(algorithm, pending, to, key);
    key?.fill(0);
    return result;
  }

  /** @returns {Buffer} */
  get bytes() {
    this.result ??= /** @type {Buffer} */ (this.digest(''));
    return this.result;
  }
}

/** @param {string | Uint8Array} input @returns {Uint8Array} */
function bytesOf(input) {
  return typeof input === 'string' ? Buffer.from(input) : input;
}

/** As `Buffer.concat`, which believes what an array says of its length. @param {Uint8Array} first @param {Uint8Array} second */
function joined(first, second) {
  const length = lengthOf(first);
  const whole = new Uint8Array(length + lengthOf(second));
  whole.set(first);
  whole.set(second, length);
  return whole;
}

/**
 * Makes the class whose instances Node's functions are to give.
 *
 * @param {any} Base Node's `Hash` or `Hmac`, of which they are instances
 * @param {(state: State) => any} make Node's own object of the same kind
 */
function fastClass(Base, make) {
  /** @type {{ put: (object: object, value: State) => void, get: (object: unknown) => State | undefined }} */
  const states = makeStamp();

  /** @param {State} state */
  function real(state) {
    if (state.real === undefined) {
      state.real = make(state);
      if (state.finalized || state.result !== undefined) state.real.digest();
      else if (state.pending !== undefined) state.real.update(state.pending);
      state.pending = undefined;
      state.key?.fill(0);
    }
    return state.real;
  }

  /** Node's stream makes itself when one of its members is touched, as for the original. @this {any} @param {State} state */
  function Fast(state) {
    this._options = undefined;
    states.put(this, state);
  }
  /** @param {any} object */
  const stateOf = (object) => /** @type {State} */ (states.get(object));
  /** @type {Record<string, Function>} */
  const methods = {
    /** @param {unknown} data @param {unknown} [encoding] */
    update(data, encoding) {
      const state = stateOf(this);
      if (state.finalized || state.real !== undefined || state.result !== undefined || !state.keep(data, encoding))
        real(state).update(data, encoding);
      return this;
    },
    /** @param {unknown} [outputEncoding] */
    digest(outputEncoding) {
      const state = stateOf(this);
      const known = outputEncoding === undefined || ENCODINGS.has(/** @type {any} */ (outputEncoding));
      // Node's HMAC gives nothing more once it ended as a stream.
      const ended = state.key !== undefined && state.result !== undefined;
      if (state.finalized || state.real !== undefined || !known || ended) {
        const given = real(state).digest(outputEncoding);
        state.finalized = true;
        return given;
      }
      state.finalized = true;
      if (outputEncoding === 'hex') return state.digest('hex');
      return outputEncoding === undefined || outputEncoding === 'buffer'
        ? Buffer.from(state.bytes)
        : state.bytes.toString(/** @type {BufferEncoding} */ (outputEncoding));
    },
    /** @param {unknown} chunk @param {unknown} encoding @param {(error?: unknown) => void} callback */
    _transform(chunk, encoding, callback) {
      const state = stateOf(this);
      if (state.finalized || state.real !== undefined || !state.keep(chunk, encoding))
        real(state)._transform(chunk, encoding, callback);
      else callback();
    },
    /** @param {(error?: unknown) => void} callback */
    _flush(callback) {
      const state = stateOf(this);
      if (state.real !== undefined) state.result ??= nodesResult(state.real);
      /** @type {any} */ (this).push(state.bytes);
      callback();
    },
  };
  if (Base.prototype.copy !== undefined) {
    methods.copy = function (/** @type {unknown} */ options = undefined) {
      const state = stateOf(this);
      if (state.finalized || state.real !== undefined || options !== undefined) return real(state).copy(options);
      const copy = new State(state.algorithm, state.key);
      copy.pending = state.pending;
      return create(copy);
    };
  }
  Fast.prototype = Object.create(Base.prototype);
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(Fast.prototype, name, { value, writable: true, configurable: true });
  }
  /** @param {State} state @returns {any} */
  const create = (state) => new /** @type {any} */ (Fast)(state);
  return create;
}

/** What Node's object gives at the end of its stream. @param {any} object */
function nodesResult(object) {
  let result;
  object._flush.call({ __proto__: object, push: (/** @type {Buffer} */ bytes) => (result = bytes) }, () => {});
  return result;
}

module.exports = { algorithms, fastClass, lengthIn, mostOf, State };
