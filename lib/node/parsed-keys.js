'use strict';

/**
 * Keys that programs give as PEM, again and again: OpenSSL takes up to ten times as long to read one as to sign with it.
 * What was read is kept for as long as the collector leaves it, and its text no longer than that.
 */

const { createPrivateKey, createPublicKey } = require('node:crypto');

/** So many texts are known at once, the latest ones. */
const MOST = 64;
/** What an object with a key may say beside it, since Node does not ask for it when it reads the key. */
const BESIDE = new Set(['key', 'dsaEncoding', 'padding', 'saltLength', 'oaepHash', 'oaepLabel']);

/**
 * Puts the key that a text is in the place of the text. What cannot be read, and every other form, stays as it is.
 *
 * @param {(text: string) => import('node:crypto').KeyObject} read
 */
function parsing(read) {
  /** @type {Map<string, WeakRef<object>>} */
  const known = new Map();
  const registry = new FinalizationRegistry((/** @type {string} */ text) => {
    if (known.get(text)?.deref() === undefined) known.delete(text);
  });

  /** @param {string} text */
  function keyOf(text) {
    const found = known.get(text)?.deref();
    if (found !== undefined) return found;
    let key;
    try {
      key = read(text);
    } catch {
      return text; // Node says what is wrong
    }
    known.delete(text);
    if (known.size >= MOST) known.delete(/** @type {string} */ (known.keys().next().value));
    known.set(text, new WeakRef(key));
    registry.register(key, text);
    return key;
  }

  /** @param {any} given what a program signs or verifies with @returns {any} */
  return (given) => {
    if (typeof given === 'string') return keyOf(given);
    if (typeof given !== 'object' || given === null || typeof given.key !== 'string') return given;
    if (Object.getPrototypeOf(given) !== Object.prototype) return given;
    for (const name of Object.keys(given)) if (!BESIDE.has(name)) return given;
    return { ...given, key: keyOf(given.key) };
  };
}

module.exports = { privateKeyOf: parsing(createPrivateKey), publicKeyOf: parsing(createPublicKey) };
