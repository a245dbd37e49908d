'use strict';

/**
 * `crypto.createSign` and `createVerify` of `node:crypto`, whose objects are Node's but for what reads the key.
 */

const crypto = require('node:crypto');
const { privateKeyOf, publicKeyOf } = require('./parsed-keys');

/**
 * Makes the class whose instances Node's function is to give.
 *
 * @param {any} Base
 * @param {'sign' | 'verify'} name of the method that takes a key first
 * @param {(key: any) => any} parsed
 */
function withKeys(Base, name, parsed) {
  /** @param {any} algorithm @param {any} options @returns {any} */
  const create = (algorithm, options) => Reflect.construct(Base, [algorithm, options], Fast);
  function Fast() {}
  const { [name]: value } = {
    /** @this {any} @param {any} key @param {any[]} given */
    [name](key, ...given) {
      // As it is now: a program may have replaced it.
      return Base.prototype[name].call(this, parsed(key), ...given);
    },
  };
  Object.defineProperty(value, 'length', { value: Base.prototype[name].length, configurable: true });
  Fast.prototype = Object.create(Base.prototype, { [name]: { value, writable: true, configurable: true } });
  return create;
}

const makeSign = withKeys(crypto.Sign, 'sign', privateKeyOf);
const makeVerify = withKeys(crypto.Verify, 'verify', publicKeyOf);

/** @param {string} algorithm @param {any} [options] */
function createSign(algorithm, options) {
  return makeSign(algorithm, options);
}

/** @param {string} algorithm @param {any} [options] */
function createVerify(algorithm, options) {
  return makeVerify(algorithm, options);
}

module.exports = { createSign, createVerify };
