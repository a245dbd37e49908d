'use strict';

/**
 * `crypto.diffieHellman` of `node:crypto` with `KeyObject`s of P-256 and X25519. Every other call is Node's.
 */

const crypto = require('node:crypto');
const { functionOf, takenOver } = require('./native-keys');

const { diffieHellman: nodesDiffieHellman } = crypto;

const agreements = takenOver('private', (kind, bytes) => functionOf(kind, 'Agreement', bytes));
const points = takenOver('public', (kind, bytes) => ({ kind, bytes: new Uint8Array(bytes) }));

/** @param {any} options @param {any} [callback] */
function diffieHellman(options, callback) {
  if (callback === undefined && typeof options === 'object' && options !== null) {
    const { privateKey, publicKey } = options;
    const mine = agreements(privateKey);
    const theirs = mine === null ? null : points(publicKey);
    // What is no point, and a point of small order, Node has words for.
    const secret = theirs !== null && theirs.kind === mine?.kind ? mine.run(theirs.bytes) : undefined;
    if (secret !== undefined) return secret;
  }
  return /** @type {Function} */ (nodesDiffieHellman)(options, callback);
}

module.exports = { diffieHellman };
