'use strict';

const { codeError } = require('../internal/errors');
const { makeStamp } = require('../internal/stamp');
const { find, names } = require('./crypto-algorithms');
const { Digest, once } = require('./digest');
const { staticTarget, target } = require('./digest-output');
const { bytesOf, textOf } = require('./byte-source');
const { inputOf } = require('./digest-input');

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

/** The longest digest: what a caller's buffer must have, whatever the algorithm. */
const LONGEST = 64;

/** @type {{ put: (hasher: object, digest: Digest) => void, get: (hasher: unknown) => Digest | undefined }} */
const digests = makeStamp();

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
  digests.put(this, new Digest(algorithm, keyed ? keyOf(algorithm, key) : undefined));
}

/** @param {import('./crypto-algorithms').Algorithm} algorithm @param {unknown} key */
function keyOf(algorithm, key) {
  const bytes = textOf(key) ?? bytesOf(key);
  if (bytes === undefined) throw ERR_INVALID_ARG_TYPE('hmacKey must be a string, ArrayBuffer or ArrayBufferView');
  if (!algorithm.keyed)
    throw Object.defineProperty(new Error('HMAC is not supported for this algorithm yet'), 'name', {
      value: 'TODOError',
    });
  return bytes;
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
    digests.put(copy, digest.copy());
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
    const result = digest.finish(to);
    return typeof to === 'string' ? result : /** @type {any} */ (output);
  },

  /**
   * @param {string | ArrayBuffer | ArrayBufferView} data
   * @param {BufferEncoding} [encoding] of a string
   * @returns {any} itself
   */
  update(data, encoding) {
    const digest = usable(this);
    digest.update(inputOf(data, encoding));
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
  const to = staticTarget(output, algorithm.byteLength);
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

module.exports = CryptoHasher;
