'use strict';

/**
 * Encryption with RSA of `node:crypto`, Node's own but for what reads a key that is a text.
 */

const crypto = require('node:crypto');
const { privateKeyOf, publicKeyOf } = require('./parsed-keys');

const {
  privateDecrypt: nodesPrivateDecrypt,
  privateEncrypt: nodesPrivateEncrypt,
  publicDecrypt: nodesPublicDecrypt,
  publicEncrypt: nodesPublicEncrypt,
} = crypto;

/** @param {any} key @param {any} bytes */
function privateDecrypt(key, bytes) {
  return nodesPrivateDecrypt(privateKeyOf(key), bytes);
}

/** @param {any} key @param {any} bytes */
function privateEncrypt(key, bytes) {
  return nodesPrivateEncrypt(privateKeyOf(key), bytes);
}

/** @param {any} key @param {any} bytes */
function publicDecrypt(key, bytes) {
  return nodesPublicDecrypt(publicKeyOf(key), bytes);
}

/** @param {any} key @param {any} bytes */
function publicEncrypt(key, bytes) {
  return nodesPublicEncrypt(publicKeyOf(key), bytes);
}

module.exports = { privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt };
