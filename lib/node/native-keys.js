'use strict';

/**
 * Keys of Node's that our engines take over: each at its second use, since to get at its bytes takes OpenSSL as long as an
 * operation or longer, and keys of an exchange serve once. From then on it is a native function, whose copy of the key is
 * erased with it.
 */

const { KeyObject } = require('node:crypto');
const { native } = require('../internal/native');

/** What stands before the bytes of a key, which DER always writes the same way, and how many they are. */
const FORMS = {
  // RFC 8410
  ed25519: {
    private: { head: Buffer.from('302e020100300506032b657004220420', 'hex'), length: 32 },
    public: { head: Buffer.from('302a300506032b6570032100', 'hex'), length: 32 },
  },
  x25519: {
    private: { head: Buffer.from('302e020100300506032b656e04220420', 'hex'), length: 32 },
    public: { head: Buffer.from('302a300506032b656e032100', 'hex'), length: 32 },
  },
  // RFC 5915 and 5480, with the name of the curve; other forms of such keys are Node's.
  p256: {
    private: {
      head: Buffer.from('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420', 'hex'),
      length: 32,
    },
    public: { head: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'), length: 65 },
  },
};
const KINDS = /** @type {const} */ ({ ed25519: 'ed25519', x25519: 'x25519', ec: 'p256' });

/** A key that was used once. */
const SEEN = Symbol('seen');

/** @typedef {keyof typeof FORMS} Kind */

/**
 * Makes something of the keys that are of one of the kinds above, once of each, when it is used again.
 *
 * @template T
 * @param {'private' | 'public'} half
 * @param {(kind: Kind, bytes: Buffer) => T | null} make the bytes are erased afterwards
 * @returns {(key: unknown) => T | null} null: the key is for Node
 */
function takenOver(half, make) {
  /** @type {WeakMap<object, T | null | typeof SEEN>} */
  const known = new WeakMap();
  return (key) => {
    if (!(key instanceof KeyObject)) return null;
    let found = known.get(key);
    if (found === undefined) known.set(key, SEEN);
    else if (found === SEEN) known.set(key, (found = made(key, half, make)));
    return found === undefined || found === SEEN ? null : found;
  };
}

/**
 * @template T
 * @param {any} key
 * @param {'private' | 'public'} half
 * @param {(kind: Kind, bytes: Buffer) => T | null} make
 */
function made(key, half, make) {
  const kind = KINDS[/** @type {keyof typeof KINDS} */ (key.asymmetricKeyType)];
  if (key.type !== half || kind === undefined) return null;
  const { head, length } = FORMS[kind][half];
  /** @type {Buffer} */
  let der;
  try {
    der = key.export({ type: half === 'private' ? 'pkcs8' : 'spki', format: 'der' });
  } catch {
    return null;
  }
  try {
    return der.subarray(0, head.length).equals(head)
      ? make(kind, der.subarray(head.length, head.length + length))
      : null;
  } finally {
    der.fill(0);
  }
}

/**
 * Makes a function of an engine.
 *
 * @param {Kind} kind
 * @param {string} use what follows the kind in its maker's name
 * @param {Uint8Array} bytes
 * @returns {{ kind: Kind, run: (...given: any[]) => any } | null}
 */
function functionOf(kind, use, bytes) {
  const run = native('node-core', kind)[`${kind}${use}`]?.(bytes);
  return run ? { kind, run } : null;
}

module.exports = { FORMS, functionOf, takenOver };
