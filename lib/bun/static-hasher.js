'use strict';

const { codeError } = require('../internal/errors');
const CryptoHasher = require('./crypto-hasher');
const { find } = require('./crypto-algorithms');
const { target } = require('./digest-output');

const ERR_ILLEGAL_CONSTRUCTOR = codeError(
  TypeError,
  'ERR_ILLEGAL_CONSTRUCTOR',
  (name) => `${name} constructor cannot be invoked without 'new'`,
);
const ERR_INVALID_STATE = codeError(
  Error,
  'ERR_INVALID_STATE',
  (name, what) => `${name} hasher already digested, create a new instance to ${what}`,
);

/**
 * Makes `Bun.SHA256` and its like: a hasher of one algorithm that digests once.
 *
 * @see https://bun.com/reference/bun/SHA256
 * @param {string} className
 * @param {string} algorithmName
 */
function staticHasher(className, algorithmName) {
  const { byteLength } = /** @type {import('./crypto-algorithms').Algorithm} */ (find(algorithmName));
  /** @type {WeakMap<object, any>} */
  const hashers = new WeakMap();
  const Hasher = {
    [className]: /** @this {any} */ function () {
      if (!new.target) throw ERR_ILLEGAL_CONSTRUCTOR(className);
      hashers.set(this, new CryptoHasher(algorithmName));
    },
  }[className];

  /** @param {any} hasher @param {string} what */
  function open(hasher, what) {
    if (!hashers.has(hasher)) throw new TypeError(`Expected this to be instanceof ${className}`);
    const inner = hashers.get(hasher);
    if (inner === undefined) throw ERR_INVALID_STATE(className, what);
    return inner;
  }

  Object.defineProperties(
    Hasher.prototype,
    Object.getOwnPropertyDescriptors({
      get byteLength() {
        return byteLength;
      },
      /** @param {any} [output] */
      digest(output) {
        const inner = open(this, 'digest again');
        const to = target(output, byteLength);
        hashers.set(this, undefined);
        if (typeof to !== 'string') {
          to.set(inner.digest());
          return output;
        }
        return to === '' ? new Uint8Array(inner.digest().buffer) : inner.digest(to);
      },
      /** @param {any} data @param {BufferEncoding} [encoding] */
      update(data, encoding = undefined) {
        open(this, 'update').update(data, encoding);
        return this;
      },
      constructor: Hasher,
    }),
  );
  Object.defineProperty(Hasher.prototype, 'constructor', { enumerable: false });
  Object.defineProperty(Hasher.prototype, Symbol.toStringTag, { value: className, configurable: true });
  Object.defineProperty(Hasher, 'byteLength', { value: byteLength, enumerable: true, configurable: true });
  return Object.assign(Hasher, {
    /** @param {any} data @param {any} [output] */
    hash(data, output = undefined) {
      const result = CryptoHasher.hash(algorithmName, data, output);
      return output === undefined || output === null ? new Uint8Array(/** @type {Buffer} */ (result).buffer) : result;
    },
  });
}

const sha512Of256 = staticHasher('SHA512_256', 'sha512-256');

module.exports = {
  MD4: staticHasher('MD4', 'md4'),
  MD5: staticHasher('MD5', 'md5'),
  SHA1: staticHasher('SHA1', 'sha1'),
  SHA224: staticHasher('SHA224', 'sha224'),
  SHA256: staticHasher('SHA256', 'sha256'),
  SHA384: staticHasher('SHA384', 'sha384'),
  SHA512: staticHasher('SHA512', 'sha512'),
  SHA512_256: sha512Of256,
  /** `Bun.sha`: SHA-512/256 at once. @param {any} data @param {any} [output] */
  sha(data, output = undefined) {
    return sha512Of256.hash(data, output);
  },
};
