'use strict';

/**
 * Encryption with RSA of `node:crypto`, Node's own but for what reads a key that is a text.
 */

const crypto = require('node:crypto');
const { privateKeyOf, publicKeyOf } = require('./parsed-keys');

const { privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt } = crypto;

/** Methods, since Node's cannot be called with `new`. */
module.exports = {
  /** @param {any} key @param {any} bytes */
  privateDecrypt(key, bytes) {
    return privateDecrypt(privateKeyOf(key), bytes);
  },
  /** @param {any} key @param {any} bytes */
  privateEncrypt(key, bytes) {
    return privateEncrypt(privateKeyOf(key), bytes);
  },
  /** @param {any} key @param {any} bytes */
  publicDecrypt(key, bytes) {
    return publicDecrypt(publicKeyOf(key), bytes);
  },
  /** @param {any} key @param {any} bytes */
  publicEncrypt(key, bytes) {
    return publicEncrypt(publicKeyOf(key), bytes);
  },
};
