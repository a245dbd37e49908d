'use strict';

const { codeError } = require('../internal/errors');
const { makeStamp } = require('../internal/stamp');
const { find } = require('./crypto-algorithms');
const { Digest, once, onceToBytes } = require('./digest');
const { inputOf } = require('./digest-input');
const { staticTarget, target } = require('./digest-output');

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
  const algorithm = /** @type {import('./crypto-algorithms').Algorithm} */ (find(algorithmName));
  const { byteLength } = algorithm;
  /** @type {{ put: (hasher: object, digest: Digest) => void, get: (hasher: unknown) => Digest | undefined }} */
  const digests = makeStamp();
  const Hasher = {
    [className]: /** @this {any} */ function () {
      if (!new.target) throw ERR_ILLEGAL_CONSTRUCTOR(className);
      digests.put(this, new Digest(algorithm));
    },
  }[className];

  /** @param {any} hasher @param {string} what */
  function open(hasher, what) {
    const digest = digests.get(hasher);
    if (digest === undefined) throw new TypeError(`Expected this to be instanceof ${className}`);
    if (digest.consumed) throw ERR_INVALID_STATE(className, what);
    return digest;
  }

  Object.defineProperties(
    Hasher.prototype,
    Object.getOwnPropertyDescriptors({
      get byteLength() {
        return byteLength;
      },
      /** @param {any} [output] */
      digest(output = undefined) {
        const digest = open(this, 'digest again');
        const to = target(output, byteLength);
        digest.consumed = true;
        return given(digest.finish(to), to, output);
      },
      /** @param {any} data @param {BufferEncoding} [encoding] */
      update(data, encoding = undefined) {
        open(this, 'update').update(inputOf(data, encoding));
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
    hash(data, output) {
      const input = typeof data === 'string' ? data : inputOf(data, undefined);
      const to = staticTarget(output, byteLength);
      if (to === '') return onceToBytes(algorithm, input);
      return given(once(algorithm, input, to), to, output);
    },
  });
}

/** Bun gives a plain `Uint8Array`. @param {any} result @param {string | Uint8Array} to @param {unknown} output */
function given(result, to, output) {
  if (typeof to !== 'string') return output;
  return to === '' ? new Uint8Array(result.buffer) : result;
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
