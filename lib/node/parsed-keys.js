'use strict';

/**
 * Keys that programs give as PEM, again and again: OpenSSL takes up to ten times as long to read one as to sign with it.
 * What was read is kept for as long as the collector leaves it, and its text no longer than that.
 */

const { createPrivateKey, createPublicKey } = require('node:crypto');
const { find } = require('../bun/crypto-algorithms');
const { once } = require('../bun/digest');
const { lengthOf } = require('../internal/real-length');
const { isPlain } = require('./plain-bytes');

const SHA256 = /** @type {import('../bun/crypto-algorithms').Algorithm} */ (find('sha256'));
const { propertyIsEnumerable } = Object.prototype;
/** So many texts are known at once, the latest ones. */
const MOST = 64;
/** Bytes of the longest key. */
const LONGEST = 16 * 1024;
/** What an object with a key may say beside it, since Node does not ask for it when it reads the key. */
const BESIDE = new Set(['key', 'dsaEncoding', 'padding', 'saltLength', 'oaepHash', 'oaepLabel']);

/**
 * What is known of a key: its text, or of bytes, which the program may erase, their digest; marked, since a digest that a
 * program gives as a text is no key.
 *
 * @param {string | Uint8Array} source
 * @returns {string}
 */
const nameOf = (source) => (typeof source === 'string' ? `text ${source}` : `bytes ${once(SHA256, source, 'hex')}`);

/** @param {unknown} source @returns {source is string | Uint8Array} */
const isSource = (source) => typeof source === 'string' || (isPlain(source) && lengthOf(source) <= LONGEST);

/**
 * Puts the key that a text is in the place of the text. What cannot be read, and every other form, stays as it is.
 *
 * @param {(source: any) => import('node:crypto').KeyObject} read
 */
function parsing(read) {
  /** @type {Map<string, WeakRef<object>>} */
  const known = new Map();
  const registry = new FinalizationRegistry((/** @type {string} */ name) => {
    if (known.get(name)?.deref() === undefined) known.delete(name);
  });

  /** @param {string | Uint8Array} source */
  function keyOf(source) {
    const name = nameOf(source);
    const found = known.get(name)?.deref();
    if (found !== undefined) return found;
    let key;
    try {
      key = read(source);
    } catch {
      return source; // Node says what is wrong
    }
    known.delete(name);
    if (known.size >= MOST) known.delete(/** @type {string} */ (known.keys().next().value));
    known.set(name, new WeakRef(key));
    registry.register(key, name);
    return key;
  }

  /** @param {any} given what a program signs or verifies with @returns {any} */
  return (given) => {
    if (isSource(given)) return keyOf(given);
    if (typeof given !== 'object' || given === null || Object.getPrototypeOf(given) !== Object.prototype) return given;
    if (!isSource(given.key)) return given;
    for (const name of Reflect.ownKeys(given))
      if (!BESIDE.has(/** @type {string} */ (name)) || !propertyIsEnumerable.call(given, name)) return given;
    return { ...given, key: keyOf(given.key) };
  };
}

module.exports = { privateKeyOf: parsing(createPrivateKey), publicKeyOf: parsing(createPublicKey) };
