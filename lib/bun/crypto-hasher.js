'use strict';

const { codeError } = require('../internal/errors');
const { native } = require('../internal/native');
const { find, names } = require('./crypto-algorithms');
const { target } = require('./digest-output');
const { bytesOf } = require('./hash-input');

const ERR_INVALID_ARG_TYPE = codeError(TypeError, 'ERR_INVALID_ARG_TYPE', (message) => message);
const ERR_ILLEGAL_CONSTRUCTOR = codeError(
  TypeError,
  'ERR_ILLEGAL_CONSTRUCTOR',
  (name) => `${name} constructor cannot be invoked without 'new'`,
);
const ERR_INVALID_THIS = codeError(
  TypeError,
  'ERR_INVALID_THIS',
  (value) =>
    `Expected this to be instanceof CryptoHasher, but received ${value === null || typeof value !== 'object' ? String(value) : `an instance of ${value.constructor?.name ?? 'Object'}`}`,
);

const engine = native('bun-core', 'bun');
/** @type {Record<number, (data: string | Uint8Array, out?: Uint8Array) => string | undefined>} */
const oneShot = engine.digestFunctions();
/** The longest digest: what a caller's buffer must have, whatever the algorithm. */
const LONGEST = 64;

/**
 * @typedef {object} Digest the state of a hasher
 * @property {import('./crypto-algorithms').Algorithm} algorithm
 * @property {string | Uint8Array | undefined} only the only input so far: digested at once if no other comes
 * @property {any} state the engine's, once there is more than one input
 * @property {boolean} keyed
 * @property {boolean} consumed an HMAC that gave its code
 */

/** @type {WeakMap<object, Digest>} */
const digests = new WeakMap();

/**
 * `Bun.CryptoHasher`: digests and, with a key, HMACs.
 *
 * @see https://bun.com/docs/runtime/hashing#bun-cryptohasher
 * @param {string} name the algorithm
 * @param {string | ArrayBuffer | ArrayBufferView} [key]
 * @throws ERR_INVALID_ARG_TYPE
 */
function CryptoHasher(name, key) {
  if (!new.target) throw ERR_ILLEGAL_CONSTRUCTOR('CryptoHasher');
  if (typeof name !== 'string') throw ERR_INVALID_ARG_TYPE('algorithm must be a string');
  const algorithm = find(name);
  const keyed = key !== undefined && key !== null;
  if (algorithm === undefined)
    throw ERR_INVALID_ARG_TYPE(keyed ? `algorithm must be one of ${listed()}` : `Unsupported algorithm ${name}`);
  let state;
  if (keyed) {
    const bytes =
      typeof key === 'string'
        ? Buffer.from(key, 'utf8')
        : ArrayBuffer.isView(key) ||
            /** @type {unknown} */ (key) instanceof ArrayBuffer ||
            /** @type {unknown} */ (key) instanceof SharedArrayBuffer
          ? bytesOf(key)
          : undefined;
    if (bytes === undefined) throw ERR_INVALID_ARG_TYPE('hmacKey must be a string, ArrayBuffer or ArrayBufferView');
    if (!algorithm.keyed)
      throw Object.defineProperty(new Error('HMAC is not supported for this algorithm yet'), 'name', {
        value: 'TODOError',
      });
    state = new engine.DigestState(algorithm.number, bytes);
  }
  digests.set(this, { algorithm, only: undefined, state, keyed, consumed: false });
}

function listed() {
  const quoted = names.map((name) => `'${name}'`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

const prototype = {
  /** @returns {string} */
  get algorithm() {
    return own(this, 'algorithm').algorithm.name;
  },

  /** @returns {number} the length of the digest */
  get byteLength() {
    return own(this, 'byteLength').algorithm.byteLength;
  },

  /** @returns {any} a hasher that has read the same and goes its own way */
  copy() {
    const digest = usable(this);
    const copy = Object.create(CryptoHasher.prototype);
    digests.set(copy, { ...digest, state: digest.state?.copy() });
    return copy;
  },

  /**
   * @param {string | BufferEncoding | ArrayBuffer | ArrayBufferView} [output]
   * @returns {string | Uint8Array}
   */
  digest(output = undefined) {
    const digest = digests.get(this);
    if (digest === undefined) throw ERR_INVALID_THIS(this);
    const to = target(output, LONGEST);
    usable(this);
    const result = finish(digest, to);
    return typeof to === 'string' ? result : /** @type {any} */ (output);
  },

  /**
   * @param {string | ArrayBuffer | ArrayBufferView} data
   * @param {BufferEncoding} [encoding] of a string
   * @returns {any} itself
   */
  update(data, encoding = undefined) {
    const digest = usable(this);
    const input = inputOf(data, encoding);
    if (digest.state === undefined && digest.only === undefined) {
      // The caller may change bytes after this call: only text can wait for the digest.
      if (typeof input === 'string') {
        digest.only = input;
        return this;
      }
      digest.state = new engine.DigestState(digest.algorithm.number);
    } else if (digest.state === undefined) {
      digest.state = new engine.DigestState(digest.algorithm.number);
      digest.state.update(Buffer.from(/** @type {string} */ (digest.only)));
      digest.only = undefined;
    }
    digest.state.update(typeof input === 'string' ? Buffer.from(input) : input);
    return this;
  },
};

Object.defineProperties(CryptoHasher.prototype, Object.getOwnPropertyDescriptors(prototype));
Object.defineProperty(CryptoHasher.prototype, 'constructor', {
  value: CryptoHasher,
  enumerable: false,
  writable: true,
  configurable: true,
});
Object.defineProperty(CryptoHasher.prototype, Symbol.toStringTag, { value: 'CryptoHasher', configurable: true });
Object.defineProperty(CryptoHasher, 'length', { value: 0 });

Object.defineProperty(CryptoHasher, 'algorithms', { get: () => [...names], enumerable: true, configurable: true });

/**
 * Digests at once.
 *
 * @param {string} name the algorithm
 * @param {string | ArrayBuffer | ArrayBufferView} data
 * @param {string | ArrayBuffer | ArrayBufferView} [output]
 * @returns {string | Uint8Array}
 * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 */
CryptoHasher.hash = function hash(name, data, output = undefined) {
  if (typeof name !== 'string') throw ERR_INVALID_ARG_TYPE('algorithm must be a string');
  const algorithm = find(name);
  if (algorithm === undefined) throw ERR_INVALID_ARG_TYPE(`Unsupported algorithm "${name}"`);
  const input = typeof data === 'string' ? data : inputOf(data, undefined);
  const to = target(output, algorithm.byteLength);
  const result = once(algorithm, input, to);
  return typeof to === 'string' ? result : /** @type {any} */ (output);
};

/** @param {any} hasher @param {string} getter */
function own(hasher, getter) {
  const digest = digests.get(hasher);
  if (digest === undefined)
    throw new TypeError(`The CryptoHasher.${getter} getter can only be used on instances of CryptoHasher`);
  return usable(hasher);
}

/** @param {any} hasher @returns {Digest} */
function usable(hasher) {
  const digest = digests.get(hasher);
  if (digest === undefined) throw ERR_INVALID_THIS(hasher);
  if (digest.consumed) throw new Error('HMAC has been consumed and is no longer usable');
  return digest;
}

/** @param {unknown} data @param {BufferEncoding | undefined} encoding @returns {string | Uint8Array} */
function inputOf(data, encoding) {
  if (typeof data === 'string') {
    const name = typeof encoding === 'string' ? encoding.toLowerCase() : 'utf8';
    return name === 'utf8' || name === 'utf-8' || !Buffer.isEncoding(name) ? data : Buffer.from(data, name);
  }
  const bytes = data === null || typeof data !== 'object' ? undefined : bytesOf(data);
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE('input must be a string, ArrayBuffer, ArrayBufferView or Blob');
  return bytes;
}

/** @param {Digest} digest @param {Uint8Array | string} to */
function finish(digest, to) {
  const { algorithm, state } = digest;
  if (digest.keyed) digest.consumed = true;
  if (state === undefined) {
    const input = digest.only ?? '';
    digest.only = undefined;
    return once(algorithm, input, to);
  }
  const out = typeof to === 'string' ? Buffer.allocUnsafeSlow(algorithm.byteLength) : to;
  state.finish(out);
  return rendered(out, to);
}

/**
 * @param {import('./crypto-algorithms').Algorithm} algorithm
 * @param {string | Uint8Array} input
 * @param {Uint8Array | string} to
 * @returns {any}
 */
function once({ number, byteLength }, input, to) {
  if (to === 'hex') return oneShot[number](input);
  const out = typeof to === 'string' ? Buffer.allocUnsafeSlow(byteLength) : to;
  oneShot[number](input, out);
  return rendered(out, to);
}

/** @param {Uint8Array} out @param {Uint8Array | string} to */
function rendered(out, to) {
  if (typeof to !== 'string' || to === '' || to === 'buffer') return out;
  return /** @type {Buffer} */ (out).toString(/** @type {BufferEncoding} */ (to));
}

module.exports = CryptoHasher;
